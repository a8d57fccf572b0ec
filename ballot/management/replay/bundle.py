"""The board as one file, and what the verifier says of it, which shares nothing with the server."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Final

from django.conf import settings
from django.db.models import Count

from ballot.management.bundle_written import write_zip
from ballot.management.replay.hours import hour
from ballot.management.replay.play import Board, Play
from ballot.published import newest_checkpoint

PASSED: Final = 0


def check(play: Play) -> None:
    """Write the bundle and have `python -m verifier` check it."""
    play.journal.begin("The bundle and its verifier", "The verifier’s lines stand below.")
    checkpoint = newest_checkpoint(play.election)
    if checkpoint is None:
        raise LookupError("the board was never signed")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "board.zip"
        with play.act(hour(10, 26, 9), "anybody", "Download the whole board"):
            write_zip(checkpoint, path)
        with play.act(hour(10, 26, 10), "anybody", "Run the verifier on it"):
            status, lines = verified(path, jobs=play.processes)
        size = path.stat().st_size
    rows = play.election.entries.values_list("kind").annotate(entries=Count("pk"))
    play.board = Board(checkpoint.size, dict(rows.order_by("kind")), size, lines)
    play.journal.expect("entries that the signed board shows", play.election.entries.count(),
                        checkpoint.size)
    play.journal.expect("exit status of the verifier", PASSED, status)


def verified(path: Path, *, jobs: int) -> tuple[int, list[str]]:
    """The verifier's exit status and its lines."""
    command = [sys.executable, "-m", "verifier", str(path), "--jobs", str(jobs)]
    done = subprocess.run(  # noqa: S603 - our own program.
        command, cwd=settings.BASE_DIR, capture_output=True, text=True, check=False
    )
    return done.returncode, (done.stdout + done.stderr).splitlines()
