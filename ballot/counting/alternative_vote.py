"""The alternative vote: the lowest is excluded and their papers pass on, until one is elected.

Source: docs/spec/counting.md §5. It is ERS97 for one place, but for the majority of continuing
votes in the place of its quota and the narrower rule of bulk exclusion; §5.2 and §5.4 say why.
"""

from __future__ import annotations

from collections.abc import Mapping

from ballot.counting.events import (
    Count,
    Elected,
    ElectedBy,
    Event,
    Exclusion,
    FirstPreferences,
    Number,
    Transfer,
    VoteTable,
)
from ballot.counting.piles import (
    Piles,
    check_countable,
    exhausted_events,
    finished,
    lay_upon,
    papers_of,
    sort_papers,
    table_of,
)
from ballot.counting.profile import Profile
from ballot.counting.rules import Rules, Stop
from ballot.counting.ties import settle_exclusion
from ballot.counting.weighting import weigh, worths_of


def count_alternative_vote(profile: Profile, rules: Rules) -> Count:
    """Count by the alternative vote.

    Spec:   counting §5.
    Cost:   a look at each distinct ranking, and one more each time its papers pass on.
    Raises: CountRefused; UnsettledTie, if no rule settles who is to be excluded.
    """
    check_countable(profile, rules)
    return _Table(profile, rules).count()


class _Table:
    """The tellers' table: the piles as they lie, and the record of what was done."""

    def __init__(self, profile: Profile, rules: Rules) -> None:
        self.profile = profile
        self.rules = rules
        self.continuing = frozenset(profile.standing)
        self.piles: Piles = {}
        self.votes: VoteTable = ()
        self.worths: tuple[int, ...] = ()
        self.stages: list[tuple[Number, ...]] = []
        self.events: list[Event] = []

    def count(self) -> Count:
        self._first_stage()
        while (elected := self._elected()) is None:
            excluded = self._choose_excluded()
            self.events.append(Exclusion(len(self.stages), excluded))
            self.continuing -= frozenset(excluded)
            if len(self.continuing) > 1:
                self._transfer(excluded)
        self.events.append(elected)
        return finished(self.profile, self.rules, self.events)

    def _first_stage(self) -> None:
        self.piles = sort_papers(papers_of(self.profile), self.continuing)
        self.votes = table_of(self.piles, self.profile)
        self.events.append(FirstPreferences(self.votes))
        self.events += exhausted_events(self.piles, stage=1, candidate=None)
        names = [section.name for section in self.profile.sections]
        at_first = [sum(column) for column in zip(*self.votes, strict=True)]
        self.worths = worths_of(self.rules.weighting, names, at_first)
        self._end_stage()

    def _end_stage(self) -> None:
        """Keep the figures on which everything after a stage is decided. Spec: counting §12.2."""
        weighed = weigh(self.votes, self.worths) if self.rules.weighting else None
        self.stages.append(weighed or tuple(sum(row) for row in self.votes))

    def _totals(self) -> dict[int, Number]:
        return {candidate: self.stages[-1][candidate] for candidate in sorted(self.continuing)}

    def _elected(self) -> Elected | None:
        """Who is elected after this stage, if anybody is. Spec: counting §5.2, §5.3."""
        totals = self._totals()
        leader = max(totals, key=totals.__getitem__)
        stage, votes = len(self.stages), sum(self.votes[leader])
        if len(totals) == 1:
            return Elected(stage, leader, votes, ElectedBy.LAST_REMAINING)
        if self.rules.stop is Stop.TWO and len(totals) > 2:
            return None
        if 2 * totals[leader] > sum(totals.values()):
            return Elected(stage, leader, votes, ElectedBy.MAJORITY)
        return None

    def _choose_excluded(self) -> tuple[int, ...]:
        """Who is excluded after this stage. Spec: counting §5.1, §5.4."""
        totals = self._totals()
        if self.rules.bulk_exclusion and (together := lowest_together(totals)):
            return together
        fewest = min(totals.values())
        lowest = tuple(candidate for candidate in totals if totals[candidate] == fewest)
        if len(lowest) == 1:
            return lowest
        tie = settle_exclusion(
            lowest,
            rules=self.rules.ties,
            earlier=self.stages[:-1],
            names=self.profile.candidates,
        )
        self.events.append(tie)
        return tie.losers

    def _transfer(self, excluded: tuple[int, ...]) -> None:
        """Pass the excluded candidates' papers on, which makes a stage. Spec: counting §5.5."""
        stage = len(self.stages) + 1
        votes = list(self.votes)
        for candidate in excluded:
            votes[candidate] = (0,) * len(self.profile.sections)
            moved = sort_papers(self.piles.pop(candidate), self.continuing)
            received = table_of(moved, self.profile)
            self.events.append(Transfer(stage, candidate, received))
            self.events += exhausted_events(moved, stage=stage, candidate=candidate)
            lay_upon(self.piles, moved)
            votes = [
                tuple(a + b for a, b in zip(had, more, strict=True))
                for had, more in zip(votes, received, strict=True)
            ]
        self.votes = tuple(votes)
        self._end_stage()


def lowest_together(totals: Mapping[int, Number]) -> tuple[int, ...]:
    """The most candidates that may be excluded at once, those with the fewest votes first.

    Their votes together are fewer than those of the next above, and two at least remain; so none
    of them could have overtaken anybody else, whatever their papers say. Empty, if there are none.
    That holds of weighted votes too (counting §12.3).
    Spec: counting §5.4.
    """
    order = sorted(totals, key=lambda candidate: (totals[candidate], candidate))
    together: tuple[int, ...] = ()
    sum_of_votes: Number = 0
    for size in range(1, len(order) - 1):
        sum_of_votes += totals[order[size - 1]]
        if sum_of_votes < totals[order[size]]:
            together = tuple(order[:size])
    return together
