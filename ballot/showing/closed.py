"""Why no ballot can be cast now, and where the result of a poll that is over is read."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from ballot.canonical import read_canonical
from ballot.extensions import closed_early
from ballot.lifecycle import State, is_before
from ballot.models import Dated, Election
from ballot.showing.sentences import in_words
from ballot.times import in_zone
from ballot.timetable import dates_of


def closed_sentence(election: Election, *, now: datetime) -> str:
    """Why no ballot can be cast now; empty while one can."""
    if election.stage == State.VOID:
        return "This election was declared void. No ballot can be cast in it."
    if election.stage == State.SUSPENDED:
        return (
            f"The poll is suspended for the time being. {why_suspended(election)} Nothing is "
            "lost: your link stays good. Open it again from your e-mail when the poll goes on."
        )
    if is_before(election.stage, State.POLLING):
        return _before_the_opening(election, now=now)
    return _after_the_close(election) if _is_over(election, now=now) else ""


def _is_over(election: Election, *, now: datetime) -> bool:
    if election.stage in {State.VOID, State.SUSPENDED} or is_before(election.stage, State.POLLING):
        return False
    has_passed = election.closes_at is not None and election.closes_at <= now
    return has_passed or election.stage != State.POLLING


def _after_the_close(election: Election) -> str:
    if not election.entries.filter(ballot__isnull=True, kind="opening").exists():
        return "No poll was held, since every contest is unopposed. No ballot can be cast."
    early = closed_early(election)
    at = early.closed_at if early else election.closes_at
    assert at is not None, "A poll that opened has an hour of its close."
    return f"The poll closed on {in_zone(at, election.zone)}. No more ballots can be cast."


def result_sentence(election: Election, *, now: datetime) -> str:
    """When and where the result of a poll that is over is read; empty of every other."""
    if election.stage.is_declared:
        return "The result is declared, and stands on the page of the election."
    if not _is_over(election, now=now):
        return ""
    at = dates_of(election).get(Dated.DECLARATION)
    if at is None or at <= now:
        return "Once the result is declared it stands on the page of the election."
    return (
        f"By the notice of poll the result is declared on {in_zone(at, election.zone)}. It then "
        "stands on the page of the election."
    )


def why_suspended(election: Election) -> str:
    """What the board says of the suspension that is in force: the court's order, the reason."""
    entry = election.entries.filter(kind="suspension").order_by("-number").first()
    if entry is None:
        return ""
    read: Any = read_canonical(bytes(entry.body))
    return in_words("suspension", read["content"], zone=election.zone)[1]


def _before_the_opening(election: Election, *, now: datetime) -> str:
    """A poll opens by an officer's act, and so may open later than its hour."""
    at = election.opens_at
    when = f"on {in_zone(at, election.zone)}" if at else "at an hour still to be named"
    if at and at <= now:
        return (
            f"The poll has not opened yet. It was to open {when}, and opens once the returning "
            "officer opens it. Your link stays good: open it again from your e-mail later."
        )
    return (
        f"The poll has not opened yet. It opens {when}. Your link stays good: open it again "
        "from your e-mail then."
    )
