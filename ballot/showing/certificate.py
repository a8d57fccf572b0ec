"""The certificate of a destruction of sealed ballots, as its page shows it: the board's entry."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from ballot.canonical import read_canonical
from ballot.destruction import GOING, destroyed_at
from ballot.lifecycle import State
from ballot.models import Election
from ballot.times import day_words, in_zone

_PAPERS: Final = {
    "ballot": "Sealed ballots",
    "challenge": "Papers opened to check a device",
    "envelope": "Postal envelopes received",
    "postal-paper": "Postal papers",
}


@dataclass(frozen=True, slots=True)
class Certificate:
    """What the entry says. papers, rows: what, and how many; number: the entry's.

    is_void: whether it is of a void election, of which nothing was declared and no mix is left.
    """

    number: int
    is_void: bool
    when: str
    kept_until: str
    officers: tuple[str, str]
    papers: tuple[tuple[str, int], ...]
    leaves: str
    blobs: tuple[str, ...]
    rows: tuple[tuple[str, int], ...]


def certificate_of(election: Election) -> Certificate | None:
    """The certificate; None where nothing was destroyed."""
    at = destroyed_at(election)
    entry = election.entries.filter(kind="destruction").first()
    if entry is None or at is None:
        return None
    said: Any = read_canonical(bytes(entry.body))["content"]
    first, second = said["officers"]
    return Certificate(
        number=entry.number,
        is_void=election.stage == State.VOID,
        when=in_zone(at, election.zone),
        kept_until=day_words(date.fromisoformat(said["kept_until"])),
        officers=(first, second),
        papers=tuple((words, said["entries"][kind]) for kind, words in _PAPERS.items()),
        leaves=said["leaves"],
        blobs=tuple(said["blobs"]),
        rows=tuple((one.words, said["rows"][one.code]) for one in GOING if said["rows"][one.code]),
    )
