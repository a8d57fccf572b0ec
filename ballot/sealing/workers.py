"""Sharing long work among processes that write into the same memory.

Workers are forked, take block numbers from a pipe, and write their results in place into arrays
that lie in anonymous shared memory, so nothing is ever serialised.  Calls into the arithmetic
library are too short for threads.  Where the platform cannot fork, one process does it all.
"""

from __future__ import annotations

import mmap
import os
import select
import signal
import struct
import sys
import traceback
from collections.abc import Callable
from typing import Any, Final

import numpy as np
from numpy.typing import DTypeLike, NDArray

Octets = NDArray[np.uint8]
Progress = Callable[[int, int], None]

FEWEST_FOR_WORKERS: Final = 2_000  # Below this many rows the forks cost more than they save.
_TICKET: Final = struct.Struct("=I")


class WorkerLost(RuntimeError):
    """A worker ended before its work was done: killed, or out of memory, or a fault of ours."""


def shared(shape: tuple[int, ...], dtype: DTypeLike = np.uint8) -> NDArray[Any]:
    """Give a zeroed array in memory that this process shares with the workers it will fork."""
    kind = np.dtype(dtype)
    size = int(np.prod(shape)) * kind.itemsize
    if size == 0:
        return np.zeros(shape, kind)
    return np.frombuffer(mmap.mmap(-1, size), kind, count=size // kind.itemsize).reshape(shape)


class Stages:
    """One progress over several stages of work, each with its share of the whole."""

    def __init__(self, progress: Progress | None, whole: int, *shares: float) -> None:
        self._progress = progress
        self._whole = whole
        self._shares = shares
        self._stage = 0

    def following(self) -> Progress | None:
        """Give the progress of the following stage; the ones before it count as done."""
        if self._progress is None:
            return None
        progress, whole = self._progress, self._whole
        before, total = sum(self._shares[: self._stage]), sum(self._shares)
        share = self._shares[self._stage]
        self._stage += 1

        def tell(done: int, of: int) -> None:
            progress(round(whole * (before + share * done / of) / total), whole)

        return tell

    def finish(self) -> None:
        """Say that all is done."""
        if self._progress is not None:
            self._progress(self._whole, self._whole)


def spread(
    work: Callable[[int, int], None],
    count: int,
    *,
    block: int,
    processes: int = 1,
    progress: Progress | None = None,
) -> None:
    """Call work(start, stop) for every block of range(count), on so many processes.

    work writes its results into arrays from `shared`; anything else it does in a worker is lost.
    progress hears (done, count) after each block, in this process.
    Raises: WorkerLost when a worker dies; whatever `work` or `progress` raises otherwise.
    """
    blocks = [(start, min(start + block, count)) for start in range(0, count, block)]
    if processes < 2 or len(blocks) < 2 or not hasattr(os, "fork"):
        for start, stop in blocks:
            work(start, stop)
            if progress is not None:
                progress(stop, count)
        return
    _spread_over_workers(work, blocks, min(processes, len(blocks)), progress)


def _spread_over_workers(
    work: Callable[[int, int], None],
    blocks: list[tuple[int, int]],
    processes: int,
    progress: Progress | None,
) -> None:
    tickets_out, tickets_in = os.pipe()
    ends = [tickets_out, tickets_in]
    children, reports = [], []
    try:
        for _ in range(processes):
            report_out, report_in = os.pipe()
            child = os.fork()
            if child == 0:
                os.close(tickets_in)
                _work_in_child(work, blocks, tickets_out, report_in)
            children.append(child)
            # Closed before the next fork: the end of a worker then ends its pipe, and shows.
            os.close(report_in)
            reports.append(report_out)
        _hand_out(blocks, tickets_in, reports, progress)
    finally:
        for end in ends + reports:
            os.close(end)
        for child in children:
            # By now a worker has either done all it was given or is not wanted any more.
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)


def _hand_out(
    blocks: list[tuple[int, int]],
    tickets_in: int,
    reports: list[int],
    progress: Progress | None,
) -> None:
    """Give out block numbers, a few ahead of the reports, until every block is reported done."""
    given = done = rows = 0
    while done < len(blocks):
        while given < min(len(blocks), done + 2 * len(reports)):
            os.write(tickets_in, _TICKET.pack(given))
            given += 1
        for ready in select.select(reports, [], [])[0]:
            report = os.read(ready, _TICKET.size)
            if not report:
                raise WorkerLost("A worker process ended before its work was done.")
            start, stop = blocks[_TICKET.unpack(report)[0]]
            done, rows = done + 1, rows + stop - start
            if progress is not None:
                progress(rows, blocks[-1][1])


def _work_in_child(
    work: Callable[[int, int], None],
    blocks: list[tuple[int, int]],
    tickets_out: int,
    report_in: int,
) -> None:
    """Serve tickets until there are no more, and leave without the parent's clean-up."""
    status = 1
    try:
        # The parent's handlers (a server's, a queue's) have no business in a worker.
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        while ticket := os.read(tickets_out, _TICKET.size):
            work(*blocks[_TICKET.unpack(ticket)[0]])
            os.write(report_in, ticket)
        status = 0
    except BaseException:
        traceback.print_exc()
        sys.stderr.flush()
    os._exit(status)
