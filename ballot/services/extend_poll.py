"""Extending the poll by written decision: a later close, and a letter that says so to all.

The letters are queued while the election's row is locked, by one statement: casts wait for it, as
they do for a reminder's. The board says the new hour at once, the letters within the day.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from ballot.lifecycle import State
from ballot.mapping.entry import utc
from ballot.models import Election
from ballot.services.board import append_entry
from ballot.services.moves import is_ahead, lock_election, require_before_close, require_state
from ballot.services.reasons import require_reason
from ballot.services.tell_of_extension import tell_of_extension
from office.refusal import Refusal
from office.services.approvals import demand_two_officers
from office.services.audit import record


@transaction.atomic
def extend_poll(
    election_id: int,
    *,
    closes_at: str,
    reason: str,
    by: int,
    seconded_by: int | None,
    now: datetime,
) -> None:
    """Move the close to a later time. A poll that is over is not opened again.

    closes_at: ISO 8601 with its offset.  now: the trail's; the database's clock decides.
    """
    demand_two_officers(by=by, seconded_by=seconded_by)
    election = lock_election(election_id)
    require_state(election, State.POLLING, State.SUSPENDED)
    require_extensible(election)
    later = _later_close(election, closes_at)
    Election.objects.filter(pk=election.pk).update(closes_at=later)
    append_entry(
        election,
        kind="extension",
        content={
            "closes_at": utc(later),
            "closed_before_at": utc(election.closes_at),
            "reason": require_reason(reason),
        },
        now=now,
    )
    letters = tell_of_extension(election, by=by, now=now)
    record("extend_poll", subject=("election", str(election.pk)), by=by, seconded_by=seconded_by,
           now=now, parameters={"letters": letters})


def require_extensible(election: Election) -> None:
    """Refuse a poll that is over: its close has passed, and it was not suspended by then.

    None is suspended after its close: whichever stands so was stopped while it took ballots.
    """
    if election.stage != State.SUSPENDED:
        require_before_close(election)


def _later_close(election: Election, closes_at: str) -> datetime:
    later = datetime.fromisoformat(closes_at)
    if (
        later.tzinfo is None
        or election.closes_at is None
        or later <= election.closes_at
        or not is_ahead(later)
    ):
        raise Refusal("poll.not-later", "An extension sets a later close than the present one, "
                      "and one that lies ahead.")
    return later
