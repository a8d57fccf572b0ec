"""Receiving a postal envelope by its barcode: a mark in the register, as a cast is, or a refusal.

One statement, under the locks of a cast (cast_ballot.py): the election's row FOR SHARE, the
elector's credential FOR SHARE, and the mark, of which an elector has one. Whichever came first,
ballot or envelope, has it; the other is refused, and a row says so. After the close an envelope is
late: it is boxed unopened and counted. The same envelope scanned again changes nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db import connection, transaction

from ballot.lifecycle import State
from ballot.models import Election, Envelope, EnvelopeReceipt
from ballot.sealing.codes import read_code
from ballot.sealing.errors import CodeRejected
from ballot.services.moves import ELECTION_QUEUE
from office.refusal import Refusal
from office.services.audit import record

_SHARDS: Final = 16

_RECEIVE: Final = f"""
WITH turn AS MATERIALIZED (
    SELECT pg_advisory_xact_lock_shared({ELECTION_QUEUE}, id::int) FROM ballot_election
     WHERE id = %(election)s
), poll AS MATERIALIZED (
    SELECT e.id FROM turn, ballot_election e
     WHERE e.id = %(election)s AND e.state IN ('polling', 'suspended')
       AND clock_timestamp() < e.closes_at
       FOR SHARE OF e
), entitled AS MATERIALIZED (
    SELECT c.id, c.roll_entry_id, r.section_id
      FROM poll
      JOIN ballot_envelope v ON v.id = %(envelope)s AND v.election_id = poll.id
      JOIN ballot_credential c ON c.roll_entry_id = v.roll_entry_id AND c.election_id = poll.id
      JOIN members_rollentry r ON r.id = c.roll_entry_id
     WHERE c.force = 'in-force'
       AND NOT EXISTS (SELECT FROM ballot_envelopereceipt s WHERE s.envelope_id = v.id)
       FOR SHARE OF c
), mark AS (
    INSERT INTO ballot_registermark (election_id, roll_entry_id, channel)
    SELECT %(election)s, entitled.roll_entry_id, 'post' FROM entitled
    ON CONFLICT (election_id, roll_entry_id) DO NOTHING
    RETURNING roll_entry_id
), turnout AS (
    INSERT INTO ballot_turnoutcount AS t (election_id, section_id, hour, shard, ballots)
    SELECT %(election)s, entitled.section_id, date_trunc('hour', clock_timestamp(), 'UTC'),
           pg_backend_pid() %% {_SHARDS}, 1
      FROM mark, entitled
    ON CONFLICT (election_id, section_id, hour, shard) DO UPDATE SET ballots = t.ballots + 1
)
INSERT INTO ballot_envelopereceipt (envelope_id, credential_id, outcome, came_at)
SELECT %(envelope)s, (SELECT entitled.id FROM entitled, mark),
       CASE WHEN EXISTS (SELECT FROM mark) THEN 'received'
            WHEN EXISTS (SELECT FROM poll) THEN 'refused' ELSE 'late' END,
       clock_timestamp()
  FROM (SELECT count(*) FROM turn) AS after
ON CONFLICT (envelope_id) DO NOTHING
RETURNING outcome
"""  # noqa: S608 - the two things put in are our own numbers.


@dataclass(frozen=True, slots=True)
class Came:
    """What came of an envelope. is_repeat: it had been scanned before."""

    outcome: EnvelopeReceipt.Outcome
    is_repeat: bool


def receive_envelope(election_id: int, *, barcode: str, by: int, now: datetime) -> Came:
    """Receive the envelope with this barcode, as scanned or typed.

    The database's clock, under the lock, decides whether it was in time; `now` is the trail's.
    """
    envelope = _envelope(Election.objects.get(pk=election_id), barcode)
    with transaction.atomic():
        with connection.cursor() as cursor:
            values = {"election": election_id, "envelope": envelope.pk}
            cursor.execute(_RECEIVE, values)
            row = cursor.fetchone()
        if row is None:
            told = EnvelopeReceipt.objects.get(envelope=envelope).outcome
            return Came(EnvelopeReceipt.Outcome(told), is_repeat=True)
        # Not which envelope: the proposal to issue it names its elector, and outlasts it.
        record("receive_envelope", subject=("election", str(election_id)), by=by, now=now,
               parameters={"outcome": row[0]})
    return Came(EnvelopeReceipt.Outcome(row[0]), is_repeat=False)


def _envelope(election: Election, barcode: str) -> Envelope:
    if election.stage in {State.VOID, State.DECLARED, State.ARCHIVED}:
        raise Refusal("envelope.over", "This election is over: no envelope is taken any more.")
    try:
        code = read_code(barcode)
    except CodeRejected as wrong:
        raise Refusal(
            "envelope.barcode",
            "This is no barcode of an envelope: a character is missing or wrong. Scan it again, "
            "or type the 21 characters below it.",
        ) from wrong
    envelope = Envelope.objects.filter(election=election, barcode=code).first()
    if envelope is None:
        raise Refusal("envelope.unknown", "No envelope of this election has this barcode. Put it "
                      "aside, unopened, and tell the returning officer.", status=404)
    return envelope
