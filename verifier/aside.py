"""Ballots that were set aside, and those that stand after all (bundle §4.1, §5, 9)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from verifier.ballots import Cast, Paper, tracker
from verifier.board import Board, Entry
from verifier.failure import Failed

# What an amendment has done, by section, that lets a ballot be set aside, or stand after all.
GROUNDS = {"set-aside": "struck", "ballots-stand": "restored"}
# By which member of `after_cast` an amendment's reason is judged; every other by `excluded`.
RULES = {"died": "dead", "duplicate": "duplicate", "resigned": "resigned"}


def check_set_aside(board: Board, paper: Paper, sections: Mapping[bytes, str]) -> set[int]:
    """Return the numbers of the entries whose ballots are in no box.

    sections: of each credential, its section's code.
    Raises:   Failed (set-aside.entry, .tracker, .twice, .not-aside, .amendment, .rule).
    """
    ballots = {ballot.number: ballot.wire for ballot in board.ballots}
    grounds = _Grounds(board)
    aside: set[int] = set()
    for entry in board.all("set-aside", "ballots-stand"):
        for place, told in enumerate(entry.content["ballots"], 1):
            where = f"{entry.where}, ballot {place}"
            number = told["entry"]
            _check_told(told, ballots, paper, where)
            grounds.use(entry, told, sections.get(ballots[number][:32], ""), where)
            if entry.kind == "set-aside" and number in aside:
                raise Failed("set-aside.twice", where, "It is set aside already.")
            if entry.kind == "ballots-stand" and number not in aside:
                raise Failed("set-aside.not-aside", where, "It was not set aside.")
            aside ^= {number}
    return aside


def _check_told(told: dict[str, Any], ballots: dict[int, bytes], paper: Paper, where: str) -> None:
    wire = ballots.get(told["entry"])
    if wire is None:
        raise Failed("set-aside.entry", where, f"Entry {told['entry']} is no ballot.")
    if tracker(paper.setting, Cast(wire, ""), len(paper.contests)).hex() != told["tracker"]:
        raise Failed("set-aside.tracker", where, "The tracker is another ballot's.")


@dataclass
class _Grounds:
    """The amendments of the last roll, by number, and what ballots have used of them already."""

    board: Board
    amendments: dict[int, Entry] = field(init=False)
    rules: dict[str, str] = field(init=False)
    used: Counter[tuple[str, int, str]] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        roll = self.board.only("roll").number
        self.rules = self.board.only("notice").content["after_cast"]
        self.amendments = {
            entry.content["number"]: entry
            for entry in self.board.all("amendment")
            if roll < entry.number
        }

    def use(self, entry: Entry, told: dict[str, Any], section: str, where: str) -> None:
        """Check that a ballot's amendment gives a ground, and one that no other ballot has used."""
        amendment = self.amendments.get(told["amendment"])
        if amendment is None or amendment.number > entry.number:
            raise Failed("set-aside.amendment", where, "There is no such amendment before it.")
        if entry.kind == "set-aside":
            self._check_rule(amendment, told["reason"], where)
        ground = GROUNDS[entry.kind]
        self.used[entry.kind, amendment.number, section] += 1
        if self.used[entry.kind, amendment.number, section] > _people(amendment, ground, section):
            why = f"{amendment.where} has {ground} fewer people of {section} than ballots name it."
            raise Failed("set-aside.amendment", where, why)

    def _check_rule(self, amendment: Entry, reason: str, where: str) -> None:
        if amendment.content["reason"] != reason:
            raise Failed("set-aside.amendment", where, "Its amendment has another reason.")
        if self.rules[RULES.get(reason, "excluded")] != "set-aside":
            why = f"By the notice a ballot stands whose elector is struck off as “{reason}”."
            raise Failed("set-aside.rule", where, why)


def _people(amendment: Entry, ground: str, section: str) -> int:
    """Return how many people of a section an amendment has struck, or restored."""
    return sum(
        change["people"]
        for change in amendment.content["changes"]
        if (change["change"], change["section"]) == (ground, section)
    )
