"""What the officer hands to the outside issuer: the list of the electors, and the requests since.

Both are read from the roll as it is amended now, and leave encrypted to the issuer alone, a piece
at a time; that they left, and under which mark, is written down before the first byte does.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from ballot.issuance.card import Card
from ballot.issuance.lists import (
    LIST,
    REQUESTS,
    Contact,
    Head,
    Kind,
    Particulars,
    Request,
    written,
)
from ballot.lifecycle import State
from ballot.models import Election, IssuerRequest
from ballot.sealing.letterbox import Sender
from ballot.selectors import codes_made, roll_of
from ballot.services.moves import require_state
from members.selectors import electors_now, entries_by_public_id, roll_as_amended
from office.refusal import Refusal
from office.services.audit import record

ContactOf = Callable[[Any], Contact]
"""How an entry of the roll is named and reached (ballot.showing.issuer)."""
_WITH_REISSUES = (State.POLLING, State.SUSPENDED)


@dataclass(frozen=True, slots=True)
class FileForIssuer:
    """A file on its way: its mark, and its bytes, to be read once."""

    mark: bytes
    pieces: Iterator[bytes]


def card_of(election: Election) -> Card:
    """The card of the election's outside issuer, or a refusal that there is none."""
    if election.issuer is None:
        raise Refusal(
            "issuer.none", "The server makes the codes of this election itself.", status=404
        )
    name, key, reads = (election.issuer[part] for part in ("name", "key", "reads"))
    return Card(name, bytes.fromhex(key), bytes.fromhex(reads))


@transaction.atomic
def begin_list(
    election: Election, particulars: Particulars, contact_of: ContactOf, *, by: int, now: datetime
) -> FileForIssuer:
    """The list of everybody on the roll, as it is amended now; only before the keys are taken."""
    card = card_of(election)
    require_state(election, State.FROZEN)
    if codes_made(election):
        raise Refusal(
            "issuer.keys-taken",
            "The issuer’s keys are on the board. What has changed since goes to them as requests.",
        )
    roll_id = roll_of(election).pk
    head = Head(card.key, particulars, electors_now(roll_id))
    lines = (contact_of(one) for one in roll_as_amended(roll_id))
    return _sent(election, card, LIST, head, lines, by=by, now=now)


@transaction.atomic
def begin_requests(
    election: Election, particulars: Particulars, contact_of: ContactOf, *, by: int, now: datetime
) -> FileForIssuer:
    """Everything that is asked and not answered yet; it may be nothing (see selectors)."""
    card = card_of(election)
    if not codes_made(election):
        raise Refusal(
            "issuer.no-keys", "The issuer has made no code yet: give them the list first."
        )
    asked = IssuerRequest.objects.filter(
        election=election, state=IssuerRequest.State.OPEN
    ).select_related("roll_entry", "credential")
    if election.stage not in _WITH_REISSUES:
        # Nobody can confirm a code before the opening, or after the close.
        asked = asked.exclude(kind=Kind.REISSUE.value)
    rows = list(asked)
    contacts = entries_by_public_id([row.roll_entry.public_id for row in rows])
    lines = [
        Request(
            row.pk,
            Kind(row.kind),
            contact_of(contacts[row.roll_entry.public_id]),
            bytes(row.credential.public_key) if row.credential else None,
        )
        for row in rows
    ]
    head = Head(card.key, particulars, len(lines))
    return _sent(election, card, REQUESTS, head, lines, by=by, now=now)


def _sent(
    election: Election,
    card: Card,
    use: str,
    head: Head,
    lines: Iterable[Contact | Request],
    *,
    by: int,
    now: datetime,
) -> FileForIssuer:
    sender = Sender(use, reader=card.reads, rng=os.urandom)
    record(
        "give_to_issuer", subject=("election", str(election.pk)), by=by, now=now,
        parameters={"file": use, "lines": head.lines, "mark": sender.mark.hex()},
    )
    return FileForIssuer(sender.mark, sender.write(written(use, head, lines)))
