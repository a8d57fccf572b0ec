"""Issuing postal envelopes to electors, and putting the hashes of their barcodes on the board.

The hashes stand there before any envelope comes back, so that the server can receive none that it
has not issued in public (sealing spec, 6.8).
"""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, Final

from django.db import transaction
from django.db.models import QuerySet

from ballot.lifecycle import State
from ballot.mapping import envelopes_content
from ballot.models import Credential, Election, Envelope, RegisterMark
from ballot.postal import named_tellers
from ballot.sealing.postal import envelope_hash, make_barcode
from ballot.selectors import roll_of
from ballot.services.board import append_entry, store_blob
from ballot.services.moves import lock_election, require_state
from ballot.services.tell_of_envelopes import tell_of_envelopes
from members.selectors import entry_numbered
from office.refusal import Refusal
from office.services.audit import record

MOST_AT_ONCE: Final = 500


@transaction.atomic
def issue_envelopes(
    election_id: int, *, numbers: Sequence[str], by: int, now: datetime
) -> list[Envelope]:
    """Issue an envelope to each elector with one of these membership numbers: all, or none.

    An elector may be issued another, where the first was lost: only one of them is ever received.
    """
    election = lock_election(election_id)
    require_state(election, State.POLLING, State.SUSPENDED)
    if not election.postal_papers:
        raise Refusal("envelope.not-offered", "The notice of poll sends no papers by post.")
    if not 0 < len(numbers) <= MOST_AT_ONCE:
        raise Refusal("envelope.numbers", f"Give from 1 to {MOST_AT_ONCE} membership numbers.")
    if len(named_tellers(election)) < 2:
        raise Refusal("teller.too-few", "Name two tellers on the board first: without them nobody "
                      "could read what comes back.")
    sections = _entitled(election, numbers)
    envelopes = Envelope.objects.bulk_create(
        Envelope(election=election, roll_entry_id=entry, barcode=make_barcode(rng=os.urandom))
        for entry in sections
    )
    _publish(election, envelopes, sections, now=now)
    tell_of_envelopes(election, sections)
    record("issue_envelopes", subject=("election", str(election.pk)), by=by, now=now,
           parameters={"envelopes": len(envelopes)})
    return envelopes


def _entitled(election: Election, numbers: Sequence[str]) -> dict[int, str]:
    """The roll entries of these numbers, by id, each with its section's code.

    Each has a code in force and has not voted.
    """
    roll = roll_of(election).pk
    found = [entry_numbered(roll, number) for number in numbers]
    entries = {entry.pk: entry.section.code for entry in found if entry is not None}
    has_code = _held_by(Credential.objects.filter(force=Credential.Force.IN_FORCE), entries)
    has_voted = _held_by(RegisterMark.objects.filter(election=election), entries)
    lacking = [
        number
        for number, entry in zip(numbers, found, strict=True)
        if entry is None or entry.pk not in has_code or entry.pk in has_voted
    ]
    if lacking or len(entries) < len(numbers):
        told = ", ".join(lacking[:5]) or "one stands there twice"
        raise Refusal(
            "envelope.not-entitled",
            "Nothing was issued. These numbers are not on the roll, or are of electors who have "
            f"voted, or are there twice: {told}. Take them out and issue the rest.",
        )
    return entries


def _held_by(rows: QuerySet[Any], entries: Iterable[int]) -> set[int]:
    """Those entries that have such a row."""
    mine = rows.filter(roll_entry__in=list(entries))
    return set(mine.values_list("roll_entry", flat=True))


def _publish(
    election: Election, envelopes: Iterable[Envelope], sections: dict[int, str], *, now: datetime
) -> None:
    by_section: dict[str, list[bytes]] = defaultdict(list)
    identifier = election.public_id.bytes
    for one in envelopes:
        digest = envelope_hash(one.barcode, election_id=identifier)
        by_section[sections[one.roll_entry_id]].append(digest)
    told = [
        (section, len(hashes), store_blob([b"".join(sorted(hashes))]))
        for section, hashes in sorted(by_section.items())
    ]
    append_entry(election, kind="envelopes", content=envelopes_content(told), now=now)
