"""The receipt of a ballot, the same for the same bytes; or why a ballot is not taken.

Asked where a cast wrote nothing (services/cast_ballot.py). That a ballot came after its elector's
envelope is written down, and nothing else is.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.db import connection

from ballot.board.receipt import sign_receipt
from ballot.sealing.ballot import SealedBallot, tracker_hash
from ballot.sealing.errors import SealingError
from ballot.services.polls import Poll
from ballot.services.publish_board import signing_key
from office.refusal import Refusal

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


@dataclass(frozen=True, slots=True)
class Receipt:
    """That a ballot is in the box. It says nothing of the choice."""

    tracker: bytes
    is_repeat: bool

    def signed(self, poll: Poll) -> str:
        """The receipt to keep: the board's signed promise that the ballot will stand on it."""
        return sign_receipt(self.tracker, key=signing_key(poll.board)).octets().decode()


def malformed(condition: str) -> Refusal:
    """The refusal of what is no sealed ballot of this paper; condition: of the sealing spec."""
    return Refusal(
        "ballot.not-sealed-rightly",
        f"The ballot did not arrive as it was sealed ({condition}). Nothing was cast. Load the "
        "page again from your link and try once more, or use one of the helped routes.",
        status=422,
    )


def revoked() -> Refusal:
    """The refusal of a ballot under a code that was replaced, taken away or never made."""
    return Refusal(
        "ballot.code-not-in-force",
        "This voting code is not in force. If you asked for a new one, use the newest link.",
        status=403,
    )


def again_or_refuse(poll: Poll, wire: bytes) -> Receipt:
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
    raise revoked()


def _same_or_refuse(poll: Poll, wire: bytes, tracker: bytes, signature: bytes) -> Receipt:
    try:
        sent = SealedBallot.parse(wire, contests=len(poll.contest_ids))
    except SealingError as refused:
        raise malformed(refused.condition) from refused
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
