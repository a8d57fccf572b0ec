"""Suspending the poll and going on with it: no ballot is taken in between, and none is lost."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from ballot.lifecycle import State
from ballot.services.board import append_entry
from ballot.services.moves import lock_election, move, require_state
from ballot.services.reasons import require_reason
from office.services.approvals import demand_two_officers
from office.services.audit import record


@transaction.atomic
def suspend_poll(
    election_id: int, *, reason: str, by: int, seconded_by: int | None, now: datetime
) -> None:
    """Stop taking ballots for the time being, for a written reason."""
    demand_two_officers(by=by, seconded_by=seconded_by)
    election = lock_election(election_id)
    require_state(election, State.POLLING)
    move(election, State.SUSPENDED)
    append_entry(election, kind="suspension", content={"reason": require_reason(reason)}, now=now)
    record("suspend_poll", subject=("election", str(election.pk)), by=by, seconded_by=seconded_by,
           now=now)


@transaction.atomic
def resume_poll(
    election_id: int, *, reason: str, by: int, seconded_by: int | None, now: datetime
) -> None:
    """Take ballots again."""
    demand_two_officers(by=by, seconded_by=seconded_by)
    election = lock_election(election_id)
    require_state(election, State.SUSPENDED)
    move(election, State.POLLING)
    append_entry(election, kind="resumption", content={"reason": require_reason(reason)}, now=now)
    record("resume_poll", subject=("election", str(election.pk)), by=by, seconded_by=seconded_by,
           now=now)
