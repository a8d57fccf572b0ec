"""Casting: a sealed ballot, its mark in the register and its turn in the counters, in one
statement.

The ballot is checked whole before anything is written. Then one SQL statement, atomic by
itself, takes the election's row FOR SHARE, looks at the database's own clock under that lock,
marks the register and stores the ballot. A close takes the same row FOR NO KEY UPDATE: it waits
for the casts under way, and a cast that waited for a close reads the row anew and finds it closed
(PostgreSQL 13.2.1, Read Committed). FOR KEY SHARE would not do: it does not conflict with an
update of `state`, so a cast could slip past a close.

Row locks do not queue: while casts keep coming, each would pass an act that waits for the row.
So casts first take their turn at an advisory lock, shared among them, whose queue is fair; an act
takes it alone (services/moves.py).

The same bytes sent again are answered with the same receipt, however often and however many at
once; other bytes under a credential that has cast are refused. Neither the elector's address nor
the time of the cast stands on any row.
"""

from __future__ import annotations

from django.db import IntegrityError

from ballot.sealing.ballot import SealedBallot, ballot_size, check_ballot, tracker_hash
from ballot.sealing.errors import SealingError
from ballot.services.moves import ELECTION_QUEUE
from ballot.services.polls import Poll, poll_of_row
from ballot.services.prepared import Prepared
from ballot.services.receipts import Receipt, again_or_refuse, malformed, revoked
from office.refusal import Refusal

_SHARDS = 16

FIND = """
SELECT e.id, e.fingerprint, c.id, s.code, s.id
  FROM ballot_election e
  LEFT JOIN (ballot_credential c
             JOIN members_rollentry r ON r.id = c.roll_entry_id
             JOIN members_section s ON s.id = r.section_id)
         ON c.election_id = e.id AND c.public_key = %(key)s AND c.force = 'in-force'
 WHERE e.slug = %(slug)s
"""

CAST = f"""
WITH turn AS MATERIALIZED (
    SELECT pg_advisory_xact_lock_shared({ELECTION_QUEUE}, id::int) FROM ballot_election
     WHERE id = %(election)s AND state = 'polling'
), poll AS MATERIALIZED (
    SELECT e.id FROM turn, ballot_election e
     WHERE e.id = %(election)s AND e.state = 'polling' AND clock_timestamp() < e.closes_at
       FOR SHARE OF e
), entitled AS MATERIALIZED (
    SELECT c.id, c.roll_entry_id FROM ballot_credential c JOIN poll ON poll.id = c.election_id
     WHERE c.id = %(credential)s AND c.force = 'in-force'
       FOR SHARE OF c
), mark AS (
    INSERT INTO ballot_registermark (election_id, roll_entry_id, channel)
    SELECT poll.id, entitled.roll_entry_id, 'online' FROM poll, entitled
    ON CONFLICT (election_id, roll_entry_id) DO NOTHING
    RETURNING roll_entry_id
), ballot AS (
    INSERT INTO ballot_sealedballot (election_id, credential_id, signature, tracker)
    SELECT %(election)s, entitled.id, %(signature)s, %(tracker)s FROM mark, entitled
    RETURNING id
), votes AS (
    INSERT INTO ballot_sealedvote (ballot_id, contest_id, c1, c2, proof)
    SELECT ballot.id, vote.contest, vote.c1, vote.c2, vote.proof
      FROM ballot, unnest(%(contests)s::bigint[], %(c1)s::bytea[], %(c2)s::bytea[],
                          %(proofs)s::bytea[]) AS vote (contest, c1, c2, proof)
), turnout AS (
    INSERT INTO ballot_turnoutcount AS t (election_id, section_id, hour, shard, ballots)
    SELECT %(election)s, %(section)s, date_trunc('hour', clock_timestamp(), 'UTC'),
           pg_backend_pid() %% {_SHARDS}, 1
      FROM ballot
    ON CONFLICT (election_id, section_id, hour, shard) DO UPDATE SET ballots = t.ballots + 1
)
SELECT EXISTS (SELECT FROM poll), EXISTS (SELECT FROM entitled), EXISTS (SELECT FROM ballot)
"""  # noqa: S608 - the one thing put in is our own number of shards.

_FIND = Prepared("find_credential", FIND, {"slug": "text", "key": "bytea"})
_CAST = Prepared(
    "cast_ballot",
    CAST,
    {
        "election": "bigint",
        "credential": "bigint",
        "section": "bigint",
        "signature": "bytea",
        "tracker": "bytea",
        "contests": "bigint[]",
        "c1": "bytea[]",
        "c2": "bytea[]",
        "proofs": "bytea[]",
    },
)


def cast_ballot(poll: Poll, *, wire: bytes) -> Receipt:
    """Take one sealed ballot of this poll, as `cast_at` does."""
    return cast_at(poll.slug, wire=wire)[1]


def cast_at(slug: str, *, wire: bytes) -> tuple[Poll, Receipt]:
    """Take one sealed ballot, or refuse it and say why; whatever is refused changes nothing.

    slug: the address's election.
    wire: credential 32 | sealed votes 131 each | signature 64 (sealing spec).
    """
    found = _FIND.row({"slug": slug, "key": wire[:32]})
    poll = poll_of_row(found)
    if len(wire) != ballot_size(len(poll.contest_ids)):
        raise malformed("ballot.length")
    credential_id, section, section_id = (found or ())[2:]
    if credential_id is None:
        return poll, again_or_refuse(poll, wire)
    return poll, _cast(poll, wire, credential_id, section, section_id)


def _cast(
    poll: Poll, wire: bytes, credential_id: int, section: str, section_id: int
) -> Receipt:
    ballot = _check(poll, wire, section)
    tracker = tracker_hash(ballot.credential, ballot.votes, setting=poll.setting)
    values = {
        "election": poll.election_id,
        "credential": credential_id,
        "section": section_id,
        "signature": ballot.signature,
        "tracker": tracker,
        "contests": list(poll.contest_ids),
        "c1": [vote.c1 for vote in ballot.votes],
        "c2": [vote.c2 for vote in ballot.votes],
        "proofs": [vote.commitment + vote.response for vote in ballot.votes],
    }
    try:
        is_open, is_entitled, is_cast = _CAST.row(values) or (False, False, False)
    except IntegrityError as error:
        raise Refusal(
            "ballot.copied",
            "This ballot repeats a part of a paper that was cast or challenged before. Load the "
            "page again, mark the paper anew and cast it.",
        ) from error
    if is_cast:
        return Receipt(tracker, is_repeat=False)
    if is_open and not is_entitled:
        raise revoked()
    return again_or_refuse(poll, wire)


def _check(poll: Poll, wire: bytes, section: str) -> SealedBallot:
    try:
        return check_ballot(
            wire, setting=poll.setting, contests=poll.contest_codes, section=section
        )
    except SealingError as refused:
        raise malformed(refused.condition) from refused
