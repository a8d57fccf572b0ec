"""Suspending the poll and going on with it: no ballot is taken in between, and none is lost.

The close does not move meanwhile. Once it has passed no poll is suspended, and one that is goes on
only after an extension: else it would go on and take nothing.

Officers decide either for a reason of their own, or because a court has ordered it: then its order
is named, on the board and wherever an elector reads that the poll is suspended, and electors are
told of it by letter.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from ballot.canonical import Json
from ballot.lifecycle import State
from ballot.models import Election
from ballot.services.board import append_entry
from ballot.services.court_orders import order_content
from ballot.services.moves import (
    is_ahead,
    lock_election,
    move,
    require_before_close,
    require_state,
)
from ballot.services.reasons import require_reason
from ballot.services.tell_of_changes import tell_of_order
from office.refusal import Refusal
from office.services.approvals import demand_two_officers
from office.services.audit import record


@transaction.atomic
def suspend_poll(
    election_id: int,
    *,
    reason: str,
    by: int,
    seconded_by: int | None,
    now: datetime,
    order: Mapping[str, str] | None = None,
) -> None:
    """Stop taking ballots for the time being, for a written reason; order: the court's, if any."""
    demand_two_officers(by=by, seconded_by=seconded_by)
    election = lock_election(election_id)
    require_state(election, State.POLLING)
    require_before_close(election)
    move(election, State.SUSPENDED)
    append_entry(election, kind="suspension", content=_content(reason, order, now=now), now=now)
    letters = tell_of_order(election, "suspension", by=by, now=now)
    record("suspend_poll", subject=("election", str(election.pk)), by=by, seconded_by=seconded_by,
           now=now, parameters={"letters": letters})


@transaction.atomic
def resume_poll(
    election_id: int,
    *,
    reason: str,
    by: int,
    seconded_by: int | None,
    now: datetime,
    order: Mapping[str, str] | None = None,
) -> None:
    """Take ballots again; order: the court's, if any."""
    demand_two_officers(by=by, seconded_by=seconded_by)
    election = lock_election(election_id)
    require_state(election, State.SUSPENDED)
    require_time_left(election)
    move(election, State.POLLING)
    append_entry(election, kind="resumption", content=_content(reason, order, now=now), now=now)
    letters = tell_of_order(election, "resumption", by=by, now=now)
    record("resume_poll", subject=("election", str(election.pk)), by=by, seconded_by=seconded_by,
           now=now, parameters={"letters": letters})


def require_time_left(election: Election) -> None:
    """Refuse to go on with a poll whose close has passed while it was suspended."""
    if not is_ahead(election.closes_at):
        raise Refusal("poll.extend-first", "The hour of the close has passed while the poll was "
                      "suspended: it would go on and take no ballot. Extend it first, or close it.")


def _content(reason: str, order: Mapping[str, str] | None, *, now: datetime) -> dict[str, Json]:
    return {"order": order_content(order, now=now), "reason": require_reason(reason)}
