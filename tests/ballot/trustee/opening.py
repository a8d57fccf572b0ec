"""What the tests of mixing and opening share: how a board goes on to the opening, and who asks."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from ballot.sealing.box import Box
from tests.ballot.trustee.polling import Polling
from tests.ballot.trustee.world import Ran, trustee


def finish(poll: Polling, **reconciliation: Any) -> None:
    """Fix the boxes, as `reconciliation` has it, and mix each by the server and by one trustee."""
    poll.reconcile(**reconciliation)
    poll.mix_by_server()
    poll.mix_by(3)


def commits(poll: Polling, folder: Path, number: int = 1) -> Ran:
    """Let a trustee commit, whatever the server says is due."""
    poll.world.due = lambda world, number: "commit"
    return trustee(poll.world, number, folder, "open")


def sent(poll: Polling, end: str) -> list[tuple[str, bytes]]:
    """Give what was handed in at addresses of one end."""
    return [(path, body) for method, path, body in poll.world.asked if path.endswith(end)]


def all_sent(poll: Polling, part: str) -> list[tuple[str, bytes]]:
    """Give what was handed in at addresses with a part."""
    return [(path, body) for _, path, body in poll.world.asked if part in path]


def changed_vote(poll: Polling, place: tuple[str, int]) -> bytes:
    """Mix a box whose first vote was put in the second's place, and say it was the true one."""
    box = poll.last_box(place)
    content = poll.mixed(place, "server")
    other = Box(box.name, box.c1, np.roll(box.c2, 1, axis=0))
    pairs = other.to_bytes()[:66]
    return content[:32] + content[32:65] + pairs[33:66] + content[98:]
