"""Rankings as numbers: the space of all rankings that the rules allow, and the points they become.

A ranking is a tuple of candidates, 0 to n - 1, in order of preference; () is a blank paper.  They
are numbered by length, then in the order of dictionaries.  Ranking v is sealed as (v + 1)·G, and
opening a ballot ends with looking its point up in the table of them all, which is why a space
must be small enough to write down.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import permutations
from math import perm
from typing import Final

from ballot.sealing import native
from ballot.sealing.errors import RankingRejected
from ballot.sealing.native import Points
from ballot.sealing.tables import multiples
from ballot.sealing.workers import shared

LARGEST_SPACE: Final = 2**20


@dataclass(frozen=True, slots=True)
class RankingSpace:
    """All rankings of up to `preferences` of the candidates, blank included (sealing §4.1)."""

    candidates: int
    preferences: int
    size: int = field(init=False)
    _starts: tuple[int, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if not 1 <= self.preferences <= self.candidates:
            raise RankingRejected("ranking.preferences", preferences=self.preferences)
        starts = [0]
        for length in range(self.preferences + 1):
            starts.append(starts[-1] + perm(self.candidates, length))
            if starts[-1] > LARGEST_SPACE:
                raise RankingRejected("ranking.space", largest=LARGEST_SPACE)
        object.__setattr__(self, "size", starts[-1])
        object.__setattr__(self, "_starts", tuple(starts))

    def index(self, ranking: Sequence[int]) -> int:
        """Number a ranking (sealing §4.1).

        Raises: RankingRejected: too long, a candidate that is not there, a candidate twice.
        """
        length = len(ranking)
        if length > self.preferences:
            raise RankingRejected("ranking.length", preferences=self.preferences)
        if len(set(ranking)) != length:
            raise RankingRejected("ranking.repeated")
        if not all(0 <= candidate < self.candidates for candidate in ranking):
            raise RankingRejected("ranking.candidate")
        left = list(range(self.candidates))
        number = self._starts[length]
        for place, candidate in enumerate(ranking):
            step = perm(len(left) - 1, length - 1 - place)
            number += left.index(candidate) * step
            left.remove(candidate)
        return number

    def ranking(self, index: int) -> tuple[int, ...]:
        """Give the ranking of a number (sealing §4.1).  Raises: RankingRejected."""
        if not 0 <= index < self.size:
            raise RankingRejected("ranking.index", size=self.size)
        length = next(n for n in range(self.preferences + 1) if index < self._starts[n + 1])
        left = list(range(self.candidates))
        rest = index - self._starts[length]
        chosen = []
        for place in range(length):
            which, rest = divmod(rest, perm(len(left) - 1, length - 1 - place))
            chosen.append(left.pop(which))
        return tuple(chosen)

    def rankings(self) -> Iterator[tuple[int, ...]]:
        """Give all rankings in the order of their numbers."""
        for length in range(self.preferences + 1):
            yield from permutations(range(self.candidates), length)


def ranking_points(space: RankingSpace, unit: bytes = native.G) -> Points:
    """Give (v + 1)·unit for every ranking v (sealing §4.2).  Cost: 3 µs a ranking."""
    points = shared((space.size, 64))
    multiples(unit, points)
    return points
