"""Put letters into the outbox: one, or many by COPY.

Queueing is set-based: COPY into a temporary table and one INSERT. The unique constraint on
purpose, recipient and attempt makes it idempotent: an interrupted run is simply run again, and
nobody has two letters. They are let out by office.services.dispatches, and sent by
office.services.sending.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from psycopg2 import DatabaseError as DriverError

from office.enclosure import seal_enclosure
from office.models import Dispatch, Letter
from office.purposes import purpose_named

_RECIPIENT = re.compile(r"[A-Za-z0-9:_.-]{1,80}")
_CHUNK_BYTES = 1 << 16


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
