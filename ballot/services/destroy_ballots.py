"""Destroying an election's sealed ballots, as two officers ordered; and the certificate.

The one place that empties the board's papers. It is one transaction: whoever is killed in it leaves
everything as it was, and the next run does it all. The triggers let these rows go in this
transaction alone, and refuse its end while anything is left (migration 0024).
"""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from hashlib import sha256

from django.db import connection, transaction

from ballot.board.spelling import HASH_BYTES
from ballot.board.tiles import WIDTH
from ballot.canonical import Json
from ballot.destruction import (
    GOING,
    PAPERS,
    Going,
    blobs_going,
    blobs_under_seal,
    order_of,
    papers_on_board,
    values_of,
)
from ballot.lifecycle import State
from ballot.mapping.entry import entry_digest
from ballot.models import BallotDestruction, Blob, Election, LogTile
from ballot.selectors import read_blob
from ballot.services.board import append_entry
from ballot.services.moves import lock_election
from ballot.services.publish_board import publish_at_once
from office.refusal import Refusal
from office.services.audit import record


@transaction.atomic
def destroy_ballots(election_id: int, *, now: datetime) -> dict[str, int]:
    """Destroy what was ordered to be; returns how many rows of each table. Done once, it is done.

    Before anything goes, what is to go is held against the log and against its names: a board that
    somebody changed is evidence, and is kept.
    """
    election = lock_election(election_id)
    order = order_of(election)
    if order is None:
        raise Refusal("destruction.not-ordered", "No two officers have ordered this destruction.")
    if order.destroyed_at is not None:
        return {}
    _require_no_poll()
    blobs = blobs_going(election)
    for blob in blobs:
        _require_as_named(blob)
    unnamed = blobs_under_seal(election)
    for blob in unnamed:
        _require_as_named(blob)
    content = _certificate(election, order, blobs)
    order.destroyed_at, order.blobs = now, [blob.pk for blob in (*blobs, *unnamed)]
    order.save(update_fields=["destroyed_at", "blobs"])
    order.rows = {one.code: _carry_out(one, election, order.blobs) for one in GOING}
    order.save(update_fields=["rows"])
    append_entry(
        election, kind="destruction", content={**content, "rows": dict(order.rows)}, now=now
    )
    record("carry_out_destruction", subject=("election", str(election.pk)), by=None, now=now,
           parameters=order.rows)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    publish_at_once(election.pk, now=now)
    return {one.table: order.rows[one.code] for one in GOING}


def _require_no_poll() -> None:
    """Refuse while ballots are taken anywhere: the tables are then rewritten, which locks them."""
    polls = Election.objects.filter(state__in=[State.POLLING.value, State.SUSPENDED.value])
    if (poll := polls.first()) is not None:
        raise Refusal(
            "destruction.poll-open",
            f"The poll of “{poll}” is open, and would wait while tables are rewritten. It is done "
            "once no poll is open.",
        )


def _carry_out(one: Going, election: Election, blobs: list[int]) -> int:
    # What is put together here stands in the one table of what goes; values are passed apart.
    does = f"UPDATE {one.table} SET {one.becomes}" if one.becomes else f"DELETE FROM {one.table}"  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(f"{does} WHERE {one.which}", values_of(election, blobs))
        return int(cursor.rowcount)


def _certificate(
    election: Election, order: BallotDestruction, blobs: list[Blob]
) -> dict[str, Json]:
    """What stands on the board of it, but for the rows: docs/spec/bundle.md, 4.8."""
    papers, leaves = _leaves(election)
    return {
        "blobs": [bytes(blob.sha256).hex() for blob in blobs],
        "entries": {kind: papers[kind] for kind in PAPERS},
        "kept_until": order.kept_until.isoformat(),
        "leaves": leaves,
        "officers": [order.ordered_by.name, order.seconded_by.name],
    }


def _leaves(election: Election) -> tuple[Counter[str], str]:
    """How many papers of each kind there are, and the hash of their leaves, end to end.

    Each is held against the log's own tile. Raises: Refusal (destruction.not-as-logged).
    """
    tiles = {
        number: bytes(hashes)
        for number, hashes in LogTile.objects.filter(election=election, level=0)
        .values_list("number", "hashes")
    }  # fmt: skip
    papers: Counter[str] = Counter()
    whole = sha256()
    for kind, number, body in papers_on_board(election):
        leaf = entry_digest(kind, body)
        start = HASH_BYTES * (number % WIDTH)
        if tiles.get(number // WIDTH, b"")[start : start + HASH_BYTES] != leaf:
            raise Refusal(
                "destruction.not-as-logged",
                f"Entry {number} of the board is not the one that was logged. Somebody has changed "
                "the database: nothing is destroyed.",
            )
        papers[kind] += 1
        whole.update(leaf)
    return papers, whole.hexdigest()


def _require_as_named(blob: Blob) -> None:
    whole = sha256()
    for piece in read_blob(blob):
        whole.update(piece)
    if whole.digest() != bytes(blob.sha256):
        raise Refusal(
            "destruction.not-as-named",
            f"The stored bytes {blob} do not give the hash that is their name. Somebody has "
            "changed the database: nothing is destroyed.",
        )
