"""What a reader is to be told of a board though no rule is broken: who is gone, and when it was."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from verifier.amended import hour_last_said
from verifier.board import Board, Entry

# Of one kind; the rest would bury what stands beside them.
MOST = 5


def remarks_on(board: Board) -> list[str]:
    """Return what is to be told, a sentence each."""
    return [
        *_some(list(_times_that_descend(board)), "entries bear an earlier time"),
        *_some(list(_late_and_early(board)), "times"),
        *_some(list(_contests_struck(board)), "contests were struck"),
        *_some(list(_gone(board)), "candidates stand no more"),
        *(f"The election was declared void: {e.content['reason']}" for e in board.all("void")),
    ]


def _some(said: list[str], what: str) -> list[str]:
    left = len(said) - MOST
    return said[:MOST] + ([f"And of {left:,} more the same: {what}."] if left > 0 else [])


def _times_that_descend(board: Board) -> Iterator[str]:
    """Two acts at one moment may do that by a second or two; nothing is wrong with the board."""
    for earlier, later in pairwise(entry for entry in board.acts if entry.at):
        if later.at < earlier.at:
            than = f"{earlier.where}, {earlier.at}"
            yield f"{later.where} bears an earlier time, {later.at}, than {than}."


def _late_and_early(board: Board) -> Iterator[str]:
    """What the notice's times do not forbid, and its readers would not expect."""
    opens_at = hour_last_said(board, "opens_at")
    for opening in board.all("opening"):
        if opening.at < opens_at:
            yield f"{opening.where} is of {opening.at}; the notice opens the poll at {opens_at}."
    for entry in board.all("extension"):
        due = entry.content["closed_before_at"]
        if entry.at > due:
            late = f"{entry.where} is of {entry.at}, after the close that was due at {due}"
            yield f"{late}; the poll was {_suspended_at(board, entry)}."


def _suspended_at(board: Board, entry: Entry) -> str:
    """Say whether the poll was suspended when an entry was made: such a poll can be extended."""
    before = [e for e in board.all("suspension", "resumption") if e.number < entry.number]
    if not before or before[-1].kind == "resumption":
        return "not suspended"
    return f"suspended since {before[-1].at}, by {before[-1].where}"


def _contests_struck(board: Board) -> Iterator[str]:
    for entry in board.all("contest-struck"):
        yield f"{entry.where}: {entry.content['contest']} is no contest any more."


def _gone(board: Board) -> Iterator[str]:
    """Say who once stood, and stands no more though no withdrawal says so."""
    withdrawn = {(e.content["contest"], e.content["candidate"]) for e in board.all("withdrawal")}
    struck = {entry.content["contest"] for entry in board.all("contest-struck")}
    statements = board.all("candidates")
    last = _stood(statements[-1]) if statements else {}
    once = {who: entry for entry in reversed(statements) for who in _stood(entry)}
    for (contest, name), entry in once.items():
        if (
            (contest, name) not in withdrawn
            and (contest, name) not in last
            and contest not in struck
        ):
            stood = f"{name} stood for {contest} by {entry.where}"
            yield f"{stood}, stands no more, and did not withdraw."


def _stood(entry: Entry) -> dict[tuple[str, str], None]:
    """Return contest and name of all candidates of a statement, in its order."""
    return {
        (contest["title"], name): None
        for contest in entry.content["contests"]
        for name in contest["candidates"]
    }
