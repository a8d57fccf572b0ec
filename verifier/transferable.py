"""The single transferable vote (counting §13).

No piles are passed on: of the papers of each ranking it is kept what part of them lies where, and
after each step the votes are added up anew.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from fractions import Fraction

from verifier.count_record import Count, Move, Stage
from verifier.papers import Heaps, Number, Profile, Ranking, add_heaps
from verifier.rules import Rules
from verifier.ties import Tie, settle_exclusion, settle_surplus


@dataclass(slots=True)
class _Papers:
    """Papers of one section and ranking. held_by: who has what is still to pass on, or nobody."""

    section: str
    ranking: Ranking
    value: Number
    held_by: int | None = None
    left_with: dict[int, Number] = field(default_factory=dict)

    def go_on(self, hopeful: Collection[int]) -> None:
        self.held_by = next((c for c in self.ranking if c in hopeful), None)


class _Poll:
    """A count under way."""

    def __init__(self, profile: Profile, rules: Rules) -> None:
        self.profile = profile
        self.rules = rules
        self.hopeful = set(profile.standing)
        self.on_sheet = sorted(profile.standing)
        self.elected: list[int] = []
        self.has_surplus: set[int] = set()
        self.papers = [
            _Papers(name, ranking, number)
            for name, papers in profile.sections.items()
            for ranking, number in papers.items()
            if ranking and number
        ]
        for paper in self.papers:
            paper.go_on(self.hopeful)
        self.stages = [self._lie()]
        self.quota = quota(self.stages[0], profile.places)

    @property
    def votes(self) -> dict[int, Number]:
        return dict(self.stages[-1].total.votes)

    def _lie(self) -> Stage:
        """Add up where the papers lie."""
        votes: dict[str, dict[int, Number]] = {
            name: dict.fromkeys(self.on_sheet, 0) for name in self.profile.sections
        }
        exhausted: dict[str, Number] = dict.fromkeys(votes, 0)
        for paper in self.papers:
            for candidate, value in paper.left_with.items():
                votes[paper.section][candidate] += value
            if paper.held_by is None:
                exhausted[paper.section] += paper.value
            else:
                votes[paper.section][paper.held_by] += paper.value
        sections = {name: Heaps(votes[name], exhausted[name]) for name in votes}
        return Stage(add_heaps(list(sections.values()), self.on_sheet), sections)

    def elect(self) -> bool:
        """Elect who is to be elected now; say whether the count goes on (counting §13.3, §13.6)."""
        votes = self.votes
        order = sorted(self.hopeful, key=lambda c: (-votes[c], c))
        self._win([c for c in order if votes[c] >= self.quota], "quota")
        self.has_surplus |= {c for c in self.elected if c in order and votes[c] > self.quota}
        if len(self.elected) + len(self.hopeful) <= self.profile.places:
            self._win([c for c in order if c in self.hopeful], "last remaining")
        return len(self.elected) < self.profile.places and bool(self.hopeful)

    def _win(self, candidates: list[int], why: str) -> None:
        self.elected += candidates
        self.hopeful -= set(candidates)
        self.stages[-1] = self.stages[-1].with_elected(dict.fromkeys(candidates, why))

    def step(self) -> None:
        """Pass on the largest surplus; without one, exclude the lowest (counting §13.4, §13.5)."""
        votes = self.votes
        among = self.has_surplus or self.hopeful
        goal = max(votes[c] for c in among) if self.has_surplus else min(votes[c] for c in among)
        equal = sorted(c for c in among if votes[c] == goal)
        tie = self._tie(equal) if len(equal) > 1 else None
        chosen = tie.excluded[0] if tie else equal[0]
        self.stages[-1] = self.stages[-1].with_tie(tie)
        if self.has_surplus:
            self.has_surplus.remove(chosen)
            self._move(chosen, Fraction(self.quota) / votes[chosen])
            return
        self.stages[-1] = self.stages[-1].with_excluded((chosen,))
        self.hopeful.remove(chosen)
        if len(self.elected) + len(self.hopeful) > self.profile.places:
            self.on_sheet.remove(chosen)
            self._move(chosen, Fraction(0))

    def _tie(self, equal: list[int]) -> Tie:
        settle = settle_surplus if self.has_surplus else settle_exclusion
        earlier = [stage.total.votes for stage in self.stages[:-1]]
        return settle(equal, self.rules.ties, earlier)

    def _move(self, candidate: int, kept: Fraction) -> None:
        """Leave a part of each of a candidate's papers with them; the rest goes on."""
        to: dict[int, Number] = {}
        exhausted: Number = 0
        for paper in self.papers:
            if paper.held_by != candidate:
                continue
            if kept:
                paper.left_with[candidate] = paper.value * kept
            paper.value = paper.value * (1 - kept)
            paper.go_on(self.hopeful)
            if paper.held_by is None:
                exhausted += paper.value
            else:
                to[paper.held_by] = to.get(paper.held_by, 0) + paper.value
        stage = self._lie()
        move = Move(candidate, dict(sorted(to.items())), exhausted)
        self.stages.append(stage.with_moves((move,)))


def quota(first: Stage, places: int) -> int:
    """Return the quota (counting §13.2)."""
    return int(first.total.continuing_votes // (places + 1)) + 1


def count_transferable(profile: Profile, rules: Rules) -> Count:
    """Count by the single transferable vote.

    Raises: Failed (count.tie).
    """
    poll = _Poll(profile, rules)
    while poll.elect():
        poll.step()
    return Count(tuple(poll.stages), tuple(poll.elected), "")
