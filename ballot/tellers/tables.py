"""The tellers' tables: piles of papers, moved one paper at a time, each at the value that it has.

Source: docs/spec/counting.md §4.2, §5.5, §13.4 and §13.5. Papers of one value lie in one parcel, as
at the tables of a count by transfer; a paper whose surplus passes on is as it were cut in two, the
one part staying where it lay. Without transfers of surpluses every paper is worth one vote.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import NamedTuple

from ballot.tellers.papers import Paper

_WHOLE = Fraction(1)


class Parcel(NamedTuple):
    """Papers that lie together, each of them of the same value, in votes."""

    value: Fraction
    papers: list[Paper]


@dataclass(slots=True)
class Moved:
    """How one pile was passed on.

    source:    whose papers, or surplus; None at stage 1.
    to:        name → votes, of everybody who received a paper.
    exhausted: votes that passed to nobody.
    """

    source: str | None
    to: dict[str, Fraction] = field(default_factory=dict)
    exhausted: Fraction = Fraction(0)


@dataclass(slots=True)
class Tables:
    """A pile for each who is not excluded, in the order of the paper, and one of the exhausted."""

    piles: dict[str, list[Parcel]]
    exhausted: list[Parcel] = field(default_factory=list)

    def lay(self, papers: list[Paper]) -> Moved:
        """Sort all papers by first preference: stage 1."""
        return self._pass_on([Parcel(_WHOLE, papers)], Moved(None), list(self.piles), _WHOLE)

    def exclude(self, name: str, hopeful: Collection[str]) -> Moved:
        """Take a candidate's pile off the table; each paper passes at the value that it has."""
        return self._pass_on(self.piles.pop(name), Moved(name), hopeful, _WHOLE)

    def pass_surplus(self, name: str, quota: int, hopeful: Collection[str]) -> Moved:
        """Pass every paper of an elected candidate on at a part of its value (§13.4).

        The part is surplus ÷ votes. The rest of each paper stays, and so the quota in all.
        """
        pile = self.piles[name]
        kept = quota / held(pile)
        self.piles[name] = [Parcel(one.value * kept, one.papers) for one in pile]
        return self._pass_on(pile, Moved(name), hopeful, 1 - kept)

    def _pass_on(
        self, pile: Iterable[Parcel], moved: Moved, hopeful: Collection[str], part: Fraction
    ) -> Moved:
        """Put each paper with the first that it ranks of those who may receive one (§4.2)."""
        for parcel in pile:
            value = parcel.value * part
            for name, papers in _sorted(parcel.papers, hopeful).items():
                votes = value * len(papers)
                if name is None:
                    self.exhausted.append(Parcel(value, papers))
                    moved.exhausted += votes
                else:
                    self.piles[name].append(Parcel(value, papers))
                    moved.to[name] = moved.to.get(name, Fraction(0)) + votes
        return moved


def _sorted(papers: list[Paper], hopeful: Collection[str]) -> dict[str | None, list[Paper]]:
    """Papers by whom each passes to: None where it ranks nobody who may receive it."""
    piles: dict[str | None, list[Paper]] = {}
    for paper in papers:
        name = next((one for one in paper.choices if one in hopeful), None)
        piles.setdefault(name, []).append(paper)
    return piles


def held(pile: Iterable[Parcel]) -> Fraction:
    """The votes of a pile."""
    return sum((one.value * len(one.papers) for one in pile), Fraction(0))


def held_by_box(pile: Iterable[Parcel], boxes: Iterable[str]) -> Mapping[str, Fraction]:
    """The votes of a pile by the box that each paper came out of."""
    votes = dict.fromkeys(boxes, Fraction(0))
    for value, papers in pile:
        for box, number in Counter(paper.box for paper in papers).items():
            votes[box] += value * number
    return votes
