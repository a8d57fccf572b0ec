"""Who withdrew after the opening, and what becomes of their votes (bundle §8.3, counting §2.4)."""

from __future__ import annotations

from typing import Any

from verifier.board import Board, Entry
from verifier.failure import Failed
from verifier.opening import Contest, Poll

CHECK = "withdrawal.candidate"


def check_withdrawals(board: Board, poll: Poll) -> None:
    """Check that each names, once, a person whom the paper names.

    Raises: Failed (withdrawal.candidate).
    """
    left = {
        (contest.told["title"], name)
        for contest in poll.contests
        for name in _persons(contest.told)
    }
    for entry in _late(board):
        who = (entry.content["contest"], entry.content["candidate"])
        if who not in left:
            raise Failed(CHECK, entry.where, "The paper names no such person who is left.")
        left.remove(who)


def withdrawn_late(board: Board, contest: dict[str, Any]) -> set[str]:
    """The names of those who withdrew from a contest after the opening."""
    of_contest = [entry for entry in _late(board) if entry.content["contest"] == contest["title"]]
    return {entry.content["candidate"] for entry in of_contest}


def passed_over(board: Board, contest: Contest) -> frozenset[int]:
    """The places on the paper that its count passes over: by the notice's rule, all or none."""
    if contest.told["votes_of_withdrawn"] == "stand":
        return frozenset()
    gone = withdrawn_late(board, contest.told)
    return frozenset(place for place, name in enumerate(contest.candidates) if name in gone)


def reopens(board: Board, contest: dict[str, Any], elected: list[str]) -> bool:
    """Whether nominations open again: “re-open nominations” has won, or who withdrew has."""
    ron = contest["candidates"][-1:] if contest["reopen_nominations"] else []
    return elected == ron or not withdrawn_late(board, contest).isdisjoint(elected)


def _persons(contest: dict[str, Any]) -> list[str]:
    names: list[str] = contest["candidates"]
    return names[:-1] if contest["reopen_nominations"] else names


def _late(board: Board) -> list[Entry]:
    opening = board.last("opening")
    if opening is None:
        return []
    return [entry for entry in board.all("withdrawal") if entry.number > opening.number]
