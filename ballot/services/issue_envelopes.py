"""Issuing postal envelopes to electors, and putting the hashes of their barcodes on the board.

Two officers issue them: whoever has an envelope can vote with it, so that nobody alone may say who
gets one. The hashes stand on the board before any envelope comes back, so that the server can
receive none that it has not issued in public (sealing spec, 6.8).
"""

from __future__ import annotations

import os
import uuid
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from django.db import transaction
from django.db.models import QuerySet

from ballot.lifecycle import State
from ballot.mapping.post import envelopes_content
from ballot.models import Credential, Election, Envelope, RegisterMark
from ballot.postal import named_tellers
from ballot.sealing.postal import envelope_hash, make_barcode
from ballot.selectors import roll_of
from ballot.services.board import append_entry, store_blob
from ballot.services.moves import lock_election, require_state
from ballot.services.tell_of_envelopes import tell_of_envelopes
from members.selectors import entries_by_public_id, entry_numbered
from office.refusal import Refusal
from office.services.approvals import demand_two_officers
from office.services.audit import record

ISSUED_IN: Final = (State.POLLING, State.SUSPENDED)
MOST_AT_ONCE: Final = 500


@transaction.atomic
def issue_envelopes(
    election_id: int, *, electors: Sequence[str], by: int, seconded_by: int | None, now: datetime
) -> list[Envelope]:
    """Issue an envelope to each of these electors: all, or none.

    electors: pseudonyms of roll entries, as text, in the order in which the labels are printed.
    An elector may be issued another, where the first was lost: only one of them is ever received.
    """
    demand_two_officers(by=by, seconded_by=seconded_by)
    election = lock_election(election_id)
    _require_issuing(election, len(electors))
    sections = _require_entitled(election, electors)
    envelopes = Envelope.objects.bulk_create(
        Envelope(election=election, roll_entry_id=entry, barcode=make_barcode(rng=os.urandom))
        for entry in sections
    )
    _publish(election, envelopes, sections, now=now)
    tell_of_envelopes(election, sections)
    record("issue_envelopes", subject=("election", str(election.pk)), by=by,
           seconded_by=seconded_by, now=now, parameters={"envelopes": len(envelopes)})
    return envelopes


def electors_numbered(election: Election, numbers: Sequence[str]) -> list[str]:
    """The pseudonyms of the electors with these membership numbers, in their order.

    What the act would refuse is refused here, in the words of who types the numbers: an envelope
    is issued to who is on the roll, has a code in force and has not voted.
    """
    _require_issuing(election, len(numbers))
    roll = roll_of(election).pk
    found = [entry_numbered(roll, number) for number in numbers]
    sections = {entry.pk: entry.section.code for entry in found if entry is not None}
    entitled = _entitled(election, sections)
    lacking = [
        number
        for number, entry in zip(numbers, found, strict=True)
        if entry is None or entry.pk not in entitled
    ]
    if lacking or len(entitled) < len(numbers):
        told = ", ".join(lacking[:5]) or "one stands there twice"
        raise Refusal(
            "envelope.not-entitled",
            "Nothing was proposed. These numbers are not on the roll, or are of electors who have "
            f"voted, or are there twice: {told}. Take them out, and propose the rest.",
        )
    return [str(entry.public_id) for entry in found if entry is not None]


def require_offered(election: Election) -> None:
    """Refuse where nobody votes by post."""
    if not election.postal_papers:
        raise Refusal("envelope.not-offered", "The notice of poll sends no papers by post.")


def _require_issuing(election: Election, number: int) -> None:
    require_state(election, *ISSUED_IN)
    require_offered(election)
    if not 0 < number <= MOST_AT_ONCE:
        raise Refusal("envelope.numbers", f"Give from 1 to {MOST_AT_ONCE} membership numbers.")
    if len(named_tellers(election)) < 2:
        raise Refusal("teller.too-few", "Name two tellers on the board first: without them nobody "
                      "could read what comes back.")


def _require_entitled(election: Election, electors: Sequence[str]) -> dict[int, str]:
    """The roll entries of these electors, by id, each with its section's code.

    Between proposal and approval somebody may have voted, or been struck off the roll.
    """
    roll = roll_of(election).pk
    found = entries_by_public_id(map(uuid.UUID, electors))
    rows = [found[pseudonym] for one in electors if (pseudonym := uuid.UUID(one)) in found]
    sections = {entry.pk: entry.section.code for entry in rows if entry.roll_id == roll}
    entitled = _entitled(election, sections)
    if len(entitled) < len(electors):
        raise Refusal(
            "envelope.entitled-no-more",
            "Nothing was issued: since this was proposed, some of these electors have voted, or "
            "are on the roll no more. Refuse it, and let it be proposed without them.",
        )
    return entitled


def _entitled(election: Election, sections: Mapping[int, str]) -> dict[int, str]:
    """Those of these entries that have a code in force and have not voted.

    sections: from an entry's id to its section's code; so is what is returned.
    """
    in_force = Credential.objects.filter(force=Credential.Force.IN_FORCE)
    has_code = _held_by(in_force, sections)
    has_voted = _held_by(RegisterMark.objects.filter(election=election), sections)
    return {
        entry: code
        for entry, code in sections.items()
        if entry in has_code and entry not in has_voted
    }


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
