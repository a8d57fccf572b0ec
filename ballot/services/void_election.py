"""Declaring an election void, by written decision of two officers, before it is declared."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from ballot.lifecycle import State
from ballot.services.board import append_entry
from ballot.services.codes import stop_codes
from ballot.services.moves import lock_election, move
from ballot.services.publish_incidents import publish_incidents
from ballot.services.reasons import require_reason
from office.services.approvals import demand_two_officers
from office.services.audit import record


@transaction.atomic
def void_election(
    election_id: int, *, reason: str, by: int, seconded_by: int | None, now: datetime
) -> None:
    """End the election without a result, at once. Nothing is deleted; no further code is sent."""
    demand_two_officers(by=by, seconded_by=seconded_by)
    election = lock_election(election_id)
    was_public = election.stage != State.DRAFT
    move(election, State.VOID)
    if was_public:
        publish_incidents(election, now=now)
    append_entry(election, kind="void", content={"reason": require_reason(reason)}, now=now)
    stop_codes(election, by=by, now=now)
    record("void_election", subject=("election", str(election.pk)), by=by, seconded_by=seconded_by,
           now=now)
