"""Papers as a profile: each ranking, and how many papers bear it, by section.

A profile is what is left of the papers once their order no longer matters, and all that a count
needs: counting half a million papers costs what their distinct rankings cost.
Source: docs/spec/counting.md §2. Not here: reading files (blt.py, papers_csv.py).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from ballot.counting.errors import PapersRefused

Ranking: TypeAlias = tuple[int, ...]
"""Positions of candidates on the paper, from 0, first preference first; () is an unmarked paper."""

NAME_LIMIT_CHARACTERS = 200


@dataclass(frozen=True, slots=True)
class Section:
    """The papers of one section of the electorate.

    papers:   (ranking, how many papers), each ranking once and not empty, in order of ranking.
    blank:    unmarked papers: no first preference, hence not valid (ERS97 6.9).
    rejected: papers opened that bear no ranking at all; a number given beside the papers.
    Spec: counting §2.3.
    """

    name: str
    papers: tuple[tuple[Ranking, int], ...]
    blank: int
    rejected: int

    @property
    def valid(self) -> int:
        return sum(papers for _, papers in self.papers)


@dataclass(frozen=True, slots=True)
class Profile:
    """All the papers of one contest. Made by parse_profile and the parsers of files only.

    candidates: names in the order of the paper; a position is an index into them. Two who stand
                together have one name (counting §13.8).
    withdrawn:  positions that every count passes over. Spec: counting §2.4.
    places:     how many are to be elected.
    """

    title: str
    candidates: tuple[str, ...]
    withdrawn: frozenset[int]
    sections: tuple[Section, ...]
    places: int

    @property
    def standing(self) -> tuple[int, ...]:
        """Positions of those who did not withdraw, in the order of the paper."""
        return tuple(c for c in range(len(self.candidates)) if c not in self.withdrawn)

    @property
    def valid(self) -> int:
        return sum(section.valid for section in self.sections)


def parse_profile(
    candidates: Collection[str],
    papers_by_section: Mapping[str, Mapping[Ranking, int]],
    *,
    withdrawn: Collection[int] = frozenset(),
    rejected: Mapping[str, int] | None = None,
    title: str = "",
    places: int = 1,
) -> Profile:
    """Make a profile of opened papers, or refuse them whole.

    candidates:        names, in the order of the paper, all different.
    papers_by_section: section → ranking → papers; the empty ranking counts unmarked papers.
    withdrawn:         positions to be passed over at the count.
    rejected:          section → papers that bear no ranking; a section left out has none.
    Spec:   counting §2.
    Raises: PapersRefused, with the reason.
    """
    names = parse_names(candidates)
    refused = rejected or {}
    if title:
        check_name(title)
    if not papers_by_section:
        raise PapersRefused("there is no section")
    if unknown := sorted(set(refused) - set(papers_by_section)):
        raise PapersRefused(f"rejected papers are given for an unknown section: {unknown[0]}")
    if any(candidate not in range(len(names)) for candidate in withdrawn):
        raise PapersRefused("a withdrawn candidate is not on the paper")
    if whole_number(places) < 1:
        raise PapersRefused("there is no place to fill")
    return Profile(
        title=title,
        candidates=names,
        withdrawn=frozenset(withdrawn),
        sections=tuple(
            _section(name, papers, whole_number(refused.get(name, 0)), len(names))
            for name, papers in papers_by_section.items()
        ),
        places=places,
    )


def parse_names(candidates: Collection[str]) -> tuple[str, ...]:
    """Take the names of a paper's candidates, or refuse them.

    Spec:   counting §2.2.
    Raises: PapersRefused.
    """
    if not candidates:
        raise PapersRefused("there is no candidate")
    met: set[str] = set()
    for name in candidates:
        check_name(name)
        if name in met:
            raise PapersRefused(f"two candidates have the same name: {name}")
        met.add(name)
    return tuple(candidates)


def check_name(name: str) -> None:
    """Refuse a name that a sheet could not show. Spec: counting §2.2. Raises: PapersRefused."""
    if not name or name != name.strip():
        raise PapersRefused("a name is empty, or begins or ends with a space")
    if len(name) > NAME_LIMIT_CHARACTERS or not name.isprintable():
        raise PapersRefused("a name is too long or has an unprintable character")


def whole_number(value: int) -> int:
    """Refuse what is no count of papers: floats, truth values, negatives. Spec: counting §2.1."""
    if type(value) is not int or value < 0:
        raise PapersRefused(f"not a number of papers: {value!r}")
    return value


def _section(name: str, papers: Mapping[Ranking, int], rejected: int, candidates: int) -> Section:
    check_name(name)
    positions = frozenset(range(candidates))
    marked: list[tuple[Ranking, int]] = []
    for ranking, number in papers.items():
        if not positions.issuperset(ranking):
            raise PapersRefused(f"{ranking} in section {name} ranks a candidate not on the paper")
        if len(set(ranking)) != len(ranking):
            raise PapersRefused(f"{ranking} in section {name} ranks a candidate twice")
        if whole_number(number) and ranking:
            marked.append((tuple(ranking), number))
    # Sorted, so that two profiles of the same papers are equal whatever order they came in.
    return Section(name, tuple(sorted(marked)), papers.get((), 0), rejected)
