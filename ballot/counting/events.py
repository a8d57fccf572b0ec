"""What a count is: a list of typed events, from the first preferences to who is elected.

Everything that is published about a count is worked out from its events (stages.py, sheet.py), so
that there is one record and no second truth. Source: docs/spec/counting.md §7.
Numbers of votes are given by section throughout: one number for each section of the profile, in
its order. They are whole numbers of papers, but under the single transferable vote, where a paper
may pass on at part of its value. Weights are no part of the record: they are worked out from it.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from typing import TypeAlias

from ballot.counting.rules import Rules

Number: TypeAlias = int | Fraction
"""Votes: whole, or under the single transferable vote in parts."""

Votes: TypeAlias = tuple[Number, ...]
"""Votes by section."""

VoteTable: TypeAlias = tuple[Votes, ...]
"""Votes by candidate (all on the paper, in its order) and section."""


class Purpose(StrEnum):
    """What a tie was about."""

    EXCLUSION = "exclusion"
    ELECTION = "election"
    SURPLUS = "surplus"


class ElectedBy(StrEnum):
    """Why a candidate was elected."""

    MAJORITY = "majority"
    MOST_VOTES = "most votes"
    LAST_REMAINING = "last remaining"
    QUOTA = "quota"


@dataclass(frozen=True, slots=True)
class FirstPreferences:
    """Stage 1: the papers are sorted by first preference. Spec: counting §7.1."""

    votes: VoteTable


@dataclass(frozen=True, slots=True)
class ByEarlierStage:
    """One step of settling a tie: at that stage only `left` had the fewest votes of the tied.

    In a tie between surpluses, the most (counting §13.4).
    """

    stage: int
    left: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class ByLot:
    """One step of settling a tie: the recorded lot, in the order drawn, singled out `left`."""

    drawn: tuple[int, ...]
    left: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Tie:
    """A tie after a stage, how it was settled step by step, and who lost by it.

    In a tie between surpluses `losers` is the one whose surplus is passed on first.
    Spec: counting §7.2.
    """

    stage: int
    purpose: Purpose
    tied: tuple[int, ...]
    steps: tuple[ByEarlierStage | ByLot, ...]
    losers: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Exclusion:
    """Candidates excluded after a stage, those with the fewest votes first. Spec: counting §7.3."""

    stage: int
    candidates: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Transfer:
    """The papers, or the surplus, of one candidate that pass to others.

    stage: the stage that the transfer makes. Spec: counting §7.4.
    """

    stage: int
    candidate: int
    received: VoteTable


@dataclass(frozen=True, slots=True)
class Exhausted:
    """Papers with no further continuing preference, newly so at this stage, by section.

    candidate: whose papers they were; None at stage 1, for papers that rank only candidates who
    withdrew. Spec: counting §7.5.
    """

    stage: int
    candidate: int | None
    papers: Votes


@dataclass(frozen=True, slots=True)
class Elected:
    """A candidate is elected; the last of these ends the count. Spec: counting §7.6."""

    stage: int
    candidate: int
    votes: Number
    by: ElectedBy


Event: TypeAlias = FirstPreferences | Tie | Exclusion | Transfer | Exhausted | Elected


@dataclass(frozen=True, slots=True)
class PaperAccount:
    """The papers of one section: valid, unmarked and rejected are kept apart."""

    section: str
    valid: int
    blank: int
    rejected: int


@dataclass(frozen=True, slots=True)
class Count:
    """A finished count: what was counted, by which rules, and every event in order."""

    title: str
    candidates: tuple[str, ...]
    withdrawn: frozenset[int]
    papers: tuple[PaperAccount, ...]
    rules: Rules
    events: tuple[Event, ...]
    places: int = 1

    @property
    def sections(self) -> tuple[str, ...]:
        return tuple(account.section for account in self.papers)

    @property
    def valid(self) -> int:
        return sum(account.valid for account in self.papers)

    @property
    def blank(self) -> int:
        return sum(account.blank for account in self.papers)

    @property
    def rejected(self) -> int:
        return sum(account.rejected for account in self.papers)

    @property
    def elected(self) -> tuple[int, ...]:
        return tuple(event.candidate for event in self.events if isinstance(event, Elected))
