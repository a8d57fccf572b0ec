"""Dividing the rows of a list between this process and a second one.

This process reads the file, gives the second one a large batch, and judges small ones itself
until that is done: whichever core has time does more. What comes out is in the order of the
file, whoever judged it. A short list, or a machine with one core, needs no second process.
"""

from __future__ import annotations

import os
from collections.abc import Generator, Iterator
from itertools import chain, islice
from typing import Final

from members.processes.second import SecondJudge
from members.rollfile.batches import Judged, Numbered, RowJudge, undivided

ROWS_OF_THE_SECOND: Final = 4_000
ROWS_OF_OURS: Final = 500
_AHEAD: Final = 16
"""So many batches of ours are held at most while the second process has not answered."""


def divided(rows: Iterator[Numbered], judge: RowJudge) -> Generator[list[Judged], None, None]:
    """What the rows come to, batch by batch, some batches at a time. Raises: JudgeLost."""
    first = list(islice(rows, ROWS_OF_THE_SECOND))
    if len(first) == ROWS_OF_THE_SECOND and _cores() > 1:
        with SecondJudge(judge) as second:
            yield from _with_second(first, rows, judge, second)
        return
    yield from undivided(chain(first, rows), judge)


def _with_second(
    first: list[Numbered], rows: Iterator[Numbered], judge: RowJudge, second: SecondJudge
) -> Iterator[list[Judged]]:
    second.give(first)
    held: list[Judged] = []
    while True:
        # Cut beforehand, so that the second process waits for nothing when it is done.
        following = list(islice(rows, ROWS_OF_THE_SECOND))
        after_following = _ours(rows, judge, second)
        theirs = second.take()
        if following:
            second.give(following)
        yield [theirs, *held]
        if not following:
            return
        held = after_following


def _ours(rows: Iterator[Numbered], judge: RowJudge, second: SecondJudge) -> list[Judged]:
    """Judge here until the second process is done, or the list is at its end."""
    ours: list[Judged] = []
    while len(ours) < _AHEAD and not second.is_done():
        batch = list(islice(rows, ROWS_OF_OURS))
        if not batch:
            break
        ours.append(judge.judge_batch(batch))
    return ours


def _cores() -> int:
    return os.cpu_count() or 1
