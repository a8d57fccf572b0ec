"""An officer says that both people of a joint ticket have consented on paper, and why so.

The paper stays with the office; the trail keeps who said it, when, and which of `REASONS` it was.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

from django.db import transaction

from ballot.lifecycle import State
from ballot.models import Candidate
from ballot.services.moves import lock_election, require_state
from office.refusal import Refusal
from office.services.audit import record

REASONS: Final = (
    ("signed-form", "Both signed your party’s form of consent"),
    ("no-mailbox", "One of them reads no e-mail, and both signed"),
    ("one-mailbox", "They read one mailbox between them, and both signed"),
)


@transaction.atomic
def take_paper_consent(candidate_id: int, *, reason: str, by: int, now: datetime) -> None:
    """Take the consent of both that an officer holds on paper. Who consented by a link has.

    reason: the code of one of `REASONS`. Links stay as they are: by theirs the first person may
    hand in the statement.
    """
    candidate = Candidate.objects.select_related("contest").get(pk=candidate_id)
    require_state(
        lock_election(candidate.contest.election_id), State.DRAFT, State.NOMINATING
    )
    candidate.refresh_from_db(
        fields=["second", "withdrawn_at", "consented_at", "second_consented_at"]
    )
    if not candidate.second:
        raise Refusal("candidate.no-second", "This candidate stands alone.", status=404)
    if candidate.withdrawn_at is not None:
        raise Refusal("consent.nobody", f"{candidate} is nobody to ask.")
    if reason not in dict(REASONS):
        raise Refusal("consent.reason", "Say why they consent on paper.", status=400)
    candidate.consented_at = candidate.consented_at or now
    candidate.second_consented_at = candidate.second_consented_at or now
    candidate.save(update_fields=["consented_at", "second_consented_at"])
    record("take_nominations", subject=("candidate", str(candidate_id)), by=by, now=now,
           parameters={"on_paper": True, "reason": reason})
