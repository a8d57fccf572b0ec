"""Moving an election from one state to the next, and the lock under which that is done.

Every act that moves an election first takes its row FOR NO KEY UPDATE. A cast takes the same row
FOR SHARE (services/cast_ballot.py), so a close waits for the casts under way and no cast begins
after it: which of the two came first is decided here, by the database, and nowhere else.

Not FOR UPDATE: whoever writes to the board holds its lock while the foreign key of the new entry
takes this row FOR KEY SHARE at the commit, and a close that held the row FOR UPDATE and waited
for the board would wait for a writer that waits for it (PostgreSQL 13.3.2).
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

from django.db import connection

from ballot.lifecycle import State, may_move
from ballot.models import Election
from office.refusal import Refusal

ELECTION_QUEUE: Final = 2
"""The first key of the advisory lock; the second is the election's id. The board's is 1."""


def lock_election(election_id: int) -> Election:
    """Take the election's row for this transaction and return it as it stands now.

    First its turn in the queue: a row lock alone is passed by every new cast that shares it, so
    that under a surge an act would wait for as long as the casts keep coming.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [ELECTION_QUEUE, election_id])
    return Election.objects.select_for_update(no_key=True).get(pk=election_id)


def require_state(election: Election, *states: State) -> None:
    """Refuse an act that does not belong to the election's state."""
    if election.stage not in states:
        wanted = " or ".join(f"“{state.words}”" for state in states)
        raise Refusal(
            "election.wrong-state",
            f"This can be done only in the state {wanted}. "
            f"The election stands at “{election.stage.words}”.",
            status=409,
        )


def is_ahead(moment: datetime | None) -> bool:
    """Whether a moment lies ahead by the database's clock, which judges casts as well.

    Asked under the lock: an act may have waited for it, and came when its turn came.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT %s > clock_timestamp()", [moment])
        return bool(cursor.fetchone()[0])


def require_before_close(election: Election) -> None:
    """Refuse once the hour of the close has passed: a poll that is over is not opened again."""
    if not is_ahead(election.closes_at):
        raise Refusal("poll.closed", "The hour of the close has passed, and no ballot is taken any "
                      "more. Close the poll.")


def move(election: Election, after: State) -> None:
    """Move a locked election along one of the allowed arrows, or refuse."""
    if not may_move(election.stage, after):
        raise Refusal(
            "election.no-such-move",
            f"An election cannot go from “{election.stage.words}” to “{after.words}”.",
            status=409,
        )
    changed = Election.objects.filter(pk=election.pk, state=election.state).update(
        state=after.value
    )
    if changed != 1:
        raise Refusal(
            "election.moved-meanwhile",
            "Somebody else has just moved this election on. Reload the page to see where it is.",
            status=409,
        )
    election.state = after.value
