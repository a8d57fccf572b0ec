"""Ballots that were set aside, and those that stand after all (bundle §5, 9)."""

from __future__ import annotations

from typing import Any

from verifier.ballots import Cast, Paper, tracker
from verifier.board import Board, Entry
from verifier.failure import Failed


def check_set_aside(board: Board, paper: Paper) -> set[int]:
    """Return the numbers of the entries whose ballots are in no box.

    Raises: Failed (set-aside.entry, .tracker, .twice, .not-aside, .amendment, .rule).
    """
    ballots = {ballot.number: ballot.wire for ballot in board.ballots}
    aside: set[int] = set()
    for entry in board.all("set-aside", "ballots-stand"):
        for place, told in enumerate(entry.content["ballots"], 1):
            where = f"{entry.where}, ballot {place}"
            _check_told(told, ballots, paper, where)
            _check_reason(board, entry, told, where)
            number = told["entry"]
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


def _check_reason(board: Board, entry: Entry, told: dict[str, Any], where: str) -> None:
    """Check that the amendment named is there, and struck somebody for the reason that is told."""
    roll = board.only("roll").number
    named = [
        amendment
        for amendment in board.all("amendment")
        if roll < amendment.number < entry.number
        and amendment.content["number"] == told["amendment"]
    ]
    if not named:
        raise Failed("set-aside.amendment", where, "There is no such amendment before it.")
    if entry.kind == "set-aside" and named[0].content["reason"] != told["reason"]:
        raise Failed("set-aside.amendment", where, "Its amendment has another reason.")
