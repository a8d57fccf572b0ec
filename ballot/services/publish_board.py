"""Publishing the board: its new entries go into the tiles of its tree, and the state is signed.

A checkpoint is signed every ten seconds or so, and at once with the close and the declaration.
All of it is one transaction, and one publisher at a time: whoever is killed leaves the board as it
was at the last checkpoint, and the next one goes on from there. Entries are numbered without a gap
and committed in their order, so that those below the number of one that is committed are all there.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.db import connection, transaction

from ballot.board.checkpoint import Checkpoint as SignedState
from ballot.board.checkpoint import sign_checkpoint
from ballot.board.note import SigningKey
from ballot.board.tiles import RightTiles, Tile, read_right
from ballot.board.tree import leaf_hashes
from ballot.mapping.entry import log_entry
from ballot.models import Checkpoint, Election
from ballot.published import board_key, stored_hashes
from office.refusal import Refusal

EVERY: Final = timedelta(seconds=10)
EARLY: Final = timedelta(milliseconds=500)
"""By how much a beat of every ten seconds may come before its time."""
CHUNK_ENTRIES: Final = 4096
_PUBLISHER: Final = 3
"""The first key of the advisory lock; the second is the election's id."""

_ENTRIES: Final = """
SELECT kind, body FROM ballot_entry
 WHERE election_id = %s AND number >= %s AND number < %s ORDER BY number
"""
_STORE: Final = """
INSERT INTO ballot_logtile (election_id, level, number, hashes)
SELECT %s, * FROM unnest(%s::int[], %s::int[], %s::bytea[])
ON CONFLICT (election_id, level, number) DO UPDATE SET hashes = EXCLUDED.hashes
"""


def signing_key(origin: str) -> SigningKey:
    """The installation's key under the name of a board."""
    return SigningKey(origin, settings.BOARD_KEY)


def board_origin(election: Election) -> str:
    """The name of an election's board: where it is, without the scheme."""
    return f"{settings.ORIGIN.partition('://')[2]}/board/{election.slug}"


@transaction.atomic
def publish_board(election_id: int, *, now: datetime) -> int | None:
    """Publish every entry that is committed; return the board's size, or None: there is no news."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [_PUBLISHER, election_id])
        cursor.execute(
            "SELECT (SELECT coalesce(max(number) + 1, 0) FROM ballot_entry WHERE election_id = %s),"
            " (SELECT coalesce(max(size), 0) FROM ballot_checkpoint WHERE election_id = %s)",
            [election_id, election_id],
        )
        size, published = cursor.fetchone()
    if size == published:
        return None
    election = Election.objects.get(pk=election_id)
    if not election.entries.filter(number=0, kind="notice").exists():
        # It became void as a draft: no notice gave its board a key, and nobody reads it.
        return None
    key = require_own_key(election)
    right = _extend_tiles(election, published, size)
    state = SignedState(key.name, size, right.root())
    Checkpoint.objects.create(
        election=election, size=size, root=state.root, signed_at=now,
        note=sign_checkpoint(state, key=key).octets().decode(),
    )  # fmt: skip
    return int(size)


def publish_due(election: Election, *, now: datetime) -> int | None:
    """Publish, unless the last checkpoint is younger than a beat."""
    newest = Checkpoint.objects.filter(election=election).order_by("-size").first()
    if newest is not None and now - newest.signed_at < EVERY - EARLY:
        return None
    return publish_board(election.pk, now=now)


def publish_at_once(election_id: int, *, now: datetime) -> None:
    """Publish as soon as the act is committed. What fails then is logged, and never the act."""
    def publish() -> None:
        publish_board(election_id, now=now)

    transaction.on_commit(publish, robust=True)


def require_own_key(election: Election) -> SigningKey:
    """The key that signs this board, or a refusal where the installation now has another."""
    public = board_key(election)
    key = signing_key(public.name)
    if key.public() != public:
        raise Refusal(
            "board.other-key",
            "HUSTINGS_BOARD_KEY is not the key that the notice of poll names. Set the key that was "
            "in force when the notice was published: no other may sign this board.",
        )
    return key


def _extend_tiles(election: Election, published: int, size: int) -> RightTiles:
    right = read_right(published, read=lambda tile: stored_hashes(election, tile))
    for entries in _new_entries(election, published, size):
        right, written = right.extended(leaf_hashes(entries))
        _store(election, written)
    if right.size != size:
        raise LookupError(f"{size} entries are numbered and {right.size} are there")
    return right


def _new_entries(election: Election, first: int, size: int) -> Iterator[list[bytes]]:
    """What the log holds of the entries from a number on, some thousands at a time."""
    for start in range(first, size, CHUNK_ENTRIES):
        with connection.cursor() as cursor:
            cursor.execute(_ENTRIES, [election.pk, start, min(start + CHUNK_ENTRIES, size)])
            yield [log_entry(kind, bytes(body)) for kind, body in cursor.fetchall()]


def _store(election: Election, written: list[tuple[Tile, bytes]]) -> None:
    levels, numbers, hashes = zip(*((one.level, one.number, held) for one, held in written),
                                  strict=True)  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(_STORE, [election.pk, list(levels), list(numbers), list(hashes)])
