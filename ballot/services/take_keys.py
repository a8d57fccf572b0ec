"""Taking the outside issuer's keys: all of the roll's, whole and signed, or none of them.

The file waits, encrypted, until a worker has looked at it: every elector on the roll as it is now
has one key and nobody else has, no key stands twice, and each section's bear the issuer's signature
over exactly those.  Then, in one transaction, they are stored and go on the board.
"""

from __future__ import annotations

import io
from datetime import datetime
from typing import Any, Final

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper

from ballot.issuance.errors import FileRefused
from ballot.issuance.keys import PSEUDONYM, Keys, Rows, read_keys
from ballot.lifecycle import State
from ballot.models import Credential, Election, IssuerFile
from ballot.sealing.errors import SealingError
from ballot.sealing.issuing import check_list
from ballot.selectors import codes_made, roll_of
from ballot.services.codes import publish_credentials
from ballot.services.issuer_files import card_of
from ballot.services.moves import lock_election, require_state
from ballot.showing.wording import how_many
from office.enclosure import open_piece, seal_piece
from office.progress import Report, silent
from office.refusal import Refusal
from office.services.audit import record
from office.services.jobs import open_job

JOB: Final = "take_issuer_keys"
LARGEST_BYTES: Final = 64 * 1024 * 1024
"""A file of keys of 1.3 million electors."""
_CHUNK: Final = 50_000

_MISFITS: Final = """
SELECT count(*) FILTER (WHERE s.pseudonym IS NULL), count(*) FILTER (WHERE r.id IS NULL)
  FROM (SELECT e.id, e.public_id FROM members_rollentry e
         WHERE e.roll_id = %s
           AND NOT EXISTS (SELECT FROM members_struckentry x WHERE x.entry_id = e.id)) r
  FULL JOIN issuer_staged s ON s.pseudonym = r.public_id
"""

_BY_SECTION: Final = """
SELECT c.code, string_agg(s.public_key, ''::bytea ORDER BY s.public_key)
  FROM issuer_staged s
  JOIN members_rollentry r ON r.public_id = s.pseudonym
  JOIN members_section c ON c.id = r.section_id
 GROUP BY c.code ORDER BY c.code
"""

_TAKEN: Final = """
SELECT EXISTS (SELECT FROM issuer_staged GROUP BY public_key HAVING count(*) > 1)
    OR EXISTS (SELECT FROM issuer_staged s JOIN ballot_credential c
                ON c.public_key = s.public_key AND c.election_id = %s)
"""

_STORE: Final = """
INSERT INTO ballot_credential (election_id, roll_entry_id, attempt, public_key, force)
SELECT %s, r.id, 1 + coalesce((SELECT max(c.attempt) FROM ballot_credential c
                                WHERE c.roll_entry_id = r.id), 0), s.public_key, 'in-force'
  FROM issuer_staged s JOIN members_rollentry r ON r.public_id = s.pseudonym
"""


@transaction.atomic
def hand_in_keys(election_id: int, *, content: bytes, by: int, now: datetime) -> None:
    """Keep the issuer's file for a worker; what is no such file at all is refused at once."""
    election = lock_election(election_id)
    _require_wanted(election)
    _read(election, content)
    IssuerFile.objects.filter(election=election).delete()
    sealed = seal_piece(content, file=_named(election), place=0)
    IssuerFile.objects.create(election=election, content=sealed, handed_in_at=now)
    record("take_from_issuer", subject=("election", str(election.pk)), by=by, now=now,
           parameters={"file": "keys", "size_bytes": len(content)})
    open_job(JOB, subject=("election", str(election.pk)), by=by, now=now)


def take_keys(
    election_id: int,
    *,
    by: int | None,
    now: datetime,
    processes: int = 1,
    report: Report = silent,
) -> None:
    """Look at the file that was handed in, and take its keys, or refuse it and say why."""
    del processes
    kept = IssuerFile.objects.filter(election_id=election_id).first()
    if kept is None:
        # A worker died between the commit and the job's last word: what was ordered is done.
        return
    try:
        _take(election_id, kept, by=by, now=now, report=report)
    except Refusal:
        kept.delete()
        raise


