"""Take in a membership list: keep the file, and have it read in the background."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from datetime import datetime
from http import HTTPStatus
from pathlib import PurePath
from typing import Final

from django.db import transaction

from members.models import ImportBatch, Section
from members.services.kept_files import keep_piece
from office.refusal import Refusal
from office.services.audit import record
from office.services.jobs import open_job

LARGEST_BYTES: Final = 1 << 29
PIECE_BYTES: Final = 1 << 20


@transaction.atomic
def upload_import(
    pieces: Iterable[bytes],
    *,
    file_name: str,
    scope: str,
    section_id: int | None = None,
    by: int | None,
    now: datetime,
) -> int:
    """Keep an uploaded file and open the job that looks at it. Returns the import's id.

    pieces: the file, in pieces of any size; never held together in memory.
    scope:  what the file lists, and so who is gone if not in it: ImportBatch.Scope.
    """
    _refuse_scope(scope, section_id)
    batch = ImportBatch.objects.create(
        scope=scope,
        section_id=section_id,
        file_name=PurePath(file_name.replace("\\", "/")).name[:255],
        size_bytes=0,
        sha256="",
        uploaded_by_id=by,
        uploaded_at=now,
    )
    _keep(batch, pieces)
    record("import_roll", subject=("import", str(batch.pk)), by=by, now=now,
           parameters={"sha256": batch.sha256, "size_bytes": batch.size_bytes, "scope": scope})
    open_job("look_at_file", subject=("import", str(batch.pk)), by=by, now=now)
    return batch.pk


def _refuse_scope(scope: str, section_id: int | None) -> None:
    is_section = scope == ImportBatch.Scope.SECTION
    if scope not in ImportBatch.Scope.values or is_section != (section_id is not None):
        raise Refusal(
            "import.scope",
            "Say whether the file is the whole list, the whole list of one section "
            "(and which), or only some people.",
            status=HTTPStatus.BAD_REQUEST,
        )
    if section_id is not None and not Section.objects.filter(pk=section_id).exists():
        raise Refusal("import.scope", "There is no such section.", status=HTTPStatus.BAD_REQUEST)


def _keep(batch: ImportBatch, pieces: Iterable[bytes]) -> None:
    digest = hashlib.sha256()
    for place, piece in enumerate(_in_even_pieces(pieces)):
        digest.update(piece)
        batch.size_bytes += len(piece)
        if batch.size_bytes > LARGEST_BYTES:
            raise Refusal(
                "import.too-large",
                f"The file is larger than {LARGEST_BYTES >> 20} MB. Send it in parts, "
                "each marked as “Only some people”.",
                status=HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
            )
        keep_piece(batch.pk, place=place, piece=piece)
    if not batch.size_bytes:
        raise Refusal("import.empty", "The file is empty. Choose another one.",
                      status=HTTPStatus.BAD_REQUEST)
    batch.sha256 = digest.hexdigest()
    batch.save(update_fields=["size_bytes", "sha256"])


def _in_even_pieces(pieces: Iterable[bytes]) -> Iterator[bytes]:
    rest = bytearray()
    for piece in pieces:
        rest += piece
        while len(rest) >= PIECE_BYTES:
            yield bytes(rest[:PIECE_BYTES])
            del rest[:PIECE_BYTES]
    if rest:
        yield bytes(rest)
