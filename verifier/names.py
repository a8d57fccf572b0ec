"""Who stands by the officer's rulings, and the order in which the paper names them (bundle §8)."""

from __future__ import annotations

import hashlib
from typing import Any

from verifier.board import Board, Entry
from verifier.canonical import write
from verifier.failure import Failed

LABEL = "hustings/v1/names-order"


def check_names(board: Board) -> None:
    """Check that nobody stands whose papers were rejected, and the order of names by lot.

    Raises: Failed (names.rejected, names.drawn, names.order).
    """
    candidates = board.last("candidates")
    if candidates is None:
        return
    _check_rejected(board, candidates)
    drawn = _drawn(board)
    for contest in candidates.content["contests"]:
        if contest["names_order"] == "lot" and not contest["unopposed"]:
            _check_order(board, candidates, contest, drawn)


def _check_rejected(board: Board, candidates: Entry) -> None:
    """Hold the last statement of the papers against the last statement of who stands."""
    statement = board.last("nominations")
    if statement is None:
        return
    rejected = {
        (contest["contest"], paper["candidate"])
        for contest in statement.content["contests"]
        for paper in contest["papers"]
        if paper["valid"] is False
    }
    for contest in candidates.content["contests"]:
        for name in contest["candidates"]:
            if (contest["title"], name) in rejected:
                why = f"{name} stands in {contest['title']}, whose papers were rejected."
                raise Failed("names.rejected", candidates.where, why)


def _drawn(board: Board) -> Entry | None:
    """The lot that is in force: one at most after nominations last opened, or none."""
    drawn = None
    for entry in board.all("names-drawn", "nominations-reopened"):
        if entry.kind == "nominations-reopened":
            drawn = None
        elif drawn is not None:
            raise Failed("names.drawn", entry.where, f"A lot was drawn already, {drawn.where}.")
        else:
            drawn = entry
    return drawn


def _check_order(
    board: Board, candidates: Entry, contest: dict[str, Any], drawn: Entry | None
) -> None:
    if drawn is None or drawn.number > candidates.number:
        if drawn is None and not board.has("opening"):
            return  # The lot is still to be drawn.
        where = (drawn or board.only("opening")).where
        raise Failed("names.drawn", where, f"{contest['title']} is not named in a lot's order.")
    names = contest["candidates"]
    people = names[:-1] if contest["reopen_nominations"] else names
    wanted = sorted(people, key=lambda name: _key(drawn, contest["title"], name))
    if people != wanted:
        why = f"{contest['title']} is not in the order of the lot, {drawn.where}."
        raise Failed("names.order", candidates.where, why)


def _key(drawn: Entry, contest: str, name: str) -> bytes:
    """The rank of a name: whoever has the least comes first (bundle §8.2)."""
    value = {"contest": contest, "label": LABEL, "name": name, "seed": drawn.content["seed"]}
    return hashlib.sha256(write(value)).digest()
