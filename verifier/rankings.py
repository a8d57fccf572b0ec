"""The numbers of rankings: by length, and within a length in the order of dictionaries (§4)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import perm

from verifier.failure import Failed

LARGEST_SPACE = 2**20


@dataclass(frozen=True, slots=True)
class Space:
    """The rankings that a contest allows: its candidates, and up to how many may be ranked."""

    candidates: int
    preferences: int

    def __post_init__(self) -> None:
        if not 1 <= self.preferences <= self.candidates:
            raise Failed(
                "ranking.preferences", "the contest", "Preferences are 1 to all candidates."
            )
        if self._is_too_large():
            raise Failed("ranking.space", "the contest", "It allows more than 2²⁰ rankings.")

    def _is_too_large(self) -> bool:
        """Add up no further than to what is too much: of a hostile paper that would never end."""
        rankings, of_length = 0, 1
        for length in range(self.preferences + 1):
            rankings += of_length
            of_length *= self.candidates - length
            if rankings > LARGEST_SPACE:
                return True
        return False

    @property
    def size(self) -> int:
        return self._shorter_than(self.preferences + 1)

    def number(self, ranking: Sequence[int]) -> int:
        """Return the number v of a ranking: candidates from 0, the most preferred first (§4.1)."""
        if len(ranking) > self.preferences:
            raise Failed("ranking.length", "the ranking", "It has more preferences than allowed.")
        left = list(range(self.candidates))
        number = self._shorter_than(len(ranking))
        for place, candidate in enumerate(ranking):
            if candidate not in left:
                known = 0 <= candidate < self.candidates
                check = "ranking.repeated" if known else "ranking.candidate"
                raise Failed(check, "the ranking", f"Candidate {candidate} may not stand there.")
            number += left.index(candidate) * self._endings(len(ranking), place)
            left.remove(candidate)
        return number

    def ranking(self, number: int) -> tuple[int, ...]:
        """Return the ranking that has this number."""
        if not 0 <= number < self.size:
            raise Failed("ranking.index", "the ranking", "No ranking has this number.")
        length = next(n for n in range(self.preferences + 1) if number < self._shorter_than(n + 1))
        number -= self._shorter_than(length)
        left = list(range(self.candidates))
        ranking = []
        for place in range(length):
            position, number = divmod(number, self._endings(length, place))
            ranking.append(left.pop(position))
        return tuple(ranking)

    def _shorter_than(self, length: int) -> int:
        return sum(perm(self.candidates, shorter) for shorter in range(length))

    def _endings(self, length: int, place: int) -> int:
        """Return in how many ways a ranking of this length can go on after this place."""
        return perm(self.candidates - 1 - place, length - 1 - place)
