"""Dates as membership systems write them, read in a stated order and never guessed.

3/4/2016 is the third of April to one program and the fourth of March to another. A file in the
documented format has ISO dates alone; for any other, a person or the file itself says the order
of each column. What a column itself proves is in members.rollfile.evidence.
"""

from __future__ import annotations

import re
from datetime import date, timedelta
from enum import StrEnum
from functools import lru_cache
from typing import Final

from members.rollfile.errors import Trouble

EARLIEST_DATE: Final = "1901-01-01"
LATEST_DATE: Final = "9999-12-31"
# A spreadsheet writes its own beginning of time where the cell was blank.
BLANK_DATES: Final = frozenset({"", "1899-12-30", "1899-12-31", "1900-01-00", "1900-01-01"})
PIVOT_YEARS_AHEAD: Final = 10
"""12-Jan-26 read in 2016 is in 2026, and 12-Jan-27 is in 1927: subscriptions run ahead a little,
and no list has many people of ninety who joined this decade. It has people of ninety, so that a
year of birth is never read so (is_without_century)."""
# Day 1 is 1900-01-01, and day 60 is the 29 February 1900 that never was: counted from here, the
# serials of every date after it come right.
_SERIAL_ZERO: Final = date(1899, 12, 30)
_SERIALS: Final = range(367, 73_051)  # From 1901 to the end of 2099.
_ISO_DATE: Final = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
_TIME: Final = r"(?:[T ]+[0-9]{1,2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]+)?)? ?(?:[AaPp][Mm])?)?"
_ZONE: Final = r" ?(?:Z|UTC|GMT|BST|[+-][0-9]{2}:?[0-9]{2})?"
ISO_WITH_TIME: Final = re.compile(
    r"(?P<day>[0-9]{4}[-/][0-9]{2}[-/][0-9]{2})"
    r"(?:[T ](?P<hour>[0-9]{2}):(?P<minute>[0-9]{2})"
    r"(?::(?P<second>[0-9]{2})(?:\.(?P<fraction>[0-9]+))?)?"
    r" ?(?P<zone>Z|UTC|GMT|BST|[+-][0-9]{2}:?[0-9]{2})?)?"
)
NUMERIC: Final = re.compile(
    r"(?P<first>[0-9]{1,2})[/.\- ](?P<second>[0-9]{1,2})[/.\- ](?P<year>[0-9]{4}|[0-9]{2})"
    + _TIME + _ZONE
)
NAMED: Final = re.compile(
    r"(?P<day>[0-9]{1,2})(?:st|nd|rd|th)?[/\- ](?P<month>[A-Za-z]{3,9})\.?[/\-, ]+"
    r"(?P<year>[0-9]{4}|[0-9]{2})" + _TIME + _ZONE
)
NAMED_AMERICAN: Final = re.compile(
    r"(?P<month>[A-Za-z]{3,9})\.? (?P<day>[0-9]{1,2})(?:st|nd|rd|th)?,? (?P<year>[0-9]{4})"
    + _TIME + _ZONE
)
SERIAL: Final = re.compile(r"(?P<days>[0-9]{3,5})(?:\.[0-9]+)?")
_MONTHS: Final = ("january", "february", "march", "april", "may", "june", "july", "august",
                  "september", "october", "november", "december")  # fmt: skip


class DateOrder(StrEnum):
    """How the numbers of a column's dates are to be read."""

    ISO = "iso"
    DAY_FIRST = "day_first"
    MONTH_FIRST = "month_first"
    EXCEL_SERIAL = "excel_serial"


@lru_cache(maxsize=1 << 17)
def read_date(given: str, latest: str) -> tuple[str, Trouble | None]:
    """The documented form alone: an ISO date between 1901 and the latest, or a blank.

    Spec: import-format §3.1.
    """
    if given in BLANK_DATES:
        return "", None
    parts = _ISO_DATE.fullmatch(given)
    if not parts:
        return "", Trouble.DATE_MALFORMED
    try:
        date(*map(int, parts.groups()))
    except ValueError:
        return "", Trouble.DATE_IMPOSSIBLE
    if given < EARLIEST_DATE:
        return "", Trouble.DATE_TOO_EARLY
    return (given, None) if given <= latest else ("", Trouble.DATE_IN_FUTURE)


