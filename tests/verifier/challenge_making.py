"""A challenged paper, put on a board by its keeper (bundle §4, `challenge`)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from tests.verifier.making import G, plus, times
from tests.verifier.tampered import Board
from verifier.group import encode, multiply, point

TRACKER = "c4" * 32


def opened_vote(key: str, choice: int, r: int) -> dict[str, Any]:
    """What the board says of a challenged vote: equation (1), with what makes it."""
    Y = point(bytes.fromhex(key), "key", "the board")
    c2 = plus(multiply(choice + 1, G), times(r, Y))
    c1 = encode(times(r, G)).hex()
    return {"c1": c1, "c2": encode(c2).hex(), "ranking": choice, "r": f"{r:064x}"}


def with_challenge(board: Board, votes: Sequence[tuple[int, int]] = ((1, 71), (0, 72))) -> Board:
    """Put a challenged paper before the close. votes: ranking and r, for each contest."""
    key = board.content("key")["public_key"]
    content = {
        "tracker": TRACKER,
        "section": "member",
        "unit": None,
        "votes": [opened_vote(key, choice, r) for choice, r in votes],
    }
    entry = board.entries[0] | {"kind": "challenge", "at": None, "content": content}
    longer = replace(board, entries=[*board.entries, entry])
    return longer.moved(len(board.entries), board.at("close"))
