"""What changed in an election after its notice, as its board tells it: for letters about it.

Amendments of the notice, suspensions and resumptions of the poll, corrections of the result; each
by its number, which is its letters' number.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from ballot.canonical import read_canonical
from ballot.models import Election

AMENDMENT: Final = "notice-amendment"
SUSPENSION: Final = "suspension"
RESUMPTION: Final = "resumption"
CORRECTION: Final = "correction"


@dataclass(frozen=True, slots=True)
class Told:
    """An entry of the board. number: among those of its kind, from 1.  content: as bundle §4."""

    number: int
    at: datetime
    content: Any


def told_of(election: Election, kind: str) -> list[Told]:
    """Every entry of this kind, in order."""
    rows = election.entries.filter(ballot__isnull=True, kind=kind).order_by("number")
    bodies: list[Any] = [read_canonical(bytes(row.body)) for row in rows]
    return [
        Told(number, datetime.fromisoformat(one["at"]), one["content"])
        for number, one in enumerate(bodies, 1)
    ]


def suspension_ended(election: Election, number: int) -> Told:
    """The suspension that a resumption ended: they take turns, so they have one number."""
    return told_of(election, SUSPENSION)[number - 1]


def is_told(election: Election, kind: str, number: int) -> bool:
    """Whether electors are told of a suspension or resumption by letter.

    They are where a court ordered it; and of the end of what they were told.
    """
    one = told_of(election, kind)[number - 1]
    ended = kind == RESUMPTION and suspension_ended(election, number).content["order"]
    return bool(one.content["order"] or ended)
