"""The days after a declaration: until when it may be challenged, and until when all is kept.

Counted from the first declaration, by the calendar of the election's zone; the notice gave both.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta

from ballot.models import Declaration, Election
from ballot.times import local_time


def challengeable_until(election: Election) -> date | None:
    """The last day on which the declaration may be challenged; none before there is one."""
    return _after(election, election.challenge_days)


def kept_until(election: Election) -> date | None:
    """The last day on which sealed ballots and the marked register are kept."""
    return _after(election, election.keep_days)


def is_past(day: date | None, election: Election, *, now: datetime) -> bool:
    """Whether a day has ended where the election is held."""
    return day is not None and local_time(now, election.zone).date() > day


def challenge_is_over(election: Election, *, now: datetime) -> bool:
    """Whether the days to challenge the declaration are over."""
    return is_past(challengeable_until(election), election, now=now)


def keeping_is_over(election: Election, *, now: datetime) -> bool:
    """Whether the days for which all is kept are over."""
    return is_past(kept_until(election), election, now=now)


def _after(election: Election, days: int) -> date | None:
    first = Declaration.objects.filter(election=election).order_by("version").first()
    if first is None:
        return None
    return local_time(first.declared_at, election.zone).date() + timedelta(days=days)
