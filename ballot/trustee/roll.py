"""The last roll and its amendments, by their figures: who was ever on it, who was struck off."""

from __future__ import annotations

from collections import Counter

from ballot.trustee.errors import Refused
from ballot.trustee.record import Entry, Record


class Roll:
    """How many people were on the roll by section, as the board tells it (bundle §4.1).

    amendments: those of the last roll, by their numbers from 1 on.
    """

    def __init__(self, record: Record) -> None:
        """Raises: Refused "amendment.number", "entry.form", "entry.missing"."""
        frozen = record.newest("roll")
        self._frozen: Counter[str] = Counter()
        for total in frozen.content.forms("totals"):
            if total.text("rule") == "eligible":
                self._frozen[total.text("section")] += total.number("people")
        self.amendments: dict[int, Entry] = {}
        for entry in record.all("amendment"):
            if entry.number > frozen.number:
                self._take(entry)

    def _take(self, entry: Entry) -> None:
        number = len(self.amendments) + 1
        if entry.content.number("number") != number:
            raise Refused("amendment.number", entry.where, f"It is amendment {number} of its roll.")
        self.amendments[number] = entry

    def people(self, change: str, section: str) -> int:
        """Give how many people of a section all amendments together have struck, added, …"""
        return sum(people_of(one, change, section) for one in self.amendments.values())

    def ever(self, section: str) -> int:
        """Give how many have been on the roll of a section: each has one key in force at most."""
        return self._frozen[section] + self.people("added", section)


def people_of(amendment: Entry, change: str, section: str) -> int:
    """Give how many people of a section an amendment has struck, added, …  Raises: Refused."""
    return sum(
        one.number("people")
        for one in amendment.content.forms("changes")
        if (one.text("change"), one.text("section")) == (change, section)
    )
