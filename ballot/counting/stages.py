"""The stages of a count, worked out from its events and checked on the way.

A result sheet shows "the vote credited to each and every candidate, and the non-transferable
vote at successive stages of the count" (ERS97 6.15). Everything shown goes through here, so no
sheet is ever printed whose sums are wrong. Source: docs/spec/counting.md §7.7.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TypeAlias

from ballot.counting.errors import SheetBroken
from ballot.counting.events import (
    Count,
    Elected,
    Exclusion,
    Exhausted,
    FirstPreferences,
    Number,
    Tie,
    Transfer,
    Votes,
    VoteTable,
)
from ballot.counting.rules import Base
from ballot.counting.weighting import weigh, worths_of

_Later: TypeAlias = Tie | Exclusion | Transfer | Exhausted | Elected


@dataclass(frozen=True, slots=True)
class Stage:
    """One stage: where the papers lie, how they came there, and what followed.

    continuing: positions of those in the count at this stage, in the order of the paper.
    votes:      by candidate and section; zeros for who is not continuing.
    exhausted:  by section, all so far.
    moved:      transfers and newly exhausted papers that made this stage.
    tie, excluded, elected: what was decided after it; several may be elected at once.
    deemed:     those elected after an earlier stage, who still hold votes (counting §13).
    worths:     what each section is worth; empty, where nothing is weighted (counting §12).
    weighted:   each candidate's weighted votes (counting §12.2); empty, where nothing is weighted.
    """

    number: int
    continuing: tuple[int, ...]
    votes: VoteTable
    exhausted: Votes
    moved: tuple[Transfer | Exhausted, ...] = ()
    tie: Tie | None = None
    excluded: tuple[int, ...] = ()
    elected: tuple[Elected, ...] = ()
    deemed: tuple[int, ...] = ()
    worths: tuple[int, ...] = ()
    weighted: tuple[Fraction, ...] = ()

    def total(self, candidate: int) -> Number:
        """One candidate's votes over all sections, unweighted."""
        return sum(self.votes[candidate])

    @property
    def total_exhausted(self) -> Number:
        return sum(self.exhausted)

    @property
    def continuing_votes(self) -> Number:
        """All votes of continuing candidates: ERS97's total active vote (6.20)."""
        return sum(self.total(candidate) for candidate in self.continuing)

    @property
    def continuing_by_section(self) -> Votes:
        return tuple(
            sum(self.votes[candidate][section] for candidate in self.continuing)
            for section in range(len(self.exhausted))
        )

    def base(self, base: Base) -> Number:
        """What a percentage of this stage is a percentage of. Spec: counting §7.8."""
        if base is Base.CONTINUING:
            return self.continuing_votes
        return self.continuing_votes + self.total_exhausted

    def share(self, candidate: int, base: Base) -> Fraction | None:
        """A candidate's part of the base; None, where the base is nothing.

        Of weighted sections it is the part of what all of them together are worth.
        """
        weighted = self.weighted if self.worths and base is Base.CONTINUING else ()
        whole = sum(weighted) if weighted else self.base(base)
        part = weighted[candidate] if weighted else self.total(candidate)
        return Fraction(part, whole) if whole else None


def stages(count: Count) -> tuple[Stage, ...]:
    """Work out the stages of a count from its events.

    Spec:   counting §7.7.
    Raises: SheetBroken, if votes are lost or made, or an event comes where none can.
    """
    done: list[Stage] = []
    for event in count.events:
        if isinstance(event, FirstPreferences):
            if done:
                raise SheetBroken(len(done), "first preferences are counted twice")
            done.append(_first(count, event))
        elif not done:
            raise SheetBroken(0, "the count does not begin with the first preferences")
        else:
            if event.stage > len(done):
                _check_sums(count, done[-1])
                done.append(_next(done[-1]))
            if event.stage != len(done):
                raise SheetBroken(event.stage, "an event is out of order")
            done[-1] = _after(done[-1], event)
    if not done:
        raise SheetBroken(0, "there is no event")
    _check_sums(count, done[-1])
    if not done[-1].elected:
        raise SheetBroken(len(done), "the count ends and nobody is elected")
    return tuple(done) if count.rules.weighting is None else tuple(map(_weighed, done))


def _first(count: Count, event: FirstPreferences) -> Stage:
    standing = [c for c in range(len(count.candidates)) if c not in count.withdrawn]
    at_first = [int(sum(column)) for column in zip(*event.votes, strict=True)]
    return Stage(
        1,
        tuple(standing),
        event.votes,
        (0,) * len(count.sections),
        worths=worths_of(count.rules.weighting, count.sections, at_first),
    )


def _next(before: Stage) -> Stage:
    """Begin a stage: the excluded no longer continue, their papers lie with them to be moved."""
    return Stage(
        before.number + 1,
        tuple(c for c in before.continuing if c not in before.excluded),
        before.votes,
        before.exhausted,
        deemed=(*before.deemed, *(event.candidate for event in before.elected)),
        worths=before.worths,
    )


def _after(stage: Stage, event: _Later) -> Stage:
    match event:
        case Transfer():
            votes = tuple(map(_add, stage.votes, event.received))
            moved: Votes = tuple(map(sum, zip(*event.received, strict=True)))
            stage = replace(stage, votes=_less(votes, event.candidate, moved))
            return replace(stage, moved=(*stage.moved, event))
        case Exhausted():
            votes = stage.votes
            if event.candidate is not None:
                votes = _less(votes, event.candidate, event.papers)
            exhausted = _add(stage.exhausted, event.papers)
            return replace(stage, votes=votes, exhausted=exhausted, moved=(*stage.moved, event))
        case Tie():
            return replace(stage, tie=event)
        case Exclusion():
            return replace(stage, excluded=event.candidates)
        case _:
            return replace(stage, elected=(*stage.elected, event))


def _weighed(stage: Stage) -> Stage:
    return replace(stage, weighted=weigh(stage.votes, stage.worths))


def _add(some: Votes, more: Votes) -> Votes:
    return tuple(a + b for a, b in zip(some, more, strict=True))


def _less(votes: VoteTable, candidate: int, gone: Votes) -> VoteTable:
    left = tuple(a - b for a, b in zip(votes[candidate], gone, strict=True))
    return (*votes[:candidate], left, *votes[candidate + 1 :])


def _check_sums(count: Count, stage: Stage) -> None:
    """Every section's votes and exhausted papers are its valid papers, at every stage."""
    for candidate, votes in enumerate(stage.votes):
        if candidate not in stage.continuing and any(votes):
            raise SheetBroken(stage.number, "papers lie with a candidate who is out of the count")
    hopeful = set(stage.continuing) - set(stage.deemed)
    if any(moved.candidate in hopeful for moved in stage.moved):
        raise SheetBroken(stage.number, "papers are moved from a candidate who continues")
    if any(event.votes != stage.total(event.candidate) for event in stage.elected):
        raise SheetBroken(stage.number, "who is elected has another number of votes")
    sums = zip(stage.continuing_by_section, stage.exhausted, count.papers, strict=True)
    for continuing, exhausted, account in sums:
        if continuing + exhausted != account.valid:
            raise SheetBroken(stage.number, f"the sum of {account.section} is not its valid papers")
