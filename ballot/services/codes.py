"""Voting codes: made before the opening, one for each elector, and let out at the opening.

A code is made in the worker, turned at once into the public half that goes on the board, and
encrypted into its letter: it stands nowhere else, and is erased when the letter is handed over.
One transaction makes up to 20,000 of them with their letters; a run that was killed goes on
with the electors who have none, and nobody has two.
"""

from __future__ import annotations

import io
import os
import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

from django.db import connection, transaction
from django.db.models import Exists, OuterRef, QuerySet

from ballot.canonical import Json
from ballot.lifecycle import State
from ballot.mapping.blobs import blob_reference
from ballot.models import Credential, Election
from ballot.sealing.codes import credentials_of, make_codes
from ballot.selectors import codes_made, roll_of
from ballot.services.board import append_entry, store_blob
from ballot.services.moves import lock_election, require_state
from members.selectors import electors_now
from office.models import Dispatch, Letter
from office.progress import Report, silent
from office.refusal import Refusal
from office.selectors import latest_job
from office.services.audit import record
from office.services.dispatches import cancel_letters, release_letters
from office.services.jobs import open_job
from office.services.letters import prepare_dispatch, queue_letters

PURPOSE: Final = "voting-code"
PURPOSE_AGAIN: Final = "voting-code-again"
"""A new code for an elector who lost the first (reissue_code)."""
PURPOSE_ADDED: Final = "voting-code-added"
"""The code of somebody who was added to the roll after the codes went out (amend_roll)."""
PURPOSES: Final = (PURPOSE, PURPOSE_AGAIN, PURPOSE_ADDED)
CANCEL_JOB: Final = "cancel_codes"
ASKED_AGAIN_AFTER: Final = timedelta(minutes=10)
CHUNK: Final = 20_000

# Who was struck off and restored before the codes were published takes a second number.
_WITHOUT = """
SELECT r.id, r.public_id, 1 + coalesce(
       (SELECT max(c.attempt) FROM ballot_credential c WHERE c.roll_entry_id = r.id), 0)
  FROM members_rollentry r
 WHERE r.roll_id = %s
   AND NOT EXISTS (SELECT FROM members_struckentry x WHERE x.entry_id = r.id)
   AND NOT EXISTS (SELECT FROM ballot_credential c
                    WHERE c.roll_entry_id = r.id AND c.force = 'in-force')
 ORDER BY r.id LIMIT %s
"""

_KEYS = """
SELECT s.code, count(*), string_agg(c.public_key, ''::bytea ORDER BY c.public_key)
  FROM ballot_credential c
  JOIN members_rollentry r ON r.id = c.roll_entry_id
  JOIN members_section s ON s.id = r.section_id
 WHERE c.election_id = %s AND c.force = 'in-force'
 GROUP BY s.code ORDER BY s.code
"""


def issue_codes(
    election_id: int,
    *,
    by: int | None,
    now: datetime,
    processes: int = 1,
    report: Report = silent,
) -> None:
    """Make every elector's code and put the public halves on the board."""
    election = Election.objects.get(pk=election_id)
    require_state(election, State.FROZEN)
    refuse_where_issuer(election)
    total = electors_now(roll_of(election).pk)
    done = Credential.objects.filter(election=election, force="in-force").count()
    report(stage="Making the voting codes", done=done, total=total, unit="codes")
    while made := _make_chunk(election_id, processes=processes, by=by, now=now):
        done += made
        report(done=done, total=total)


def refuse_where_issuer(election: Election) -> None:
    """Where an outside issuer makes the codes, no code is made here, whoever asks."""
    if election.issuer is not None:
        raise Refusal(
            "codes.outside-issuer",
            f"{election.issuer['name']} makes the codes of this election, and the server makes "
            "none.",
        )


@transaction.atomic
def _make_chunk(election_id: int, *, processes: int, by: int | None, now: datetime) -> int:
    """Make the next codes; return how many. When nobody is left without one, publish them."""
    election = lock_election(election_id)
    require_state(election, State.FROZEN)
    with connection.cursor() as cursor:
        cursor.execute(_WITHOUT, [election.roll_id, CHUNK])
        entries = cursor.fetchall()
    if not entries:
        # In the transaction that found nobody: the roll that it looked at is the one published.
        _publish_credentials(election, by=by, now=now)
        return 0
    dispatch = prepare_dispatch(PURPOSE, reference=roll_of(election).public_id)
    give_codes(election, entries, dispatch_id=dispatch.pk, processes=processes)
    return len(entries)


