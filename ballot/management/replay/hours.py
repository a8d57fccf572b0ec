"""The hours of 2016, moved so that the hour of casting is this one.

Every act is given its hour. Whether a ballot or an envelope is in time the database alone decides,
by a clock that nobody moves: so the timetable is moved as a whole, and noon of 20 September 2016 is
the moment at which the replay began.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

ZONE: Final = ZoneInfo("Europe/London")


def hour(month: int, day: int, at: int, minute: int = 0) -> datetime:
    """An hour of 2016 by London's clocks."""
    return datetime(2016, month, day, at, minute, tzinfo=ZONE).astimezone(UTC)


CASTING: Final = hour(9, 20, 12)


@dataclass(frozen=True, slots=True)
class Hours:
    """Moves hours of 2016. by: how far."""

    by: timedelta

    @classmethod
    def from_now(cls, now: datetime) -> Hours:
        return cls(now.replace(microsecond=0) - CASTING)

    def moved(self, of_2016: datetime) -> datetime:
        return of_2016 + self.by
