"""What the board fixed must still be what is used: the paper, the keys and the roll.

The database holds the same things in tables that a counting or a checking reads. Before the boxes
are fixed, and again before the count, they are compared with what stands on the board; whoever
changed a table meanwhile is found here, and nothing goes on.
"""

from __future__ import annotations

from typing import Any

from django.db import connection

from ballot.canonical import read_canonical
from ballot.mapping import contest_code, contest_content
from ballot.models import Election, Entry
from ballot.selectors import contested, on_paper, roll_of
from members.selectors import recompute_commitment, roll_commitment
from office.refusal import Refusal

# Set against set: a condition asked of each ballot would look through all keys for each.
_NOT_PUBLISHED = """
WITH published (key) AS (
    SELECT substring(c.content FROM 1 + 32 * place FOR 32)
      FROM ballot_blob b
      JOIN ballot_blobchunk c ON c.blob_id = b.id,
           generate_series(0, length(c.content) / 32 - 1) AS place
     WHERE b.sha256 = %(blob)s
    UNION ALL
    SELECT unnest(%(reissued)s::bytea[])
)
SELECT count(*) FROM (
    SELECT k.public_key
      FROM ballot_sealedballot a
      JOIN ballot_credential k ON k.id = a.credential_id
      JOIN members_rollentry r ON r.id = k.roll_entry_id
      JOIN members_section s ON s.id = r.section_id
     WHERE a.election_id = %(election)s AND s.code = %(section)s
    EXCEPT (SELECT key FROM published EXCEPT SELECT unnest(%(revoked)s::bytea[]))
) AS not_published
"""


def told(election: Election, kind: str) -> list[Any]:
    """What the entries of a kind say, in the order of the board; of any kind but ballots."""
    # No ballot: that is what an index finds, among half a million entries.
    entries = Entry.objects.filter(election=election, ballot__isnull=True, kind=kind)
    bodies = entries.order_by("number").values_list("body", flat=True)
    return [read_canonical(bytes(body))["content"] for body in bodies]


def newest(election: Election, kind: str) -> Any:
    """What the newest entry of a kind says, or a refusal that there is none."""
    entries = told(election, kind)
    if not entries:
        raise Refusal("board.lacks-entry", f"The board has no entry “{kind}”.")
    return entries[-1]


def require_paper_as_opened(election: Election) -> None:
    """Refuse unless every contest is, name for name and rule for rule, as the opening fixed it."""
    now = [
        contest_content(contest, on_paper(contest)) | {"code": contest_code(contest)}
        for contest in contested(election)
    ]
    if newest(election, "opening")["contests"] != now:
        raise Refusal(
            "paper.not-as-opened",
            "The paper in the database, its names, their order or its rules, is not the one that "
            "the opening entry fixed. Somebody has changed the database.",
        )


def require_keys_as_published(election: Election) -> None:
    """Refuse a ballot under a key that the board does not name for its section, or revoked."""
    reissues = told(election, "reissue")
    reissued = [bytes.fromhex(one["credential"]) for one in reissues]
    revoked = [bytes.fromhex(key) for one in reissues for key in one["revoked"]]
    wrong = 0
    for section in newest(election, "credentials")["sections"]:
        values = {
            "blob": bytes.fromhex(section["keys"]["sha256"]),
            "reissued": reissued,
            "revoked": revoked,
            "election": election.pk,
            "section": section["section"],
        }
        with connection.cursor() as cursor:
            cursor.execute(_NOT_PUBLISHED, values)
            wrong += cursor.fetchone()[0]
    if wrong:
        raise Refusal(
            "register.key-not-published",
            f"{wrong} ballots were cast under keys that the board does not name, or that were "
            "revoked. Somebody has changed the database.",
        )


def require_roll_as_frozen(election: Election) -> None:
    """Refuse unless the roll's entries still give the commitment that stands on the board."""
    roll = roll_of(election)
    promised = newest(election, "roll")["commitment"]
    if {recompute_commitment(roll.pk).hex(), roll_commitment(roll.pk).hex()} != {promised}:
        raise Refusal(
            "roll.not-as-frozen",
            "The roll in the database is not the one whose commitment stands on the board. "
            "Somebody has changed the database.",
        )
