"""From a quorum of openings to a profile: how many papers bore each ranking, in no order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from ballot.sealing import native
from ballot.sealing.box import Box
from ballot.sealing.errors import OpeningRejected
from ballot.sealing.keys import ElectionKey, whole_lagrange
from ballot.sealing.native import Points
from ballot.sealing.opening import PartOpening
from ballot.sealing.rankings import RankingSpace, ranking_points
from ballot.sealing.workers import FEWEST_FOR_WORKERS, Progress, shared, spread

_BLOCK: Final = 1_024
_MOST_TERMS: Final = 120  # Above this many additions a row, doubling is quicker.
_OUTSIDE: Final = -1


@dataclass(frozen=True, slots=True)
class OpenedBox:
    """What a box held: profile (number of a ranking → papers), and papers outside the table."""

    profile: dict[int, int]
    rejected: int

    @property
    def papers(self) -> int:
        """How many papers the box held."""
        return sum(self.profile.values()) + self.rejected


def open_box(
    box: Box,
    parts: Sequence[PartOpening],
    *,
    key: ElectionKey,
    space: RankingSpace,
    processes: int = 1,
    progress: Progress | None = None,
) -> OpenedBox:
    """Put a quorum of checked parts together, and look every point up in the table of rankings.

    parts:  as check_part has let them pass, exactly a quorum.
    Spec:   sealing §10.5.
    Cost:   for three of five, 8 to 36 additions and an inversion a pair (6 to 15 µs).
    Raises: OpeningRejected: "opening.quorum" (too few, too many, or one twice), "opening.count",
            "opening.box" (parts of different boxes).
    """
    numbers = [part.number for part in parts]
    known = {share.number for share in key.trustees}
    if len(numbers) != key.quorum or len(set(numbers) & known) != key.quorum:
        raise OpeningRejected("opening.quorum", quorum=key.quorum, trustees=tuple(numbers))
    if any(len(part.factors) != len(box) for part in parts):
        raise OpeningRejected("opening.count", expected=len(box))
    if len({part.box_hash for part in parts}) != 1:
        raise OpeningRejected("opening.box", trustees=tuple(numbers))
    scale, factors = whole_lagrange(numbers)
    points = ranking_points(space, _sure(native.times(native.G, scale)))
    table = {point.tobytes(): number for number, point in enumerate(points)}
    found = shared((len(box),), np.int32)

    def decode(start: int, stop: int) -> None:
        rows = slice(start, stop)
        columns = [part.factors[rows] for part in parts]
        opened = _combine(box.c2[rows], columns, scale, factors).tobytes()
        found[rows] = [
            table.get(opened[at : at + 64], _OUTSIDE) for at in range(0, len(opened), 64)
        ]

    processes = processes if len(box) >= FEWEST_FOR_WORKERS else 1
    spread(decode, len(box), block=_BLOCK, processes=processes, progress=progress)
    numbers_found, papers = np.unique(found, return_counts=True)
    profile = dict(zip(numbers_found.tolist(), papers.tolist(), strict=True))
    rejected = profile.pop(_OUTSIDE, 0)
    return OpenedBox(profile, rejected)


def _combine(
    c2: Points, columns: Sequence[Points], scale: int, factors: Sequence[int]
) -> Points:
    """Give scale·c2 - Σ factor·column, a row of zeros where that is infinite (§10.5, eq. 44)."""
    terms = [(scale, c2)]
    for factor, column in zip(factors, columns, strict=True):
        terms.append((abs(factor), native.negated(column) if factor > 0 else column))
    if sum(times for times, _ in terms) > _MOST_TERMS:
        return _combine_by_doubling(terms)
    rows = np.concatenate([np.repeat(points[:, None], times, 1) for times, points in terms], 1)
    opened = np.zeros((len(c2), 64), np.uint8)
    width = rows.shape[1]
    starts = range(0, len(c2) * width, width)
    native.add_runs(rows.reshape(-1, 64), starts, [width] * len(c2), opened)
    return opened


def _combine_by_doubling(terms: Sequence[tuple[int, Points]]) -> Points:
    """Add up a few multiples of columns, bit by bit from the top.

    A sum on the way can be infinite, in a row made to be so: such rows are added up one by one.
    """
    count = len(terms[0][1])
    total, odd = np.zeros((count, 64), np.uint8), np.zeros(count, bool)
    highest = max(times for times, _ in terms).bit_length()
    for bit in range(highest - 1, -1, -1):
        chosen = [points for times, points in terms if times >> bit & 1]
        doubled = [] if bit == highest - 1 else [total, total]
        rows = np.stack([*doubled, *chosen], axis=1)
        rows[odd] = np.frombuffer(native.G, np.uint8)  # Any point: the row is done apart.
        total, width = np.zeros((count, 64), np.uint8), rows.shape[1]
        starts = range(0, count * width, width)
        finite = native.add_runs(rows.reshape(-1, 64), starts, [width] * count, total)
        odd |= np.frombuffer(finite, np.uint8) == 0
    for row in np.flatnonzero(odd):
        alone = native.add(
            *(native.times(points[row].tobytes(), times) for times, points in terms)
        )
        total[row] = np.frombuffer(alone or bytes(64), np.uint8)
    return total


def _sure(point: bytes | None) -> bytes:
    if point is None:
        raise ArithmeticError("A scale is a multiple of the order.")
    return point
