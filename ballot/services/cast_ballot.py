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

import functools
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, connection

from ballot.board.receipt import sign_receipt
from ballot.mapping.notice import contest_code
from ballot.models import Election
from ballot.published import board_key
from ballot.sealing.ballot import SealedBallot, ballot_size, check_ballot, tracker_hash
from ballot.sealing.errors import SealingError
from ballot.sealing.setting import Setting
from ballot.selectors import contested, setting_of
from ballot.services.moves import ELECTION_QUEUE
from ballot.services.prepared import Prepared
from ballot.services.publish_board import signing_key
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

CAST_ALREADY = """
SELECT b.tracker, b.signature FROM ballot_sealedballot b
  JOIN ballot_credential c ON c.id = b.credential_id
 WHERE c.election_id = %s AND c.public_key = %s
"""


# Told once: a ballot that is sent again and again fills no table.
_REFUSED_AFTER_POST = """
WITH came AS (
    SELECT c.id FROM ballot_credential c JOIN ballot_envelopereceipt p ON p.credential_id = c.id
     WHERE c.election_id = %s AND c.public_key = %s
), told AS (
    INSERT INTO ballot_refusedcast (credential_id, refused_at)
    SELECT came.id, clock_timestamp() FROM came ON CONFLICT (credential_id) DO NOTHING
)
SELECT id FROM came
"""

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


@dataclass(frozen=True, slots=True)
class Poll:
    """What of an election never changes once the poll is open, as casting needs it."""

    election_id: int
    slug: str
    zone: str
    setting: Setting
    contest_ids: tuple[int, ...]
    contest_codes: tuple[str, ...]
    board: str


@dataclass(frozen=True, slots=True)
class Receipt:
    """That a ballot is in the box. It says nothing of the choice."""

    tracker: bytes
    is_repeat: bool

    def signed(self, poll: Poll) -> str:
        """The receipt to keep: the board's signed promise that the ballot will stand on it."""
        return sign_receipt(self.tracker, key=signing_key(poll.board)).octets().decode()


@functools.lru_cache(maxsize=64)
def poll_of(election_id: int, fingerprint: bytes) -> Poll:
    """The poll of an opened election; kept by process, for the opening fixes all of it."""
    election = Election.objects.get(pk=election_id)
    if bytes(election.fingerprint or b"") != fingerprint:
        raise LookupError("the election has another fingerprint")
    contests = contested(election)
    return Poll(
        election_id=election_id,
        slug=election.slug,
        zone=election.zone,
        setting=setting_of(election),
        contest_ids=tuple(contest.pk for contest in contests),
        contest_codes=tuple(contest_code(contest) for contest in contests),
        board=board_key(election).name,
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
    poll = _opened(found)
    if len(wire) != ballot_size(len(poll.contest_ids)):
        raise _malformed("ballot.length")
    credential_id, section, section_id = (found or ())[2:]
    if credential_id is None:
        return poll, _again_or_refuse(poll, wire)
    return poll, _cast(poll, wire, credential_id, section, section_id)


def _opened(found: tuple[Any, ...] | None) -> Poll:
    """The poll of a row that begins with an election's id and fingerprint."""
    if found is None:
        raise Refusal("election.none", "There is no election at this address.", status=404)
    if found[1] is None:
        raise Refusal("poll.not-opened", "The poll has not been opened yet.")
    return poll_of(found[0], bytes(found[1]))


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
        raise _revoked()
    return _again_or_refuse(poll, wire)


def _check(poll: Poll, wire: bytes, section: str) -> SealedBallot:
    try:
        return check_ballot(
            wire, setting=poll.setting, contests=poll.contest_codes, section=section
        )
    except SealingError as refused:
        raise _malformed(refused.condition) from refused


def _malformed(condition: str) -> Refusal:
    return Refusal(
        "ballot.not-sealed-rightly",
        f"The ballot did not arrive as it was sealed ({condition}). Nothing was cast. Load the "
        "page again from your link and try once more, or use one of the helped routes.",
        status=422,
    )


def _revoked() -> Refusal:
    return Refusal(
        "ballot.code-not-in-force",
        "This voting code is not in force. If you asked for a new one, use the newest link.",
        status=403,
    )


def _again_or_refuse(poll: Poll, wire: bytes) -> Receipt:
    """The receipt of the very same ballot, or the reason why this one is not taken."""
    with connection.cursor() as cursor:
        cursor.execute(CAST_ALREADY, [poll.election_id, wire[:32]])
        row = cursor.fetchone()
        cursor.execute(
            "SELECT state, clock_timestamp() < closes_at FROM ballot_election WHERE id = %s",
            [poll.election_id],
        )
        state, is_in_time = cursor.fetchone()
    if row is not None:
        return _same_or_refuse(poll, wire, bytes(row[0]), bytes(row[1]))
    if state == "suspended":
        raise Refusal("poll.suspended", "The poll is suspended. Nothing was cast. Come back when "
                      "it goes on; your code stays good.")
    if state != "polling" or not is_in_time:
        raise Refusal("poll.closed", "The poll is closed. Nothing was cast.")
    if _came_by_post(poll, wire[:32]):
        raise Refusal("ballot.by-post", "Your postal envelope was received before this, and it "
                      "stands: each elector votes once. Nothing was cast now. If you sent none, "
                      "tell the returning officer at once.")
    if _has_voted(poll, wire[:32]):
        raise Refusal("ballot.other", "A ballot has been cast by this elector already, and it "
                      "stands. If it was not you, tell the returning officer at once.")
    raise _revoked()


def _same_or_refuse(poll: Poll, wire: bytes, tracker: bytes, signature: bytes) -> Receipt:
    try:
        sent = SealedBallot.parse(wire, contests=len(poll.contest_ids))
    except SealingError as refused:
        raise _malformed(refused.condition) from refused
    again = tracker_hash(sent.credential, sent.votes, setting=poll.setting)
    if again == tracker and sent.signature == signature:
        return Receipt(tracker, is_repeat=True)
    raise Refusal(
        "ballot.other",
        "A ballot has been cast with this code already, and it stands: each elector casts one. "
        "If it was not you who cast it, tell the returning officer at once.",
    )


def _has_voted(poll: Poll, credential: bytes) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT FROM ballot_registermark m JOIN ballot_credential c"
            " ON c.roll_entry_id = m.roll_entry_id AND c.election_id = m.election_id"
            " WHERE c.election_id = %s AND c.public_key = %s)",
            [poll.election_id, credential],
        )
        return bool(cursor.fetchone()[0])


def _came_by_post(poll: Poll, credential: bytes) -> bool:
    """Whether the elector's envelope came first; that a ballot came after it is written down."""
    with connection.cursor() as cursor:
        cursor.execute(_REFUSED_AFTER_POST, [poll.election_id, credential])
        return bool(cursor.rowcount)


def poll_at(slug: str) -> Poll:
    """The poll at an address; refused before the opening."""
    rows = Election.objects.filter(slug=slug).values_list("pk", "fingerprint")
    return _opened(rows.first())
