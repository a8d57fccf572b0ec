"""Setting ballots aside after the close, by the notice's rule, before the boxes are fixed.

What is set aside follows from the rule and from the amendments; two officers do it, and the board
names each ballot by its tracker, its number there and the reason. Somebody who is reinstated
after that gets their vote back at once: the ballot stands, and the board says so.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db import connection, transaction

from ballot.canonical import Json
from ballot.lifecycle import State
from ballot.mapping.roll import struck_ballot_content
from ballot.models import Election, SetAside
from ballot.services.board import append_entry
from ballot.services.moves import lock_election, require_state
from ballot.struck_ballots import StruckBallot, set_aside_due
from office.refusal import Refusal
from office.services.approvals import demand_two_officers
from office.services.audit import record

IN_ONE_ENTRY = 200
"""So that no entry of the board is longer than a tile's entry may be."""

# Set aside, and its elector is not struck off any more.
_RESTORED = """
SELECT n.ballot_id, b.tracker, e.number, n.reason, a.number
  FROM ballot_setasidenow n
  JOIN ballot_sealedballot b ON b.id = n.ballot_id
  JOIN ballot_credential c ON c.id = b.credential_id
  LEFT JOIN ballot_entry e ON e.ballot_id = b.id
  JOIN LATERAL (SELECT a.number, l.change FROM members_amendedentry l
                  JOIN members_amendment a ON a.id = l.amendment_id
                 WHERE l.entry_id = c.roll_entry_id AND l.change <> 'corrected'
                 ORDER BY a.number DESC LIMIT 1) AS a ON a.change <> 'struck'
 WHERE n.election_id = %s ORDER BY b.tracker
"""


def digest_due(ballots: Iterable[StruckBallot]) -> str:
    """The hash of the ballots that are due, by which two officers approve exactly these."""
    digest = hashlib.sha256(b"hustings/v1/set-aside\x00")
    for one in ballots:
        digest.update(one.tracker + one.reason.encode() + b"\n")
    return digest.hexdigest()


@transaction.atomic
def set_aside_ballots(
    election_id: int, *, digest: str, by: int, seconded_by: int | None, now: datetime
) -> None:
    """Set aside every ballot that the notice's rule sets aside and that is not yet.

    digest: of those that both officers were shown; if it is another set by now, nothing is done.
    """
    demand_two_officers(by=by, seconded_by=seconded_by)
    election = lock_election(election_id)
    require_state(election, State.CLOSED)
    due = set_aside_due(election)
    if not due or digest_due(due) != digest:
        raise Refusal(
            "set-aside.other-ballots",
            "These are not the ballots that are to be set aside now. Look at them again, and "
            "propose it anew.",
        )
    SetAside.objects.bulk_create(
        SetAside(election=election, ballot_id=one.ballot_id, is_set_aside=True,
                 reason=one.reason, amendment=one.amendment, decided_at=now)
        for one in due
    )
    _publish(election, "set-aside", [
        struck_ballot_content(tracker=one.tracker, entry=one.entry, reason=one.reason,
                              amendment=one.amendment)
        for one in due
    ], now=now)
    record("set_aside_ballot", subject=("election", str(election.pk)), by=by,
           seconded_by=seconded_by, now=now, parameters={"ballots": len(due)})


def let_restored_stand(election: Election, *, now: datetime) -> None:
    """Let the ballots stand that were set aside of those who are on the roll again."""
    with connection.cursor() as cursor:
        cursor.execute(_RESTORED, [election.pk])
        rows = cursor.fetchall()
    SetAside.objects.bulk_create(
        SetAside(election=election, ballot_id=ballot, is_set_aside=False, reason=reason,
                 amendment=amendment, decided_at=now)
        for ballot, _, _, reason, amendment in rows
    )
    _publish(election, "ballots-stand", [
        struck_ballot_content(tracker=bytes(tracker), entry=entry, reason=reason,
                              amendment=amendment)
        for _, tracker, entry, reason, amendment in rows
    ], now=now)


def _publish(
    election: Election, kind: str, ballots: Sequence[dict[str, Json]], *, now: datetime
) -> None:
    for first in range(0, len(ballots), IN_ONE_ENTRY):
        told: list[Json] = list(ballots[first : first + IN_ONE_ENTRY])
        append_entry(election, kind=kind, content={"ballots": told}, now=now)
