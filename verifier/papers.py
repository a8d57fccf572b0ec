"""The papers that are counted, and where they lie (counting §2, §4.2).

Candidates are their places on the paper, from 0.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from fractions import Fraction

from verifier.failure import Failed

Ranking = tuple[int, ...]
Number = int | Fraction
CHECK = "count.profile"


@dataclass(frozen=True, slots=True)
class Profile:
    """How many papers bear each ranking, by section; the empty ranking is an unmarked paper.

    withdrawn: who stays on the paper and is passed over (counting §2.4).
    places:    how many are to be elected.
    """

    candidates: tuple[str, ...]
    sections: Mapping[str, Mapping[Ranking, int]]
    withdrawn: frozenset[int] = frozenset()
    places: int = 1

    def __post_init__(self) -> None:
        everybody = set(range(len(self.candidates)))
        if len(set(self.candidates)) < len(everybody) or not self.withdrawn <= everybody:
            raise Failed(CHECK, "the candidates", "Two have one name, or a stranger withdrew.")
        if self.withdrawn == everybody:
            raise Failed(CHECK, "the candidates", "Nobody stands.")
        for section, papers in self.sections.items():
            for ranking, number in papers.items():
                if number < 0 or len(set(ranking)) < len(ranking) or not everybody >= set(ranking):
                    raise Failed(CHECK, f"section {section}", f"{ranking} × {number} is no papers.")

    @property
    def standing(self) -> frozenset[int]:
        return frozenset(range(len(self.candidates))) - self.withdrawn

    @property
    def valid(self) -> int:
        """How many papers bear a preference, be it for who withdrew (counting §2.3)."""
        return sum(
            n for papers in self.sections.values() for ranking, n in papers.items() if ranking
        )


@dataclass(frozen=True, slots=True)
class Heaps:
    """Where papers lie: votes of each continuing candidate, and exhausted papers."""

    votes: Mapping[int, Number]
    exhausted: Number

    @property
    def continuing_votes(self) -> Number:
        return sum(self.votes.values())


def sort_papers(papers: Mapping[Ranking, int], continuing: Collection[int]) -> Heaps:
    """Lay each paper with the first continuing candidate it ranks (counting §4.2)."""
    votes = dict.fromkeys(sorted(continuing), 0)
    exhausted = 0
    for ranking, number in papers.items():
        first = next((candidate for candidate in ranking if candidate in votes), None)
        if first is not None:
            votes[first] += number
        elif ranking:
            exhausted += number
    return Heaps(votes, exhausted)


def add_heaps(some: Collection[Heaps], continuing: Collection[int]) -> Heaps:
    """Add up the heaps of several sections."""
    votes = {c: sum(heaps.votes[c] for heaps in some) for c in sorted(continuing)}
    return Heaps(votes, sum(heaps.exhausted for heaps in some))
