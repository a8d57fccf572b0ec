"""Samples of an election's letters, to oneself or to mailboxes of our own with several providers.

They go the way of every letter, through the outbox, so that the sender's name, the links and what a
provider does to them can be looked at before anything goes to electors. None carries a real code.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from django.conf import settings
from django.db import transaction

from ballot.models import Election
from office.refusal import Refusal
from office.services.audit import record
from office.services.letters import queue_letter

PURPOSE: Final = "sample-letter"


@transaction.atomic
def send_samples(
    election_id: int, *, kinds: Sequence[str], to_seeds: bool, by: int, now: datetime
) -> int:
    """Queue one sample of each kind for each mailbox; return how many letters.

    to_seeds: to the addresses of HUSTINGS_SEED_ADDRESSES; otherwise to the officer who asks.
    """
    election = Election.objects.get(pk=election_id)
    places = [f"seed-{n}" for n in range(len(settings.SEED_ADDRESSES))] if to_seeds else [str(by)]
    if not places:
        raise Refusal(
            "sample.no-seeds", "This installation has no mailboxes to send samples to "
            "(HUSTINGS_SEED_ADDRESSES). Send them to yourself.",
        )
    for place in places:
        for kind in kinds:
            queue_letter(
                PURPOSE, reference=election.public_id, recipient=f"{place}:{kind}"
            )
    record("send_samples", subject=("election", str(election_id)), by=by, now=now,
           parameters={"letters": len(places) * len(kinds), "to_seeds": to_seeds})
    return len(places) * len(kinds)
