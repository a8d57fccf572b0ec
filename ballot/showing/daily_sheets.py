"""The daily sheets, a row a day: as one table for CSV, and in parts for the observers' page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from ballot.models import DailySheet, Election
from ballot.times import day_words


@dataclass(frozen=True, slots=True)
class Sheets:
    """A table: its heads, and for each day its cells, the day first, as YYYY-MM-DD.

    A cell of which nothing is told is empty.
    """

    heads: tuple[str, ...]
    rows: tuple[tuple[str | int, ...], ...]

    def tables(self) -> list[SheetTable]:
        """The sheets for a reader, in parts that a page is wide enough for."""
        letters, complaints = (
            self.heads.index(one) for one in (_OF_LETTERS["sent"], _OF_COMPLAINTS["no-letter"])
        )
        return [
            self._table("votes", "Daily sheets: votes", slice(1, letters)),
            self._table("letters", "Daily sheets: letters and codes", slice(letters, complaints)),
            self._table("complaints", "Daily sheets: complaints and incidents",
                        slice(complaints, None)),
        ]  # fmt: skip

    def _table(self, name: str, caption: str, part: slice) -> SheetTable:
        rows = tuple((_day(row[0]), *map(_cell, row[part])) for row in self.rows)
        return SheetTable(name, caption, (self.heads[0], *self.heads[part]), rows)


@dataclass(frozen=True, slots=True)
class SheetTable:
    """Some of the figures: the day in words, thousands apart."""

    name: str
    caption: str
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def _day(day: str | int) -> str:
    return day_words(date.fromisoformat(str(day)))


def _cell(told: str | int) -> str:
    return f"{told:,}" if isinstance(told, int) else told


_OF_LETTERS = {
    "sent": "Letters sent", "waiting": "Letters waiting", "held": "Letters held",
    "came_back": "Letters that came back",
}
_OF_COMPLAINTS = {
    "no-letter": "No letter came", "printed": "Printed letter wanted",
    "page": "Page could not be used", "other": "Other complaints", "incidents": "Incidents",
}


def sheets_of(election: Election) -> Sheets:
    """Every sheet of an election, oldest first."""
    sheets = list(DailySheet.objects.filter(election=election).order_by("day"))
    names: dict[str, str] = {}
    for sheet in sheets:
        names |= {one["code"]: one["name"] for one in sheet.figures["sections"]}
    heads = (
        "Day", "Papers issued", "Voted", *(f"Voted: {name}" for name in names.values()),
        *_OF_LETTERS.values(), "New codes in force", *_OF_COMPLAINTS.values(),
    )
    return Sheets(heads, tuple(_row(one.day.isoformat(), one.figures, names) for one in sheets))


def _row(day: str, told: dict[str, Any], names: dict[str, str]) -> tuple[str | int, ...]:
    voted = {one["code"]: one["ballots"] for one in told["sections"]}
    return (
        day, told["issued"], told["voted"], *(voted.get(code, "") for code in names),
        *(told["letters"][key] for key in _OF_LETTERS), told["new_codes"],
        *(told["complaints"][key] for key in _OF_COMPLAINTS),
    )
