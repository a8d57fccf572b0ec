"""The days after an election's end: until when it may be challenged, and until when all is kept.

Counted by the calendar of the election's zone from the first declaration, or from the day on which
the election became void; the notice gave how many.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from ballot.canonical import read_canonical
from ballot.lifecycle import State
from ballot.models import Declaration, Election
from ballot.times import local_time


def challengeable_until(election: Election) -> date | None:
    """The last day on which the declaration may be challenged; none before there is one."""
    return _later(_declared_at(election), election, days=election.challenge_days)


def kept_until(election: Election) -> date | None:
    """The last day on which sealed ballots and the marked register are kept; none before the end.

    There is none, for good, of an election that became void as a draft: no notice kept anything,
    and nobody ever had a paper.
    """
    at = _void_at(election) if election.stage == State.VOID else _declared_at(election)
    return _later(at, election, days=election.keep_days)


def is_past(day: date | None, election: Election, *, now: datetime) -> bool:
    """Whether a day has ended where the election is held."""
    return day is not None and local_time(now, election.zone).date() > day


def challenge_is_over(election: Election, *, now: datetime) -> bool:
    """Whether the days to challenge the declaration are over."""
    return is_past(challengeable_until(election), election, now=now)


def keeping_is_over(election: Election, *, now: datetime) -> bool:
    """Whether the days for which all is kept are over."""
    return is_past(kept_until(election), election, now=now)


def _declared_at(election: Election) -> datetime | None:
    first = Declaration.objects.filter(election=election).order_by("version").first()
    return None if first is None else first.declared_at


def _void_at(election: Election) -> datetime | None:
    """When it became void, as the board says; the first entry of a board that has a notice is it.
    """
    entries = election.entries.filter(kind="void", number__gt=0).order_by("number")
    body = entries.values_list("body", flat=True).first()
    if body is None:
        return None
    said: Any = read_canonical(bytes(body))
    return datetime.fromisoformat(said["at"])


def _later(at: datetime | None, election: Election, *, days: int) -> date | None:
    return None if at is None else local_time(at, election.zone).date() + timedelta(days=days)
