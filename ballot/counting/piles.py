"""Papers sorted into piles, one for each candidate, as tellers would on a table.

Shared by the methods. Source: docs/spec/counting.md §4. Not here: deciding anything.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import TypeAlias

from ballot.counting.errors import CountRefused
from ballot.counting.events import (
    Count,
    Event,
    Exhausted,
    Number,
    PaperAccount,
    Votes,
    VoteTable,
)
from ballot.counting.profile import Profile, Ranking
from ballot.counting.rules import Lot, Rules
from ballot.counting.weighting import check_sections

Bundle: TypeAlias = tuple[Ranking, Number]
"""Papers alike: their ranking, and how many votes they are together."""

Pile: TypeAlias = list[list[Bundle]]
"""A candidate's bundles, by section: papers of different sections never share a bundle."""

Piles: TypeAlias = dict[int | None, Pile]
"""Continuing candidate → pile; under None, the papers that are exhausted by this sorting."""


def check_countable(profile: Profile, rules: Rules) -> None:
    """Refuse what no method of one place can count. Spec: counting §4.1. Raises: CountRefused."""
    if profile.places != 1:
        raise CountRefused(f"{rules.method.value} fills one place, not {profile.places}")
    check_rules(profile, rules)


def check_rules(profile: Profile, rules: Rules) -> None:
    """Refuse rules that do not suit these papers. Spec: counting §4.1. Raises: CountRefused."""
    if not profile.standing:
        raise CountRefused("every candidate has withdrawn")
    for rule in rules.ties:
        if isinstance(rule, Lot) and max(rule.drawn) >= len(profile.candidates):
            raise CountRefused("the lot draws somebody who is not on the paper")
    check_sections(rules.weighting, [section.name for section in profile.sections])


def papers_of(profile: Profile) -> list[Iterable[Bundle]]:
    """Hand out every valid paper of a profile, by section."""
    return [section.papers for section in profile.sections]


def sort_papers(papers: Sequence[Iterable[Bundle]], continuing: Collection[int]) -> Piles:
    """Sort papers, given by section, each to the first continuing candidate of its ranking.

    Spec: counting §4.2 (ERS97 6.10: preferences for candidates no longer in it are passed over).
    """
    piles: Piles = {who: [[] for _ in papers] for who in (None, *continuing)}
    for section, bundles in enumerate(papers):
        heaps = {who: pile[section] for who, pile in piles.items()}
        for bundle in bundles:
            for candidate in bundle[0]:
                if candidate in continuing:
                    heaps[candidate].append(bundle)
                    break
            else:
                heaps[None].append(bundle)
    return piles


def votes_of(pile: Pile) -> Votes:
    """Count a pile by section."""
    return tuple(sum(papers for _, papers in bundles) for bundles in pile)


def table_of(piles: Piles, profile: Profile) -> VoteTable:
    """Count all piles by candidate and section; who has no pile has no votes."""
    nothing: Pile = [[] for _ in profile.sections]
    return tuple(
        votes_of(piles.get(candidate, nothing)) for candidate in range(len(profile.candidates))
    )


def lay_upon(piles: Piles, moved: Piles) -> None:
    """Lay papers that were sorted anew upon the piles of those who receive them."""
    for receiver, pile in moved.items():
        for heap, bundles in zip(piles[receiver], pile, strict=True):
            heap.extend(bundles)


def exhausted_events(piles: Piles, *, stage: int, candidate: int | None) -> list[Event]:
    """Record the papers exhausted by a sorting, if there are any."""
    papers = votes_of(piles[None])
    return [Exhausted(stage, candidate, papers)] if any(papers) else []


def finished(profile: Profile, rules: Rules, events: Iterable[Event]) -> Count:
    """Put the papers' account, the rules and the events together."""
    return Count(
        title=profile.title,
        candidates=profile.candidates,
        withdrawn=profile.withdrawn,
        papers=tuple(
            PaperAccount(section.name, section.valid, section.blank, section.rejected)
            for section in profile.sections
        ),
        rules=rules,
        events=tuple(events),
        places=profile.places,
    )