@transaction.atomic
def _take(
    election_id: int, kept: IssuerFile, *, by: int | None, now: datetime, report: Report
) -> None:
    election = lock_election(election_id)
    _require_wanted(election)
    keys = _read(election, open_piece(bytes(kept.content), file=_named(election), place=0))
    total = len(keys.rows)
    report(stage="Looking at the issuer’s keys", done=0, total=total, unit="keys")
    with connection.cursor() as cursor:
        _stage(cursor, keys.rows, report=report)
        _require_roll(cursor, election)
        _require_signed(cursor, election, keys)
        cursor.execute(_STORE, [election.pk])
        cursor.execute("DROP TABLE issuer_staged")
    signatures = {one.section: one.signature for one in keys.sections}
    publish_credentials(election, signatures=signatures, now=now)
    record("send_codes", subject=("election", str(election.pk)), by=by, now=now)
    # With any that was handed in while this one was looked at: whose a key is stays nowhere else.
    IssuerFile.objects.filter(election=election).delete()


def _require_wanted(election: Election) -> None:
    card_of(election)
    require_state(election, State.FROZEN)
    if codes_made(election) or Credential.objects.filter(
        election=election, force=Credential.Force.IN_FORCE
    ).exists():
        raise Refusal("issuer.keys-taken", "The issuer’s keys are on the board already.")


def _read(election: Election, content: bytes) -> Keys:
    if len(content) > LARGEST_BYTES:
        raise Refusal("issuer.too-large", "This file is larger than any file of keys.")
    try:
        keys = read_keys(content)
    except FileRefused as refused:
        raise Refusal(refused.code, refused.sentence, status=400) from refused
    require_ours(election, election_id=keys.election, issuer=keys.issuer)
    return keys


def require_ours(election: Election, *, election_id: bytes, issuer: bytes) -> None:
    """Refuse a file of the issuer's about another election, or of another issuer."""
    if election_id != election.public_id.bytes:
        raise Refusal("issuer.other-election", "This file is about another election.", status=400)
    if issuer != card_of(election).key:
        raise Refusal(
            "issuer.other-issuer",
            "This file was made with another key than the one of the notice of poll.",
            status=400,
        )


def _stage(cursor: CursorWrapper, rows: Rows, *, report: Report) -> None:
    cursor.execute(
        "CREATE TEMPORARY TABLE issuer_staged (pseudonym uuid PRIMARY KEY, public_key bytea NOT"
        " NULL) ON COMMIT DROP"
    )
    for first in range(0, len(rows), _CHUNK):
        part = rows[first : first + _CHUNK].tobytes()
        lines = io.StringIO(
            "".join(
                f"{part[at : at + PSEUDONYM].hex()}\t\\\\x{part[at + PSEUDONYM : at + 48].hex()}\n"
                for at in range(0, len(part), 48)
            )
        )
        cursor.copy_expert("COPY issuer_staged (pseudonym, public_key) FROM STDIN", lines)
        report(done=min(first + _CHUNK, len(rows)), total=len(rows))
    cursor.execute("ANALYZE issuer_staged")


def _require_roll(cursor: CursorWrapper, election: Election) -> None:
    cursor.execute(_MISFITS, [roll_of(election).pk])
    without, unknown = cursor.fetchone()
    if without or unknown:
        raise Refusal(
            "issuer.not-the-roll",
            "These are not the keys of the roll as it is now: "
            f"{how_many(without, 'elector has', 'electors have')} none, and "
            f"{how_many(unknown, 'key is', 'keys are')} of nobody on it. Give the issuer the "
            "list once more; whoever has a code keeps it.",
        )
    cursor.execute(_TAKEN, [election.pk])
    if cursor.fetchone()[0]:
        raise Refusal(
            "issuer.key-twice", "A key stands twice in this file, or was another elector’s before."
        )


def _require_signed(cursor: CursorWrapper, election: Election, keys: Keys) -> None:
    """Check the signature over each section's keys, which the roll sorts (sealing §5.5, 45)."""
    cursor.execute(_BY_SECTION)
    found = {code: bytes(joined) for code, joined in cursor.fetchall()}
    signed = {one.section: one for one in keys.sections}
    wrong = sorted(found.keys() ^ signed.keys())
    for code in sorted(found.keys() & signed.keys()):
        try:
            check_list(
                election.public_id.bytes, code, found[code], signed[code].signature,
                issuer=keys.issuer,
            )
        except SealingError:
            wrong.append(code)
    if wrong:
        raise Refusal(
            "issuer.signature",
            f"The issuer’s signature does not hold for {', '.join(wrong)}. Nothing was taken. Let "
            "the issuer make the file once more, from the newest list.",
        )


def _named(election: Any) -> str:
    return f"issuer-keys-{election.pk}"
