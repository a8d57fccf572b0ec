"""The files that were sent in: kept encrypted, read by the workers alone, destroyed by date.

Each piece is encrypted with the key of the environment and bound to its import and its place
(office.enclosure), so that a piece of another file, or one in another place, does not open; and
what was read has the SHA-256 of what was sent, or it is refused: no piece can be left out.
Nobody can download a file again: what it holds is on the membership list, or was refused.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from members.models import DestroyedFile, ImportBatch, ImportPiece, MendableRow, RefusedRow
from office.enclosure import EnclosureDoesNotOpen, open_piece, seal_piece
from office.refusal import Refusal
from office.services.audit import record


def keep_piece(batch_id: int, *, place: int, piece: bytes) -> None:
    """Keep one piece of a file."""
    sealed = seal_piece(piece, file=_named(batch_id), place=place)
    ImportPiece.objects.create(batch_id=batch_id, place=place, body=sealed)


def kept_pieces(batch: ImportBatch) -> Iterator[bytes]:
    """The file again, piece by piece. Raises Refusal where it is not what was sent."""
    digest = hashlib.sha256()
    places = ImportPiece.objects.filter(batch=batch).order_by("place")
    for place in list(places.values_list("place", flat=True)):
        piece = _opened(batch.pk, place)
        digest.update(piece)
        yield piece
    if digest.hexdigest() != batch.sha256:
        raise _not_as_sent()


def _opened(batch_id: int, place: int) -> bytes:
    sealed = bytes(ImportPiece.objects.get(batch_id=batch_id, place=place).body)
    try:
        return open_piece(sealed, file=_named(batch_id), place=place)
    except EnclosureDoesNotOpen:
        raise _not_as_sent() from None


def sealed_look(batch_id: int, look: dict[str, Any]) -> bytes:
    """What was seen of a file, samples of its values included, as it is kept: encrypted."""
    return seal_piece(json.dumps(look).encode(), file=_look_named(batch_id), place=0)


def kept_look(batch: ImportBatch) -> dict[str, Any]:
    """What was seen of the file of an import that waits to be told what its columns are.

    Raises Refusal where it does not open.
    """
    try:
        seen = open_piece(bytes(batch.sealed_look), file=_look_named(batch.pk), place=0)
    except EnclosureDoesNotOpen:
        raise _not_as_sent() from None
    return dict(json.loads(seen))


def _look_named(batch_id: int) -> str:
    return f"look at {_named(batch_id)}"


def _not_as_sent() -> Refusal:
    return Refusal(
        "import.file-does-not-open",
        "The file that was kept does not open, or is not the one that was sent. Either the "
        "server’s sealing key (HUSTINGS_SEALING_KEY) is another one now, or somebody has changed "
        "what the database keeps. Nothing of the file was taken. With the former key in place "
        "this can be tried again; otherwise discard this import and send the file once more.",
    )


def _named(batch_id: int) -> str:
    return f"import {batch_id}"


def destroy_file(batch: ImportBatch, *, why: DestroyedFile.Why, by: int | None,
                 now: datetime) -> None:  # fmt: skip
    """Destroy an import's file with all that was kept of its rows, and write the certificate.

    In the caller's transaction. Which cells were refused for which reason stays, without what
    stood in them; so do the lines that were passed over or looked odd. Destroying twice is no
    error.
    """
    pieces, _ = ImportPiece.objects.filter(batch=batch).delete()
    MendableRow.objects.filter(batch=batch).delete()
    RefusedRow.objects.filter(batch=batch).update(value="", number_key="")
    batch.notes = [note if note["kind"] == "letters_o" else {**note, "found": ""}
                   for note in batch.notes]  # fmt: skip
    batch.save(update_fields=["notes"])
    _, is_first = DestroyedFile.objects.get_or_create(
        batch=batch,
        defaults={"at": now, "why": why, "sha256": batch.sha256,
                  "size_bytes": batch.size_bytes, "pieces": pieces},
    )  # fmt: skip
    if is_first:
        record("destroy_file", subject=("import", str(batch.pk)), by=by, now=now,
               parameters={"sha256": batch.sha256, "size_bytes": batch.size_bytes,
                           "why": why.value, "pieces": pieces})