@lru_cache(maxsize=1 << 17)
def date_in_order(given: str, order: DateOrder, this_year: int) -> tuple[str, Trouble | None]:
    """A date of any known shape as ISO, its numbers read in this order.

    An ISO date and a month by its name say themselves what they are, whatever the order. A
    serial is one only where the column is said to hold serials: 42381 is a number otherwise.
    Spec: import-format §10.
    """
    if iso := ISO_WITH_TIME.fullmatch(given):
        return _from_timestamp(iso)
    if named := NAMED.fullmatch(given) or NAMED_AMERICAN.fullmatch(given):
        month = _month_of(named["month"])
        return _made(_year_of(named["year"], this_year), month, int(named["day"]))
    if order is DateOrder.EXCEL_SERIAL:
        return _from_serial(given)
    numbers = NUMERIC.fullmatch(given)
    if numbers is None or order is DateOrder.ISO:
        return "", Trouble.DATE_UNLIKE
    first, second = int(numbers["first"]), int(numbers["second"])
    day, month = (first, second) if order is DateOrder.DAY_FIRST else (second, first)
    return _made(_year_of(numbers["year"], this_year), month, day)


def is_without_century(given: str) -> bool:
    """Whether a date has a year of two digits: of a birth, 25 may be a child's or a centenarian's.

    Spec: import-format §10.5.
    """
    parts = NUMERIC.fullmatch(given) or NAMED.fullmatch(given)
    return parts is not None and len(parts["year"]) == 2


def _from_timestamp(parts: re.Match[str]) -> tuple[str, Trouble | None]:
    """A day, with or without an hour. Midnight at home is shown in UTC as 23:00 the day before."""
    year, month, day = map(int, re.split("[-/]", parts["day"]))
    if f"{year:04d}-{month:02d}-{day:02d}" in BLANK_DATES:
        return "", None
    made, trouble = _made(year, month, day)
    if trouble or not _is_at_eleven_utc(parts) or not is_summer_time(date(year, month, day)):
        return made, trouble
    return (date.fromisoformat(made) + timedelta(days=1)).isoformat(), None


def _is_at_eleven_utc(parts: re.Match[str]) -> bool:
    """Whether a moment is 23:00 UTC sharp: with a second more it is a moment, and no midnight."""
    after = (parts["minute"] or "") + (parts["second"] or "") + (parts["fraction"] or "")
    is_utc = parts["zone"] in ("Z", "UTC", "GMT", "+00:00", "+0000")
    return is_utc and parts["hour"] == "23" and not after.strip("0")


def is_summer_time(day: date) -> bool:
    """Whether at 23:00 UTC of this day midnight strikes at home, clocks being an hour ahead.

    From 1972: from the first Sunday from 16 March (from 1981 the last of the month) to the first
    from 23 October (from 1990 from the 22nd, from 1996 the last of the month). Before 1972 every
    year had its own order, and from 1968 the clocks stayed ahead all winter: a day that long ago
    was written down as a day, and only clocks that were ahead can have made 23:00 of it.
    Source: Summer Time Act 1972 and the orders under it; a test compares the tz database.
    """
    if day.year < 1972:
        return True
    begins = _sunday_from(date(day.year, 3, 25 if day.year >= 1981 else 16))
    last_week = 25 if day.year >= 1996 else 22 if day.year >= 1990 else 23
    ends = _sunday_from(date(day.year, 10, last_week))
    return begins <= day < ends


def _sunday_from(day: date) -> date:
    return day + timedelta(days=6 - day.weekday())


def _from_serial(given: str) -> tuple[str, Trouble | None]:
    if given in ("0", "1", "0.0", "1.0"):
        return "", None
    parts = SERIAL.fullmatch(given)
    if parts is None or int(parts["days"]) not in _SERIALS:
        return "", Trouble.DATE_UNLIKE
    return (_SERIAL_ZERO + timedelta(days=int(parts["days"]))).isoformat(), None


def _year_of(written: str, this_year: int) -> int:
    if len(written) == 4:
        return int(written)
    ahead = this_year + PIVOT_YEARS_AHEAD
    year = ahead - ahead % 100 + int(written)
    return year if year <= ahead else year - 100


def _month_of(word: str) -> int:
    """The month that a word of three letters or more begins; 0 for none."""
    found = [n for n, name in enumerate(_MONTHS, 1) if name.startswith(word.lower())]
    if word.lower() == "sept":
        return 9
    return found[0] if len(found) == 1 else 0


def _made(year: int, month: int, day: int) -> tuple[str, Trouble | None]:
    if (year, month, day) in ((1899, 12, 30), (1899, 12, 31), (1900, 1, 0), (1900, 1, 1)):
        return "", None
    try:
        return date(year, month, day).isoformat(), None
    except ValueError:
        return "", Trouble.DATE_IMPOSSIBLE
