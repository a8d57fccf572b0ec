"""Several processes: long work cut into ranges of rows, each given to whoever is free.

Where there are no processes, as in a browser's page, one job asks for nothing of the kind.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from itertools import pairwise
from types import TracebackType
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from concurrent.futures import Future, ProcessPoolExecutor

Task = TypeVar("Task")
Found = TypeVar("Found")

# More rows in a range make sums cheaper a point, up to here; and each takes some 3 kB of memory.
LARGEST_RANGE = 16_384
# Fewer are done before another process has been told of them.
SMALLEST_RANGE = 256


def _nobody(_rows: int) -> None:
    """The progress that nobody watches."""


class Workers:
    """Processes that live as long as the `with` block; with one job, this process alone.

    jobs:     how many processes.
    progress: called after each range with its number of rows.
    largest:  how many rows a range has at most; without it, LARGEST_RANGE.
    """

    def __init__(
        self,
        jobs: int = 1,
        progress: Callable[[int], None] = _nobody,
        *,
        largest: int | None = None,
    ) -> None:
        self.jobs = jobs
        self._progress = progress
        self._largest = largest or LARGEST_RANGE
        self._pool: ProcessPoolExecutor | None = None

    def __enter__(self) -> Workers:
        if self.jobs > 1:
            # Only here: a browser's Python has neither of the two.
            from concurrent.futures import ProcessPoolExecutor  # noqa: PLC0415
            from multiprocessing import get_context  # noqa: PLC0415

            # Spawned and not forked: what the caller's other threads hold is not copied half-way.
            self._pool = ProcessPoolExecutor(self.jobs, get_context("spawn"))
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        if self._pool is not None:
            self._pool.shutdown(cancel_futures=True)

    def over(
        self, count: int, task: Callable[[range], Task], work: Callable[[Task], Found]
    ) -> Iterator[Found]:
        """Yield work(task(rows)) for ranges of rows that together are 0 … count - 1, in order.

        work is a function of a module, so that another process finds it by its name; what it raises
        is raised here. A process that dies raises, too, so that nothing is left out in silence.
        """
        pieces = self._ranges(count)
        for rows, found in zip(pieces, self._each(map(task, pieces), work), strict=True):
            self._progress(len(rows))
            yield found

    def _ranges(self, count: int) -> list[range]:
        """Cut the rows into ranges of one size, as many as a multiple of the processes."""
        turns = -(-count // (self.jobs * self._largest))
        pieces = min(turns * self.jobs, -(-count // SMALLEST_RANGE))
        edges = [count * piece // max(1, pieces) for piece in range(pieces + 1)]
        return [range(*edge) for edge in pairwise(edges)]

    def _each(self, tasks: Iterable[Task], work: Callable[[Task], Found]) -> Iterator[Found]:
        if self._pool is None:
            yield from map(work, tasks)
            return
        waiting: deque[Future[Found]] = deque()
        for task in tasks:
            waiting.append(self._pool.submit(work, task))
            # Tasks hold their rows: no more of them are made than keep everybody busy.
            if len(waiting) > 2 * self.jobs:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()


ALONE = Workers()
