"""A second process that judges batches of rows, so that a long list is read on two cores.

It is started with nothing of ours but the code: no connection, no settings, no environment. It
has one batch at a time and ends with its pipe, so that it outlives nobody. Should it end by
itself, the reading fails: a list is never short in silence.
"""

from __future__ import annotations

import socket
import subprocess
import sys
import traceback
from multiprocessing.connection import Connection
from pathlib import Path
from types import TracebackType
from typing import Any, Final

from members.rollfile.batches import Judged, Numbered, RowJudge

_ROOT: Final = Path(__file__).resolve().parents[2]
_START: Final = (
    "import sys; from members.processes.second import main; sys.exit(main(sys.argv[1:]))"
)


class JudgeLost(RuntimeError):
    """The second process ended before its work was done: killed, out of memory, or our fault."""


class SecondJudge:
    """Judges in another process, from the beginning of the block to its end."""

    def __init__(self, judge: RowJudge) -> None:
        self._judge = judge

    def __enter__(self) -> SecondJudge:
        ours, theirs = socket.socketpair()
        with theirs:
            self.process = subprocess.Popen(  # noqa: S603 - our own interpreter and code.
                [sys.executable, "-c", _START, str(theirs.fileno())],
                cwd=_ROOT,
                env={"PATH": "/usr/bin:/bin", "MALLOC_ARENA_MAX": "1"},
                stdin=subprocess.DEVNULL,
                pass_fds=[theirs.fileno()],
            )
        self._pipe: Connection[Any, Any] = Connection(ours.detach())
        self._send(self._judge)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._pipe.close()
        # It has either done all it was given or is not wanted any more.
        self.process.kill()
        self.process.wait()

    def give(self, rows: list[Numbered]) -> None:
        """Hand over a batch. Nothing else may be with the second process meanwhile."""
        self._send(rows)

    def is_done(self) -> bool:
        """Whether `take` would answer at once."""
        return self._pipe.poll()

    def take(self) -> Judged:
        """Wait for what the batch came to. Raises: JudgeLost."""
        try:
            judged: Judged = self._pipe.recv()
        except (EOFError, OSError) as error:
            raise JudgeLost("The second process ended before its work was done.") from error
        return judged

    def _send(self, what: RowJudge | list[Numbered]) -> None:
        try:
            self._pipe.send(what)
        except OSError as error:
            raise JudgeLost("The second process ended before its work was done.") from error


def serve(pipe: Connection[Any, Any]) -> None:
    """Judge what comes through the pipe until it is closed."""
    try:
        judge: RowJudge = pipe.recv()
        while True:
            pipe.send(judge.judge_batch(pipe.recv()))
    except (EOFError, OSError):
        return


def main(arguments: list[str]) -> int:
    try:
        serve(Connection(int(arguments[0])))
    except Exception as error:  # The outermost edge: where it failed is told, and no row of it.
        where = "".join(traceback.format_tb(error.__traceback__))
        sys.stderr.write(f"{type(error).__name__}\n{where}")
        return 1
    return 0
