"""A candidate withdraws. Before the opening the name leaves the paper."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from ballot.lifecycle import State
from ballot.models import Candidate
from ballot.services.board import append_entry
from ballot.services.moves import lock_election, require_state
from ballot.services.publish_candidates import append_statement, settle_unopposed
from office.refusal import Refusal
from office.services.audit import record


@transaction.atomic
def withdraw_candidate(candidate_id: int, *, by: int | None, now: datetime) -> None:
    """Record a withdrawal, at any time before the poll opens.

    After the candidates were named it is an entry of its own, followed by the new statement; a
    contest with one candidate left, and no RON, is then unopposed.
    """
    candidate = Candidate.objects.select_related("contest").get(pk=candidate_id)
    election = lock_election(candidate.contest.election_id)
    require_state(election, State.DRAFT, State.NOMINATING, State.NOMINATED, State.FROZEN)
    if candidate.is_reopen_nominations:
        raise Refusal("candidate.not-a-person", "“Re-open nominations” cannot withdraw.")
    changed = Candidate.objects.filter(pk=candidate_id, withdrawn_at=None).update(withdrawn_at=now)
    if not changed:
        raise Refusal("candidate.withdrawn", f"{candidate.name} has withdrawn already.")
    if election.stage in {State.NOMINATED, State.FROZEN}:
        append_entry(
            election,
            kind="withdrawal",
            content={"candidate": candidate.name, "contest": candidate.contest.title},
            now=now,
        )
        settle_unopposed(election)
        append_statement(election, kind="candidates", now=now)
    record("withdraw_candidate", subject=("candidate", str(candidate_id)), by=by, now=now)
