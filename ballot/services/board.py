"""Writing to the board: the append-only entries of an election, and the blobs they name.

Entries are numbered from 0 without a gap, one writer at a time (a transaction lock). Ballots, and
the challenged papers among them, are appended by the worker in batches, shuffled within the batch,
so that the board's order says nothing finer than the batch about when each was cast. A ballot is in
the table of ballots and not yet on the board, or in both; never on the board twice (unique in the
database). Killed anywhere, the next run goes on from what is committed.
"""

from __future__ import annotations

import hashlib
import io
import mmap
import secrets
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime

from django.db import connection, transaction
from django.db.models import Max

from ballot.canonical import Json
from ballot.mapping.entry import entry_body
from ballot.models import Blob, BlobChunk, Election, Entry
from ballot.services.waiting_papers import (
    waiting_ballots,
    waiting_challenges,
    waiting_envelopes,
)

CHUNK_BYTES = 1 << 20
BATCH_BALLOTS = 20_000
LOOK_BACK_BALLOTS = 10_000
_SALT = "salt"


def _lock_board(election_id: int) -> int:
    """Become the board's one writer until the transaction ends; return the next number."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(1, %s)", [election_id])
        cursor.execute(
            "SELECT coalesce(max(number) + 1, 0) FROM ballot_entry WHERE election_id = %s",
            [election_id],
        )
        row = cursor.fetchone()
    return int(row[0])


def append_entry(
    election: Election, *, kind: str, content: Json, now: datetime | None
) -> Entry:
    """Append one act to the board, inside the transaction of the act itself.

    now: None for a postal paper, which bears no time.
    """
    number = _lock_board(election.pk)
    body = entry_body(
        election=election.public_id, kind=kind, number=number, at=now, content=content
    )
    return Entry.objects.create(election=election, number=number, kind=kind, body=body)


def salted(content: dict[str, Json]) -> dict[str, Json]:
    """Give content that is withheld until the declaration 32 random bytes of its own.

    The board shows its hash meanwhile, and without them who tries every likely figure of a
    contest of two would find the one that gives it.
    """
    return {**content, _SALT: secrets.token_hex(32)}


def unsalted(content: dict[str, Json]) -> dict[str, Json]:
    """Give what the rows of the database say, too: the content without its random bytes."""
    return {name: value for name, value in content.items() if name != _SALT}


def append_ballots(election: Election) -> int:
    """Append every ballot and challenge that is not yet on the board; return how many.

    One transaction a batch of up to 20,000; within it the order is drawn at random.
    """
    return _append_after(election, 0)


def append_new_ballots(election: Election) -> int:
    """Append the ballots cast since the last time, without looking through all the others.

    It looks a little way back, for casts that were committed out of their order. One that came
    later still is not lost: the close looks through all of them.
    """
    newest = Entry.objects.filter(election=election, ballot__isnull=False).aggregate(
        newest=Max("ballot_id")
    )["newest"]
    return _append_after(election, max((newest or 0) - LOOK_BACK_BALLOTS, 0))


def _append_after(election: Election, ballot_id: int) -> int:
    appended = 0
    while True:
        batch, ballot_id = append_batch(election, ballot_id)
        if not batch:
            return appended
        appended += batch


@transaction.atomic
def append_batch(election: Election, after: int) -> tuple[int, int]:
    """Append the next ballots after an id, and challenges and envelopes that wait, shuffled.

    Returns how many there were, and the last ballot's id.
    """
    number = _lock_board(election.pk)
    ballots = waiting_ballots(election, after=after, most=BATCH_BALLOTS)
    papers = ballots + waiting_challenges(election, most=BATCH_BALLOTS)
    papers += waiting_envelopes(election, most=BATCH_BALLOTS)
    # The shuffle needs nothing but that nobody can foretell it.
    secrets.SystemRandom().shuffle(papers)
    lines = io.StringIO()
    for place, paper in enumerate(papers, start=number):
        body = entry_body(
            election=election.public_id,
            kind=paper.kind,
            number=place,
            at=None,
            content=paper.content,
        )
        rows = "\t".join(paper.row(kind) for kind in ("ballot", "challenge", "envelope"))
        lines.write(f"{election.pk}\t{place}\t{paper.kind}\t\\\\x{body.hex()}\t{rows}\n")
    lines.seek(0)
    with connection.cursor() as cursor:
        cursor.copy_expert(
            "COPY ballot_entry (election_id, number, kind, body, ballot_id, challenge_id,"
            " envelope_id) FROM STDIN",
            lines,
        )
    return len(papers), max([paper.pk for paper in ballots], default=after)


def store_blob(pieces: Iterable[bytes]) -> Blob:
    """Store bytes too large for an entry; the same bytes are stored once.

    pieces: any cut of the bytes, read once. They wait in a file until their hash is known, and
            are stored in chunks of 1 MiB: they are never all in memory.
    """
    with set_down(pieces) as content:
        digest = hashlib.sha256(content).digest()
        blob, made = Blob.objects.get_or_create(
            sha256=digest, defaults={"size_bytes": len(content)}
        )
        if made:
            for number, start in enumerate(range(0, len(content), CHUNK_BYTES)):
                chunk = bytes(content[start : start + CHUNK_BYTES])
                BlobChunk.objects.create(blob=blob, number=number, content=chunk)
    return blob


@contextmanager
def set_down(pieces: Iterable[bytes]) -> Iterator[memoryview]:
    """Write bytes into a file that goes when it is let go of, and read them from there."""
    with tempfile.TemporaryFile() as file:
        for piece in pieces:
            file.write(piece)
        file.flush()
        if not file.tell():
            yield memoryview(b"")
            return
        with (
            mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as mapped,
            memoryview(mapped) as content,
        ):
            yield content
