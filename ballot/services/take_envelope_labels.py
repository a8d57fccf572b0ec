"""Taking the labels of postal envelopes that were issued, to be printed.

Whoever has a label can send an envelope in its elector's name, and its barcode, typed in, strikes
off their code. So it takes fresh authentication, is written down each time, and ends with the poll.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from ballot.models import Election
from ballot.services.issue_envelopes import ISSUED_IN, MOST_AT_ONCE
from ballot.services.moves import require_state
from ballot.showing.post import Label, labels_of
from members.services import record_search
from office.refusal import Refusal
from office.services.audit import record


@transaction.atomic
def take_envelope_labels(
    election_id: int, *, first: int, count: int, by: int, now: datetime
) -> list[Label]:
    """The labels of envelopes that were issued together, from one on; who takes them is kept."""
    election = Election.objects.get(pk=election_id)
    require_state(election, *ISSUED_IN)
    labels = labels_of(election, first=first, count=min(count, MOST_AT_ONCE))
    if not labels:
        raise Refusal("envelope.none", "No such envelope was issued.", status=404)
    record("take_envelope_labels", subject=("election", str(election_id)), by=by, now=now,
           parameters={"first": first, "count": len(labels)})
    record_search("", hits=len(labels), by=by, now=now)
    return labels
