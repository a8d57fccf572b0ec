"""Put letters into the outbox, and let them out: queue, release, pause, resume, cancel, settle.

Queueing is set-based: COPY into a temporary table and one INSERT. The unique constraint on
purpose, recipient and attempt makes it idempotent: an interrupted run is simply run again, and
nobody has two letters. Sending is office.services.sending.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from http import HTTPStatus
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Q, QuerySet
from psycopg2 import DatabaseError as DriverError

from office.enclosure import seal_enclosure
from office.models import Dispatch, Job, Letter
from office.purposes import purpose_named
from office.refusal import Refusal
from office.services.audit import record
from office.services.jobs import open_job, stop_job

SEND_JOB = "office.send_letters"
_RECIPIENT = re.compile(r"[A-Za-z0-9:_.-]{1,80}")
_CHUNK_BYTES = 1 << 16


# --- queueing --------------------------------------------------------------------------------


def prepare_dispatch(
    purpose: str,
    *,
    reference: UUID,
    tranche_size: int = 10_000,
    letters_a_minute: int | None = None,
) -> Dispatch:
    """Return the dispatch of these letters, prepared and not yet sending if it is new."""
    purpose_named(purpose)
    dispatch, _ = Dispatch.objects.get_or_create(
        purpose=purpose,
        reference=reference,
        defaults={"tranche_size": tranche_size, "letters_a_minute": letters_a_minute},
    )
    return dispatch


def dispatch_at_once(purpose: str, *, reference: UUID) -> Dispatch:
    """Return the dispatch whose letters go out as they come, made if it is new."""
    purpose_named(purpose)
    dispatch, _ = Dispatch.objects.get_or_create(
        purpose=purpose,
        reference=reference,
        defaults={"at_once": True, "state": Dispatch.State.SENDING, "released_tranche": 1},
    )
    return dispatch


@transaction.atomic
def queue_letter(
    purpose: str,
    *,
    reference: UUID,
    recipient: str,
    attempt: int | None = None,
    enclosure: bytes | None = None,
    by_post: bool = False,
) -> int | None:
    """Queue one letter that goes out as soon as a sender comes by; return its id.

    by_post: it goes by no e-mail, and is held until it is printed (office.services.printing).

    attempt:   None takes the next free number: a further letter to the same recipient. Give
               one to make the call idempotent; None is returned if that letter exists.
    enclosure: plain bytes (a code); kept encrypted, bound to this letter, and erased when it
               is handed over.
    """
    dispatch = dispatch_at_once(purpose, reference=reference)
    _check_recipient(recipient)
    if attempt is None:
        attempt = _next_attempt(purpose, recipient)
    sealed = None
    if enclosure is not None:
        sealed = seal_enclosure(enclosure, purpose=purpose, recipient=recipient, attempt=attempt)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO office_letter (dispatch_id, purpose, recipient, attempt, enclosure,"
            " state, held_because) VALUES (%s, %s, %s, %s, %s, %s, %s)"
            " ON CONFLICT (purpose, recipient, attempt) DO NOTHING RETURNING id",
            [dispatch.pk, purpose, recipient, attempt, sealed,
             *((Letter.State.HELD, Letter.BY_POST) if by_post else (Letter.State.WAITING, ""))],
        )
        row = cursor.fetchone()
    return row[0] if row else None


def _next_attempt(purpose: str, recipient: str) -> int:
    with connection.cursor() as cursor:
        # One at a time for one recipient and purpose, so that two calls take two numbers.
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"{purpose}|{recipient}"]
        )
        cursor.execute(
            "SELECT COALESCE(max(attempt), 0) + 1 FROM office_letter"
            " WHERE purpose = %s AND recipient = %s",
            [purpose, recipient],
        )
        return int(cursor.fetchone()[0])


@transaction.atomic
def queue_letters(
    dispatch_id: int, rows: Iterable[tuple[str, bytes | None]], *, attempt: int = 1
) -> int:
    """Queue many letters by COPY; return how many are new. Tranches follow the rows' order.

    rows: (recipient, plain enclosure or None), read once, lazily. Enclosures are encrypted on
          the way: no plain one reaches the database.
    """
    dispatch = Dispatch.objects.select_for_update().get(pk=dispatch_id)
    lines = _Lines(_lines(dispatch.purpose, rows, attempt))
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TEMPORARY TABLE letters_staged (ordinal bigint GENERATED ALWAYS AS IDENTITY,"
            " recipient text NOT NULL, enclosure bytea) ON COMMIT DROP"
        )
        try:
            cursor.copy_expert("COPY letters_staged (recipient, enclosure) FROM STDIN", lines)
        except DriverError:
            if lines.error is not None:
                raise lines.error from None
            raise
        queued = _from_staging(cursor, dispatch, attempt)
        cursor.execute("DROP TABLE letters_staged")
    return queued


@transaction.atomic
def queue_letters_from(
    dispatch_id: int, select: str, parameters: Sequence[Any] = (), *, attempt: int = 1
) -> int:
    """Queue letters without enclosures, one for each row of a SELECT of one text column.

    select: SQL written by the caller, never from input; its order makes the tranches.
    """
    dispatch = Dispatch.objects.select_for_update().get(pk=dispatch_id)
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TEMPORARY TABLE letters_staged (ordinal bigint GENERATED ALWAYS AS IDENTITY,"
            " recipient text NOT NULL, enclosure bytea) ON COMMIT DROP"
        )
        cursor.execute(f"INSERT INTO letters_staged (recipient) {select}", parameters)
        queued = _from_staging(cursor, dispatch, attempt)
        cursor.execute("DROP TABLE letters_staged")
    return queued


def _from_staging(cursor: Any, dispatch: Dispatch, attempt: int) -> int:
    cursor.execute(
        "SELECT COALESCE(max(tranche), 0) FROM office_letter WHERE dispatch_id = %s", [dispatch.pk]
    )
    last_tranche = cursor.fetchone()[0]
    cursor.execute(
        "INSERT INTO office_letter (dispatch_id, purpose, recipient, attempt, tranche, enclosure)"
        " SELECT %s, %s, recipient, %s, %s + 1 + (ordinal - 1) / %s, enclosure"
        " FROM letters_staged ORDER BY ordinal"
        " ON CONFLICT (purpose, recipient, attempt) DO NOTHING",
        [dispatch.pk, dispatch.purpose, attempt, last_tranche, dispatch.tranche_size],
    )
    return int(cursor.rowcount)


def _lines(
    purpose: str, rows: Iterable[tuple[str, bytes | None]], attempt: int
) -> Iterator[bytes]:
    """COPY's text format. The recipient's alphabet needs no escape; bytea is hexadecimal."""
    for recipient, plain in rows:
        _check_recipient(recipient)
        if plain is None:
            yield f"{recipient}\t\\N\n".encode()
        else:
            sealed = seal_enclosure(plain, purpose=purpose, recipient=recipient, attempt=attempt)
            yield f"{recipient}\t\\\\x{sealed.hex()}\n".encode()


class _Lines:
    """The file that COPY reads from: lines gathered as they are asked for."""

    def __init__(self, lines: Iterator[bytes]) -> None:
        self._lines = lines
        self._rest = b""
        self.error: Exception | None = None

    def read(self, size: int = _CHUNK_BYTES) -> bytes:
        try:
            return self._gather(size if size > 0 else _CHUNK_BYTES)
        except Exception as error:
            # The driver turns whatever the caller's rows raise into an error of the database;
            # it is kept, so that queue_letters can raise what it was.
            self.error = error
            raise

    def _gather(self, size: int) -> bytes:
        gathered = [self._rest]
        held = len(self._rest)
        while held < size:
            line = next(self._lines, None)
            if line is None:
                break
            gathered.append(line)
            held += len(line)
        whole = b"".join(gathered)
        self._rest = whole[size:]
        return whole[:size]


def _check_recipient(recipient: str) -> None:
    if not _RECIPIENT.fullmatch(recipient):
        raise ValueError("a recipient is a key of letters, digits, colon, point, dash: no address")


# --- an officer's acts -----------------------------------------------------------------------


@transaction.atomic
def release_letters(
    dispatch_id: int, *, by: int | None, now: datetime, tranches: int | None = None
) -> Job:
    """Let tranches go out, and open the job that sends them.

    tranches: how many more; None releases all.
    """
    dispatch = _locked(dispatch_id)
    if dispatch.state == Dispatch.State.CANCELLED:
        raise Refusal("letters.cancelled", "These letters were cancelled and cannot be sent.")
    tranche_numbers = Letter.objects.filter(dispatch=dispatch).values_list("tranche", flat=True)
    last = tranche_numbers.order_by("-tranche").first() or 0
    released = last if tranches is None else min(last, dispatch.released_tranche + tranches)
    dispatch.state = Dispatch.State.SENDING
    dispatch.released_tranche = released
    dispatch.save(update_fields=["state", "released_tranche"])
    record("release_letters", subject=_subject(dispatch), by=by, now=now,
           parameters={"tranche": released, "purpose": dispatch.purpose})
    return open_job(SEND_JOB, subject=_subject(dispatch), by=by, now=now)


@transaction.atomic
def pause_letters(dispatch_id: int, *, by: int | None, now: datetime) -> None:
    """Stop sending. What the mail server has taken is gone; the rest waits."""
    dispatch = _locked(dispatch_id)
    if dispatch.state != Dispatch.State.SENDING:
        raise Refusal("letters.not-sending", "These letters are not being sent.")
    dispatch.state = Dispatch.State.PAUSED
    dispatch.save(update_fields=["state"])
    record("pause_letters", subject=_subject(dispatch), by=by, now=now,
           parameters={"purpose": dispatch.purpose})
    for job_id in _live_jobs(dispatch):
        stop_job(job_id, by=by, now=now)


@transaction.atomic
def resume_letters(dispatch_id: int, *, by: int | None, now: datetime) -> Job | None:
    """Go on sending where it stopped. Letters that go at once need no job of their own."""
    dispatch = _locked(dispatch_id)
    if dispatch.state != Dispatch.State.PAUSED:
        raise Refusal("letters.not-paused", "These letters are not paused.")
    dispatch.state = Dispatch.State.SENDING
    dispatch.save(update_fields=["state"])
    record("resume_letters", subject=_subject(dispatch), by=by, now=now,
           parameters={"purpose": dispatch.purpose})
    if dispatch.at_once:
        return None
    return open_job(SEND_JOB, subject=_subject(dispatch), by=by, now=now)


@transaction.atomic
def cancel_letters(dispatch_id: int, *, by: int | None, now: datetime) -> int:
    """Cancel all letters of a dispatch that have not gone out, and erase their enclosures.

    A letter that is with the mail server at this moment is left to its sender, who cancels it
    if it comes back (cancel_what_came_back).
    """
    dispatch = _locked(dispatch_id)
    dispatch.state = Dispatch.State.CANCELLED
    dispatch.save(update_fields=["state"])
    cancelled = _cancel(Letter.objects.filter(dispatch=dispatch))
    record("cancel_letters", subject=_subject(dispatch), by=by, now=now,
           parameters={"purpose": dispatch.purpose, "letters": cancelled})
    for job_id in _live_jobs(dispatch):
        stop_job(job_id, by=by, now=now)
    return cancelled


def cancel_letters_to(purpose: str, *, recipients: Sequence[str]) -> int:
    """Cancel the letters of a purpose to some recipients that have not gone out.

    One act's part (a reissue, an amended roll): the caller's transaction and its audit record.
    """
    return _cancel(Letter.objects.filter(purpose=purpose, recipient__in=recipients))


def cancel_unwanted(letter_id: int, *, claim: int) -> None:
    """Cancel a claimed letter whose occasion is gone; nothing of it was sent."""
    _cancel(Letter.objects.filter(pk=letter_id, claim=claim, state=Letter.State.CLAIMED))


@transaction.atomic
def cancel_what_came_back(dispatch_id: int) -> None:
    """Cancel the letters that a sender put back or held after their dispatch was cancelled.

    The lock waits for whoever is cancelling now: their letters are then either seen here as
    cancelled, or not yet read by them.
    """
    dispatch = Dispatch.objects.select_for_update(no_key=True).get(pk=dispatch_id)
    if dispatch.state == Dispatch.State.CANCELLED:
        _cancel(Letter.objects.filter(dispatch=dispatch))


def _cancel(letters: QuerySet[Letter]) -> int:
    """Cancel those that were certainly not sent, and those held because nobody can know.

    A claimed letter is among them until it is being handed over: its sender then finds that it
    is no longer theirs.
    """
    return letters.filter(
        Q(state__in=[Letter.State.WAITING, Letter.State.HELD])
        | Q(state=Letter.State.CLAIMED, handing_over=False)
    ).update(state=Letter.State.CANCELLED, enclosure=None, handing_over=False, claim=None,
             claimed_at=None)


@transaction.atomic
def settle_letter(letter_id: int, *, was_sent: bool, by: int, now: datetime) -> None:
    """Record a person's word on a held letter: it was sent, or it shall be sent again.

    Sent again it keeps its Message-ID, so that a mailbox that has it already shows one.
    """
    letter = (
        Letter.objects.select_for_update().select_related("dispatch").filter(pk=letter_id).first()
    )
    if letter is None or letter.state != Letter.State.HELD:
        raise Refusal("letters.not-held", "This letter is not held: somebody has settled it.",
                      status=HTTPStatus.CONFLICT)
    if not letter.can_be_sent:
        # It was not sent, so its code must not be erased; and sent again it would come back.
        raise Refusal("letters.no-address", "This letter does not go by e-mail: it was not sent, "
                      "and is to be printed.", status=HTTPStatus.CONFLICT)
    letter.handing_over = False
    letter.claim = letter.claimed_at = None
    letter.held_because = ""
    if was_sent:
        letter.state = Letter.State.HANDED_OVER
        letter.enclosure = None
    else:
        letter.state = Letter.State.WAITING
        letter.not_before = None
        letter.tries = 0
    letter.save(
        update_fields=[
            "handing_over", "claim", "claimed_at", "held_because", "state", "enclosure",
            "not_before", "tries",
        ]
    )
    record("settle_letter", subject=_subject(letter.dispatch), by=by, now=now,
           parameters={"letter": letter_id, "was_sent": was_sent})
    dispatch = letter.dispatch
    if not was_sent and not dispatch.at_once and dispatch.state == Dispatch.State.SENDING:
        open_job(SEND_JOB, subject=_subject(dispatch), by=by, now=now)


def _locked(dispatch_id: int) -> Dispatch:
    dispatch = Dispatch.objects.select_for_update().filter(pk=dispatch_id).first()
    if dispatch is None:
        raise Refusal("letters.unknown", "There is no such dispatch of letters.",
                      status=HTTPStatus.NOT_FOUND)
    return dispatch


def _subject(dispatch: Dispatch) -> tuple[str, str]:
    return "dispatch", str(dispatch.pk)


def _live_jobs(dispatch: Dispatch) -> list[int]:
    return list(
        Job.objects.filter(
            kind=SEND_JOB,
            subject_kind="dispatch",
            subject_id=str(dispatch.pk),
            state__in=[Job.State.OPEN, Job.State.CLAIMED],
        ).values_list("pk", flat=True)
    )
