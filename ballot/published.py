"""What has been published of a board: the newest signed checkpoint, tiles, bundles, proofs.

Everything is read within a checkpoint's size; what came since is not published yet. The shapes are
those of docs/spec/board.md.
"""

from __future__ import annotations

from typing import Any, Final

from django.db import connection

from ballot.board.note import Note, VerifierKey, read_key, read_note, read_signatures
from ballot.board.proof_file import ProofFile
from ballot.board.spelling import HASH_BYTES
from ballot.board.tiles import ENTRIES, WIDTH, Tile, TileNodes, write_bundle
from ballot.board.tree import consistency_proof, inclusion_proof
from ballot.canonical import read_canonical
from ballot.mapping.entry import log_entry
from ballot.models import Checkpoint, Election, Entry

_HASHES: Final = """
SELECT substring(hashes FROM 1 FOR %s) FROM ballot_logtile
 WHERE election_id = %s AND level = %s AND number = %s
"""


def board_key(election: Election) -> VerifierKey:
    """The key that signs this board, as its first entry names it.

    Raises: Entry.DoesNotExist while there is no notice of poll, and so no board.
    """
    notice = Entry.objects.get(election=election, number=0)
    said: Any = read_canonical(bytes(notice.body))
    return read_key(said["content"]["board"])


def newest_checkpoint(election: Election) -> Checkpoint | None:
    """The last one that was signed; None before the first."""
    rows = Checkpoint.objects.filter(election=election).order_by("-size")
    return rows.prefetch_related("cosignatures").first()


def note_of(checkpoint: Checkpoint) -> Note:
    """The signed checkpoint, with every cosignature that came for it."""
    lines = "".join(one.line for one in checkpoint.cosignatures.all())
    note = read_note(checkpoint.note.encode())
    return note.with_signatures(read_signatures(lines)) if lines else note


def tile_octets(election: Election, tile: Tile, *, size: int) -> bytes | None:
    """The bytes of a tile or a bundle of the tree of a size; None where that tree has none such."""
    height = 8 * max(tile.level, 0)
    if tile.number * WIDTH + tile.width > size >> height:
        return None
    if tile.level == ENTRIES:
        return _bundle(election, tile)
    return stored_hashes(election, tile)


def _bundle(election: Election, tile: Tile) -> bytes:
    first = tile.number * WIDTH
    rows = Entry.objects.filter(
        election=election, number__gte=first, number__lt=first + tile.width
    )
    return write_bundle(
        log_entry(kind, bytes(body))
        for kind, body in rows.order_by("number").values_list("kind", "body")
    )


def stored_hashes(election: Election, tile: Tile) -> bytes:
    """What a tile held when it was as wide as asked: it has only grown since."""
    # A proof reads half a dozen of them: by statement, without the model's own work.
    with connection.cursor() as cursor:
        cursor.execute(_HASHES, [HASH_BYTES * tile.width, election.pk, tile.level, tile.number])
        row = cursor.fetchone()
    return bytes(row[0]) if row else b""


def logged_leaf(election: Election, number: int) -> bytes:
    """The leaf of an entry as the log has it, which stays where the entry was destroyed."""
    place = number % WIDTH
    return stored_hashes(election, Tile(0, number // WIDTH, place + 1))[HASH_BYTES * place :]


def nodes_of(election: Election, size: int) -> TileNodes:
    """The nodes of the tree of a size, to make proofs from."""
    return TileNodes(size, read=lambda tile: stored_hashes(election, tile))


def proof_of_entry(checkpoint: Checkpoint, number: int) -> ProofFile:
    """That an entry is on the board, within a checkpoint at least one larger than its number."""
    nodes = nodes_of(checkpoint.election, checkpoint.size)
    proof = inclusion_proof(number, checkpoint.size, node=nodes)
    return ProofFile(number, tuple(proof), note_of(checkpoint))


def proof_of_growth(checkpoint: Checkpoint, *, since: int) -> list[bytes]:
    """That the board at a checkpoint continues what it was at a smaller size."""
    nodes = nodes_of(checkpoint.election, checkpoint.size)
    return consistency_proof(since, checkpoint.size, node=nodes)


