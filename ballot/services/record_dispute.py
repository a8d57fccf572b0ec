"""“This was not me”: an elector disputes the ballot that was cast in their name.

It is written down for the officers, stands in the incidents book, and undoes nothing: a ballot that
was cast stands until two officers decide otherwise. Said twice, it stands once.
"""

from __future__ import annotations

import uuid
from datetime import datetime

from django.db import transaction

from ballot.destruction import require_kept
from ballot.models import CastDispute, Election, IncidentKind, RegisterMark
from ballot.services.open_incident import book_word_of_elector
from members.selectors import entry_by_public_id
from office.refusal import Refusal
from office.services.audit import record


@transaction.atomic
def record_dispute(election_id: int, *, recipient: uuid.UUID, now: datetime) -> None:
    """Write down that an elector says the ballot in their name was cast by somebody else.

    recipient: the roll entry that the notice of the cast was addressed to.
    """
    election = Election.objects.get(pk=election_id)
    require_kept(election)
    if election.roll_id is None:
        raise _nothing_to_dispute()
    entry = entry_by_public_id(election.roll_id, recipient)
    made = dispute_if_cast(election, entry_id=entry.pk, now=now)
    if made is None:
        raise _nothing_to_dispute()
    if made:
        number = book_word_of_elector(
            election_id, kind=IncidentKind.NOT_ME, entry_id=entry.pk, found_by="The elector",
            by=None, now=now,
        )
        # The trail outlasts the register. Whose word it is the book says, until that goes too.
        record("record_dispute", subject=("election", str(election_id)), by=None, now=now,
               parameters={"incident": number})


def dispute_if_cast(election: Election, *, entry_id: int, now: datetime) -> bool | None:
    """Dispute the ballot of a roll entry: whether that is new; None where none was cast."""
    if not RegisterMark.objects.filter(election=election, roll_entry=entry_id).exists():
        return None
    _, made = CastDispute.objects.get_or_create(
        election=election, roll_entry_id=entry_id, defaults={"said_at": now}
    )
    return made


def _nothing_to_dispute() -> Refusal:
    return Refusal("dispute.no-ballot", "No ballot was cast in this name. There is nothing to "
                   "record.", status=404)
