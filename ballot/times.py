"""Times as people read them: in the election's own zone, with the zone's name beside them."""

from __future__ import annotations

import zoneinfo
from datetime import MAXYEAR, MINYEAR, UTC, date, datetime

from django.utils import translation
from django.utils.formats import date_format


def local_time(moment: datetime, zone: str) -> datetime:
    """The same moment on the clocks of a zone."""
    return moment.astimezone(zoneinfo.ZoneInfo(zone))


def in_zone(moment: datetime, zone: str) -> str:
    """A time in full: "Friday 11 December 2026 at 12:00 (GMT)"."""
    local = local_time(moment, zone)
    return f"{local:%A} {local.day} {local:%B %Y at %H:%M} ({local:%Z})"


def in_welsh(moment: datetime, zone: str) -> str:
    """The same in Welsh: "Dydd Gwener 11 Rhagfyr 2026 am 12:00 (GMT)"."""
    local = local_time(moment, zone)
    with translation.override("cy"):
        day = date_format(local, "l j F Y", use_l10n=False)
    return f"{day} am {local:%H:%M} ({local:%Z})"


def day_words(day: date) -> str:
    """A day in full: "3 June 2027"."""
    return f"{day.day} {day:%B %Y}"


def day_in_welsh(day: date) -> str:
    """The same in Welsh: "8 Awst 2026"."""
    with translation.override("cy"):
        return str(date_format(day, "j F Y", use_l10n=False))


def hour_in_zone(moment: datetime, zone: str) -> str:
    """An hour in short, for the axis of a plot: "30 Nov 09:00"."""
    local = local_time(moment, zone)
    return f"{local.day} {local:%b %H:%M}"


def day_in_zone(moment: datetime, zone: str) -> str:
    """The day that the clocks of a zone show, as "2026-11-30"."""
    return local_time(moment, zone).date().isoformat()


def from_clock(naive: datetime, zone: str) -> datetime | None:
    """The moment at which the clocks of a zone show this; None where they jump over it.

    Where they show it twice, in autumn, it is the first of the two. None too in the first and the
    last year of the calendar, parts of which another zone's clocks cannot show.
    """
    if not MINYEAR < naive.year < MAXYEAR:
        return None
    there = naive.replace(tzinfo=zoneinfo.ZoneInfo(zone), fold=0)
    moment = there.astimezone(UTC)
    return moment if local_time(moment, zone).replace(tzinfo=None) == naive else None
