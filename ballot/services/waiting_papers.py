"""What waits to go on the board in batches: ballots that were cast, challenges, envelopes.

What is read here is what the board is to show: a ballot with its credential, a challenge without,
an envelope that was received with the credential that it took out of use.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from django.db import connection
from django.db.models import F

from ballot.canonical import Json
from ballot.mapping.ballots import ballot_content, challenge_content
from ballot.mapping.post import envelope_content
from ballot.models import Challenge, Election, EnvelopeReceipt
from ballot.sealing.postal import envelope_hash

_BALLOTS: Final = """
SELECT b.id, c.public_key, b.signature,
       (SELECT array_agg(v.c1 || v.c2 || v.proof ORDER BY k.position)
          FROM ballot_sealedvote v JOIN ballot_contest k ON k.id = v.contest_id
         WHERE v.ballot_id = b.id)
  FROM ballot_sealedballot b JOIN ballot_credential c ON c.id = b.credential_id
 WHERE b.election_id = %s AND b.id > %s
   AND NOT EXISTS (SELECT 1 FROM ballot_entry e WHERE e.ballot_id = b.id)
 ORDER BY b.id LIMIT %s
"""


@dataclass(frozen=True, slots=True)
class WaitingPaper:
    """A row that is to become an entry of its kind: "ballot", "challenge" or "envelope"."""

    kind: str
    pk: int
    content: Json

    def row(self, kind: str) -> str:
        """Its key in the column of a kind, as COPY writes it; of the other kind, nothing."""
        return str(self.pk) if kind == self.kind else "\\N"


def waiting_ballots(election: Election, *, after: int, most: int) -> list[WaitingPaper]:
    """The next ballots after an id that are not on the board, up to so many, by id."""
    with connection.cursor() as cursor:
        cursor.execute(_BALLOTS, [election.pk, after, most])
        return [
            WaitingPaper("ballot", pk, ballot_content(key, votes, signature))
            for pk, key, signature, votes in cursor.fetchall()
        ]


def waiting_challenges(election: Election, *, most: int) -> list[WaitingPaper]:
    """The challenges that are not on the board, up to so many."""
    waiting = Challenge.objects.filter(election=election, entry__isnull=True)
    rows = waiting.select_related("section").prefetch_related("votes").order_by("pk")[:most]
    places = dict(election.contests.values_list("pk", F("position")))
    return [
        WaitingPaper(
            "challenge",
            row.pk,
            challenge_content(
                row, sorted(row.votes.all(), key=lambda vote: places[vote.contest_id])
            ),
        )
        for row in rows
    ]


def waiting_envelopes(election: Election, *, most: int) -> list[WaitingPaper]:
    """The envelopes that were received and are not on the board, up to so many."""
    waiting = EnvelopeReceipt.objects.filter(
        envelope__election=election, credential__isnull=False, entry__isnull=True
    )
    identifier = election.public_id.bytes
    rows = waiting.values_list("pk", "credential__public_key", "envelope__barcode")
    found = [
        (pk, bytes(key), envelope_hash(barcode, election_id=identifier))
        for pk, key, barcode in rows.order_by("pk")[:most]
    ]
    return [WaitingPaper("envelope", pk, envelope_content(key, name)) for pk, key, name in found]