def give_codes(
    election: Election,
    entries: Sequence[tuple[int, uuid.UUID, int]],
    *,
    dispatch_id: int,
    processes: int = 1,
) -> None:
    """Make a code in force for each entry and queue its letter, within the caller's transaction.

    entries: id, pseudonym, and the number of this code among the entry's own.
    """
    refuse_where_issuer(election)
    codes = make_codes(len(entries), rng=os.urandom)
    keys = credentials_of(codes, election_id=election.public_id.bytes, processes=processes)
    _copy_credentials(election.pk, entries, keys.tobytes())
    for wanted in sorted({attempt for _, _, attempt in entries}):
        letters = (
            (str(public_id), code.encode())
            for (_, public_id, attempt), code in zip(entries, codes, strict=True)
            if attempt == wanted
        )
        queue_letters(dispatch_id, letters, attempt=wanted)


def _copy_credentials(
    election_id: int, entries: Sequence[tuple[int, uuid.UUID, int]], keys: bytes
) -> None:
    lines = io.StringIO()
    for place, (entry_id, _, attempt) in enumerate(entries):
        key = keys[32 * place : 32 * place + 32].hex()
        lines.write(f"{election_id}\t{entry_id}\t{attempt}\t\\\\x{key}\tin-force\n")
    lines.seek(0)
    with connection.cursor() as cursor:
        cursor.copy_expert(
            "COPY ballot_credential (election_id, roll_entry_id, attempt, public_key, force)"
            " FROM STDIN",
            lines,
        )


def _publish_credentials(election: Election, *, by: int | None, now: datetime) -> None:
    """Put the public keys on the board, by section, sorted, so that no order leads to the roll."""
    if codes_made(election):
        return
    publish_credentials(election, signatures={}, now=now)
    record("send_codes", subject=("election", str(election.pk)), by=by, now=now)


def publish_credentials(
    election: Election, *, signatures: Mapping[str, bytes], now: datetime
) -> None:
    """Put the public keys in force on the board. signatures: an outside issuer's, by section."""
    content: dict[str, Json] = {"sections": _sections_with_keys(election.pk, signatures)}
    append_entry(election, kind="credentials", content=content, now=now)


def _sections_with_keys(election_id: int, signatures: Mapping[str, bytes]) -> list[Json]:
    with connection.cursor() as cursor:
        cursor.execute(_KEYS, [election_id])
        rows = cursor.fetchall()
    return [
        {
            "credentials": count,
            "keys": blob_reference(store_blob([bytes(keys)])),
            "section": code,
            "signature": signatures[code].hex() if signatures else None,
        }
        for code, count, keys in rows
    ]


def release_codes(
    election: Election, *, tranches: int | None, by: int | None, now: datetime
) -> None:
    """Let the letters out, at the opening: so many tranches, or all. An outside issuer's letters
    go out by the issuer's own hand."""
    if election.issuer is not None:
        return
    dispatch = prepare_dispatch(PURPOSE, reference=roll_of(election).public_id)
    release_letters(dispatch.pk, tranches=tranches, by=by, now=now)


def stop_codes(election: Election, *, by: int | None, now: datetime) -> None:
    """Send no further code from now on, and have a worker destroy those that have not gone out."""
    if _dispatches(election).update(state=Dispatch.State.CANCELLED):
        open_job(CANCEL_JOB, subject=("election", str(election.pk)), by=by, now=now)


def cancel_codes(election: Election, *, by: int | None, now: datetime) -> None:
    """Destroy the codes that have not gone out: as many letters as there are electors."""
    for dispatch in _dispatches(election):
        cancel_letters(dispatch.pk, by=by, now=now)


def destroy_codes_left(*, now: datetime) -> int:
    """Have a worker destroy the codes of stopped dispatches whose last job did not; return of how
    many elections. Somebody stopped it, or it failed: it is not asked again at every moment."""
    reopened = 0
    for election in Election.objects.filter(roll__public_id__in=_left_undestroyed()):
        subject = ("election", str(election.pk))
        last = latest_job(CANCEL_JOB, subject=subject)
        if last is None or (last.finished_at and last.finished_at <= now - ASKED_AGAIN_AFTER):
            open_job(CANCEL_JOB, subject=subject, by=None, now=now)
            reopened += 1
    return reopened


def _left_undestroyed() -> QuerySet[Dispatch, uuid.UUID]:
    """The rolls of whose stopped codes some are not destroyed yet."""
    left = Letter.objects.filter(dispatch=OuterRef("pk"))
    # One question a state, as the database keeps a list of each.
    return Dispatch.objects.filter(
        Exists(left.filter(state=Letter.State.WAITING))
        | Exists(left.filter(state=Letter.State.HELD)),
        purpose__in=PURPOSES, state=Dispatch.State.CANCELLED,
    ).values_list("reference", flat=True)  # fmt: skip


def _dispatches(election: Election) -> QuerySet[Dispatch]:
    """The dispatches of the roll's codes, first and again; none before they are made."""
    if election.roll is None:
        return Dispatch.objects.none()
    return Dispatch.objects.filter(
        purpose__in=PURPOSES, reference=roll_of(election).public_id
    )
