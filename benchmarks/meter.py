"""What a piece of work costs: seconds on the wall, and of processors in us and in the database.

On a machine that is busy with something else the wall says little; the seconds of the processors
still say what the work itself is.
"""

from __future__ import annotations

import os
import time
from pathlib import Path
from types import TracebackType
from typing import Final

_TICKS: Final = os.sysconf("SC_CLK_TCK")
_KILOBYTES_IN_MB: Final = 1024


class Meter:
    """Measures the work done within it. The database is the one that Django is connected to, with
    every process of its server: helpers of a query are counted, and so is whoever writes its log.
    """

    def __init__(self) -> None:
        self.wall_s = self.worker_s = self.database_s = 0.0
        self._server = _parent_of(backend())

    def __enter__(self) -> Meter:
        self._began = time.perf_counter(), time.process_time(), _server_seconds(self._server)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        wall, worker, database = self._began
        self.wall_s = time.perf_counter() - wall
        self.worker_s = time.process_time() - worker
        self.database_s = _server_seconds(self._server) - database


def backend() -> int:
    """The process of the database that answers us."""
    from django.db import connection  # noqa: PLC0415 - settings are read by now.

    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        return int(cursor.fetchone()[0])


def backend_peak_mb() -> int:
    """The most memory that process has held, the buffers that it shares with others among it."""
    status = Path(f"/proc/{backend()}/status").read_text()
    (line,) = (line for line in status.splitlines() if line.startswith("VmHWM:"))
    return int(line.split()[1]) // _KILOBYTES_IN_MB


def _server_seconds(server: int) -> float:
    """Processor seconds of the server, of its processes, and of those that have ended."""
    children = Path(f"/proc/{server}/task/{server}/children").read_text().split()
    living = (_ticks(int(child))[:2] for child in children)
    return (sum(_ticks(server)) + sum(map(sum, living))) / _TICKS


def _ticks(process: int) -> tuple[int, ...]:
    """utime, stime, and the same of children that have been waited for (proc(5), stat)."""
    try:
        stat = Path(f"/proc/{process}/stat").read_text()
    except OSError:
        return (0, 0, 0, 0)
    return tuple(map(int, stat.rpartition(")")[2].split()[11:15]))


def _parent_of(process: int) -> int:
    return int(Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[1])
