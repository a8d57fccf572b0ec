"""The search through a whole list, or for some of its records in it; and two records alone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from members.matching.blocking import BLOCKS, Skipped, meetings, shared_parts
from members.matching.columns import Columns, Gathering, Longs, Record
from members.matching.scoring import FIELDS, THRESHOLD, Bits, Level, Levels, Scoring

_A_TIME: Final = 100_000
"""So many pairs are scored at a time, so that memory does not grow with the list's doubles."""


@dataclass(frozen=True, slots=True)
class Found:
    """The pairs that may be one person, each once, the likeliest first.

    first, second: ids of the records, first < second. levels: one column a field of FIELDS.
    skipped: what was too large to be compared. compared: how many comparisons were made.
    """

    first: Longs
    second: Longs
    score: Bits
    levels: NDArray[np.int8]
    skipped: tuple[Skipped, ...]
    compared: int


def find_alike(
    columns: Columns,
    *,
    fresh: NDArray[np.bool_] | None = None,
    threshold: float = THRESHOLD,
    after_block: Callable[[int], None] = lambda done: None,
) -> Found:
    """Find the pairs that score at least the threshold.

    fresh:       which records are new or have changed; pairs without one of them are left out.
    after_block: told how many blocks are done.
    Cost:        a sort of the list for each block, and what `Scoring.score` costs for each pair.
    """
    scoring = Scoring(columns)
    parts = shared_parts(columns)
    skipped: list[Skipped] = []
    kept: list[tuple[Longs, Bits, NDArray[np.int8]]] = []
    compared = 0
    for done, block in enumerate(BLOCKS, start=1):
        for meeting in meetings(block, parts, skipped):
            left, right = meeting.left, meeting.right
            if fresh is not None:
                wanted = fresh[left] | fresh[right]
                left, right = left[wanted], right[wanted]
            compared += len(left)
            for start in range(0, len(left), _A_TIME):
                some = slice(start, start + _A_TIME)
                kept.append(_likely(scoring, left[some], right[some], threshold))
        after_block(done)
    return _each_once(columns, kept, tuple(skipped), compared)


def compare(one: Record, other: Record) -> dict[str, Level]:
    """How far two records agree in each of `FIELDS`, as a search that met them would find."""
    gathering = Gathering()
    gathering.add((one, other))
    levels = Scoring(gathering.columns()).score(np.array([0]), np.array([1])).levels
    return {field: Level(int(level[0])) for field, level in zip(FIELDS, levels, strict=True)}


def _likely(
    scoring: Scoring, left: Longs, right: Longs, threshold: float
) -> tuple[Longs, Bits, NDArray[np.int8]]:
    scored = scoring.score(left, right)
    likely = scored.score >= threshold
    pair = left[likely] * scoring.records + right[likely]
    return pair, scored.score[likely], _side_by_side(scored.levels, likely)


def _side_by_side(levels: tuple[Levels, ...], likely: NDArray[np.bool_]) -> NDArray[np.int8]:
    return np.stack([level[likely] for level in levels], axis=1)


def _each_once(
    columns: Columns,
    kept: list[tuple[Longs, Bits, NDArray[np.int8]]],
    skipped: tuple[Skipped, ...],
    compared: int,
) -> Found:
    """A pair that met in several blocks was scored the same in each: keep it once."""
    pairs = np.concatenate([np.empty(0, dtype=np.int64), *(each[0] for each in kept)])
    pairs, at = np.unique(pairs, return_index=True)
    scores = np.concatenate([np.empty(0), *(each[1] for each in kept)])[at]
    levels = np.concatenate([np.empty((0, 8), dtype=np.int8), *(each[2] for each in kept)])[at]
    order = np.lexsort((pairs, -scores))
    left, right = np.divmod(pairs[order], max(len(columns.ids), 1))
    return Found(
        columns.ids[left], columns.ids[right], scores[order], levels[order], skipped, compared
    )
