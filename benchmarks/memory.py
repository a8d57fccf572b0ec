"""The most memory that this process and its workers hold at once, shared pages counted once."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path
from types import TracebackType

_EVERY_S = 0.25


class PeakMemory:
    """Watches from a forked process, by the proportional set sizes that Linux tells."""

    def __init__(self) -> None:
        self.bytes = 0

    def __enter__(self) -> PeakMemory:
        self._read, write = os.pipe()
        watched = os.getpid()
        self._watcher = os.fork()
        if self._watcher == 0:
            signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
            peak = 0
            while True:
                held = _held(watched)
                if held > peak:
                    peak = held
                    os.write(write, f"{peak}\n".encode())
                time.sleep(_EVERY_S)
        os.close(write)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        os.kill(self._watcher, signal.SIGTERM)
        os.waitpid(self._watcher, 0)
        with os.fdopen(self._read) as told:
            self.bytes = max((int(line) for line in told), default=0)


def _held(process: int) -> int:
    """Give the proportional set size of a process and all its children, the watcher among them."""
    try:
        children = Path(f"/proc/{process}/task/{process}/children").read_text().split()
    except OSError:
        return 0
    return sum(_proportional(one) for one in [process, *(int(child) for child in children)])


def _proportional(process: int) -> int:
    try:
        lines = Path(f"/proc/{process}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return sum(1024 * int(line.split()[1]) for line in lines if line.startswith("Pss:"))
