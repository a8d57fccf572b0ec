"""The single transferable vote for several places, by the weighted inclusive Gregory method.

Source: docs/spec/counting.md §13: the method of Scotland's local elections (SSI 2007/42,
schedule 1, rules 45 to 52), but with exact fractions where it cuts to five decimals, and with
ERS97's rule for ties.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

from ballot.counting.events import (
    Count,
    Elected,
    ElectedBy,
    Event,
    Exclusion,
    FirstPreferences,
    Number,
    Tie,
    Transfer,
)
from ballot.counting.piles import (
    Pile,
    Piles,
    check_rules,
    exhausted_events,
    finished,
    lay_upon,
    papers_of,
    sort_papers,
    table_of,
)
from ballot.counting.profile import Profile
from ballot.counting.rules import Rules
from ballot.counting.ties import settle_exclusion, settle_surplus


def count_stv(profile: Profile, rules: Rules) -> Count:
    """Count by the single transferable vote.

    Spec:   counting §13.
    Cost:   a look at each distinct ranking, and one more each time its papers pass on.
    Raises: CountRefused; UnsettledTie, if no rule settles who is excluded or whose surplus is next.
    """
    check_rules(profile, rules)
    return _Table(profile, rules).count()


def droop_quota(votes: Number, places: int) -> int:
    """The fewest votes that no more than `places` candidates can have. Spec: counting §13.2."""
    return int(votes // (places + 1)) + 1


class _Table:
    """The tellers' table. hopeful: neither elected nor excluded; waiting: surpluses to pass on."""

    def __init__(self, profile: Profile, rules: Rules) -> None:
        self.profile = profile
        self.rules = rules
        self.hopeful = frozenset(profile.standing)
        self.elected: list[int] = []
        self.waiting: list[int] = []
        self.piles: Piles = {}
        self.stages: list[tuple[Number, ...]] = []
        self.events: list[Event] = []
        self.quota = 0

    def count(self) -> Count:
        self._first_stage()
        while self._places_are_left():
            if self.waiting:
                self._transfer_surplus()
            else:
                self._exclude()
        return finished(self.profile, self.rules, self.events)

    def _first_stage(self) -> None:
        self.piles = sort_papers(papers_of(self.profile), self.hopeful)
        votes = table_of(self.piles, self.profile)
        self.stages.append(tuple(sum(row) for row in votes))
        self.quota = droop_quota(sum(self.stages[0]), self.profile.places)
        self.events.append(FirstPreferences(votes))
        self.events += exhausted_events(self.piles, stage=1, candidate=None)

    def _places_are_left(self) -> bool:
        """Elect whoever is to be elected after this stage. Spec: counting §13.3, §13.6."""
        totals = self.stages[-1]
        reached = [c for c in self._by_votes() if totals[c] >= self.quota]
        self._elect(reached, ElectedBy.QUOTA)
        self.waiting += [c for c in reached if totals[c] > self.quota]
        if len(self.elected) + len(self.hopeful) <= self.profile.places:
            self._elect(self._by_votes(), ElectedBy.LAST_REMAINING)
        return len(self.elected) < self.profile.places and bool(self.hopeful)

    def _by_votes(self) -> list[int]:
        totals = self.stages[-1]
        return sorted(self.hopeful, key=lambda candidate: (-totals[candidate], candidate))

    def _elect(self, candidates: list[int], by: ElectedBy) -> None:
        for candidate in candidates:
            votes = self.stages[-1][candidate]
            self.events.append(Elected(len(self.stages), candidate, votes, by))
        self.elected += candidates
        self.hopeful -= frozenset(candidates)

    def _transfer_surplus(self) -> None:
        """Pass on the largest surplus: every paper, at part of its value. Spec: counting §13.4."""
        totals = self.stages[-1]
        most = max(totals[candidate] for candidate in self.waiting)
        largest = tuple(sorted(c for c in self.waiting if totals[c] == most))
        candidate = self._one_of(largest, settle_surplus)
        self.waiting.remove(candidate)
        part = Fraction(most - self.quota, most)
        pile = self.piles.pop(candidate)
        self._pass_on(
            candidate, [[(r, value * part) for r, value in heap] for heap in pile], kept=self.quota
        )

    def _exclude(self) -> None:
        """Exclude the lowest, and pass on their papers at full value. Spec: counting §13.5."""
        totals = self.stages[-1]
        fewest = min(totals[candidate] for candidate in self.hopeful)
        lowest = tuple(sorted(c for c in self.hopeful if totals[c] == fewest))
        candidate = self._one_of(lowest, settle_exclusion)
        self.events.append(Exclusion(len(self.stages), (candidate,)))
        self.hopeful -= {candidate}
        if len(self.elected) + len(self.hopeful) > self.profile.places:
            self._pass_on(candidate, self.piles.pop(candidate), kept=0)

    def _one_of(self, tied: tuple[int, ...], settle: Callable[..., Tie]) -> int:
        """The only one, or of several the one whom the rules of ties single out."""
        if len(tied) > 1:
            tie = settle(tied, rules=self.rules.ties, earlier=self.stages[:-1],
                         names=self.profile.candidates)
            self.events.append(tie)
            tied = tie.losers
        (candidate,) = tied
        return candidate

    def _pass_on(self, candidate: int, pile: Pile, *, kept: int) -> None:
        """Sort a pile among the hopeful, which makes a stage."""
        stage = len(self.stages) + 1
        moved = sort_papers(pile, self.hopeful)
        received = table_of(moved, self.profile)
        self.events.append(Transfer(stage, candidate, received))
        self.events += exhausted_events(moved, stage=stage, candidate=candidate)
        lay_upon(self.piles, moved)
        totals = [had + sum(row) for had, row in zip(self.stages[-1], received, strict=True)]
        totals[candidate] = kept
        self.stages.append(tuple(totals))
