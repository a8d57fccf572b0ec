"""Closing the poll: no ballot after it, and every ballot before it on the board."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from ballot.checklist import require_ready
from ballot.lifecycle import State
from ballot.mapping.entry import utc
from ballot.models import Election
from ballot.services.board import append_ballots, append_entry, append_new_ballots
from ballot.services.moves import lock_election, move, require_before_close, require_state
from ballot.services.publish_board import publish_at_once
from ballot.services.reasons import require_reason
from office.services.approvals import demand_two_officers
from office.services.audit import record


def close_poll(election_id: int, *, by: int | None, now: datetime) -> None:
    """Close at the hour that the notice gave."""
    # What has been cast is put on the board first, outside the lock, so that casts go on
    # meanwhile and the close itself has only the last few to append.
    append_new_ballots(Election.objects.get(pk=election_id))
    with transaction.atomic():
        election = lock_election(election_id)
        require_ready(election, "close_poll", now=now)
        _close(election, content={"early": False}, now=now)
        record("close_poll", subject=("election", str(election.pk)), by=by, now=now)


@transaction.atomic
def close_poll_early(
    election_id: int, *, reason: str, by: int, seconded_by: int | None, now: datetime
) -> None:
    """Close before the hour, by written decision of two officers; after it, no close is early.

    Nothing is appended before the lock: the approval that carries this out is a transaction
    already, and would hold the board's lock while it waits for the election's, as no act may.
    The clock has put all but the last casts on the board.
    """
    demand_two_officers(by=by, seconded_by=seconded_by)
    election = lock_election(election_id)
    require_state(election, State.POLLING, State.SUSPENDED)
    require_before_close(election)
    content: dict[str, bool | str] = {"early": True, "reason": require_reason(reason)}
    _close(election, content=content, now=now)
    record("close_poll_early", subject=("election", str(election.pk)), by=by,
           seconded_by=seconded_by, now=now)


def _close(election: Election, *, content: dict[str, bool | str], now: datetime) -> None:
    """Under the election's lock: no cast is under way, and none can begin."""
    move(election, State.CLOSED)
    append_ballots(election)
    was_due = utc(election.closes_at)
    append_entry(election, kind="close", content={**content, "was_due_at": was_due}, now=now)
    publish_at_once(election.pk, now=now)
