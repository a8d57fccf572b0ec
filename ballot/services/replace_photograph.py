"""Replacing a candidate's wrong photograph, until it is published who stands.

Before that nobody has been shown it as what stands beside the paper. Afterwards two officers take
it off, on the board (services/correct_candidate.py).
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

from django.db import transaction

from ballot.lifecycle import State
from ballot.models import Candidate
from ballot.services.candidate_papers import photographs_changed
from ballot.services.moves import lock_election, require_state
from ballot.services.photographs import re_encode
from office.refusal import Refusal
from office.services.audit import record

REASONS: Final = (
    ("candidate-asked", "The candidate asks for another"),
    ("another-person", "It shows somebody else"),
    ("unusable", "It cannot be recognised, or may not be shown"),
)


@transaction.atomic
def replace_photograph(
    candidate_id: int, *, photo: bytes, reason: str, by: int, now: datetime
) -> None:
    """Put another photograph in the place of the one that is there, drawn anew like the first.

    Also after the candidate's consent, and after the hour of nominations: a wrong picture is no
    candidate's words. The trail keeps the SHA-256 of both, and which of `REASONS` it was.
    """
    candidate = Candidate.objects.select_related("contest").get(pk=candidate_id)
    require_state(
        lock_election(candidate.contest.election_id), State.DRAFT, State.NOMINATING
    )
    candidate.refresh_from_db(fields=["photo", "withdrawn_at"])
    if candidate.photo is None or candidate.withdrawn_at is not None:
        raise Refusal(
            "photograph.nothing-to-replace",
            f"{candidate.name} has handed in no photograph that could be replaced, or has "
            "withdrawn.",
        )
    if reason not in dict(REASONS):
        raise Refusal("photograph.reason", "Say why the photograph is replaced.", status=400)
    before = bytes(candidate.photo)
    after = re_encode(photo)
    if after == before:
        raise Refusal("photograph.same", "This is the photograph that is there already.")
    candidate.photo = after
    candidate.save(update_fields=["photo"])
    record("replace_photograph", subject=("candidate", str(candidate_id)), by=by, now=now,
           parameters={**photographs_changed(before, after), "reason": reason})
