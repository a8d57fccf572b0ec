"""Look at an uploaded file, and have it read at once or ask a person what its columns are.

At once where nothing has to be asked: the documented format, and a file whose headers are those
of a saved mapping, as long as its dates and words are such as that mapping was made for.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from functools import partial
from itertools import chain
from typing import Any, Final

from django.db import transaction

from members.mapping import section_codes
from members.models import ImportBatch, SavedMapping
from members.models.imports import ORDER_TAKEN
from members.processes.unpacking import TextFile, as_text
from members.rollfile import (
    ColumnMapping,
    FileLook,
    FileRefused,
    FileTrouble,
    look_at,
    mapping_from_json,
    mapping_to_json,
    open_roll,
    sniff,
)
from members.rollfile.errors import shown
from members.rollfile.mapping import plain
from members.rollfile.recognising import KNOWN_HEADERS, propose_columns
from members.rollfile.sniffing import START_BYTES
from members.services.fail_import import fail_import, in_words
from members.services.fitting import unfit_parts, unproved_orders
from members.services.kept_files import kept_pieces, sealed_look
from office.progress import Report, silent
from office.refusal import Refusal
from office.services.audit import record
from office.services.jobs import open_job

_FEWEST_COLUMNS: Final = 2


def look_at_file(
    batch_id: int, *, now: datetime, encoding: str = "", report: Report = silent
) -> None:
    """Look at the file of an import. Asked again of one that is past it, it does nothing.

    encoding: what a person has chosen where the file does not prove it.
    """
    taken = ImportBatch.objects.filter(pk=batch_id, state__in=["uploaded", "reading"])
    if not taken.update(state=ImportBatch.State.READING):
        return
    try:
        _look(batch_id, now=now, encoding=encoding, report=report)
    except FileRefused as refused:
        fail_import(batch_id, refused, now=now)
        raise Refusal("import.unreadable", in_words(refused)) from refused


@transaction.atomic
def _look(batch_id: int, *, now: datetime, encoding: str, report: Report) -> None:
    batch = ImportBatch.objects.select_for_update().get(pk=batch_id)
    if batch.state != ImportBatch.State.READING:
        # Another worker had the row locked, and has looked meanwhile.
        return
    report(stage="Looking at the file", done=0, unit="bytes")
    if _is_documented(batch, now=now):
        batch.state = ImportBatch.State.UPLOADED
    else:
        with as_text(partial(kept_pieces, batch)) as text:
            look = _seen(batch, text, encoding=encoding)
            _refuse_no_list(look)
            _decide(batch, look, text)
    batch.save(update_fields=["state", "sealed_look", "mapping", "saved_mapping", "notes"])
    record("look_at_import", subject=("import", str(batch_id)), by=batch.uploaded_by_id, now=now,
           parameters={"asks": batch.state == ImportBatch.State.MAPPING})
    if batch.state == ImportBatch.State.UPLOADED:
        open_job("preview_import", subject=("import", str(batch_id)), by=batch.uploaded_by_id,
                 now=now)  # fmt: skip


def _is_documented(batch: ImportBatch, *, now: datetime) -> bool:
    """Whether the first line names the documented columns, and no other that we would know.

    A column named “Mobile” beside them would be dropped with a word on the preview; here
    somebody is asked first. The whole file is UTF-8, or it is not the documented format.
    """
    try:
        header = open_roll(kept_pieces(batch), sections={}, today=now.date()).header
    except FileRefused:
        return False
    if any(each.column for each in propose_columns([plain(name) for name in header.dropped])):
        return False
    return sniff(kept_pieces(batch)).encoding == "utf-8"


def _seen(batch: ImportBatch, text: TextFile, *, encoding: str) -> FileLook:
    if not text.is_workbook:
        return look_at(text.chunks, sniff(kept_pieces(batch), encoding=encoding))
    # A workbook is unpacked once: its text is ours, so the beginning shows the shape of it.
    start, rest = _start_of(text.chunks)
    shape = replace(sniff([start]), encoding="utf-8", delimiter=",", candidates=())
    return look_at(chain([start], rest), shape)


def _start_of(chunks: Iterator[bytes]) -> tuple[bytes, Iterator[bytes]]:
    start = bytearray()
    for chunk in chunks:
        start += chunk
        if len(start) >= START_BYTES:
            break
    return bytes(start), chunks


def _refuse_no_list(look: FileLook) -> None:
    """Prose and pictures have one column, and no name in it that a membership list has."""
    if len(look.columns) < _FEWEST_COLUMNS and not any(
        column.plain in KNOWN_HEADERS for column in look.columns
    ):
        raise FileRefused(FileTrouble.UNKNOWN_HEADER, line=look.shape.header_line,
                          found=look.columns[0].header)  # fmt: skip


def _decide(batch: ImportBatch, look: FileLook, text: TextFile) -> None:
    saved = _saved_for(look)
    mapping = _renewed(saved, look) if saved else None
    if saved and mapping and not unfit_parts(mapping, look, section_codes()):
        batch.mapping, batch.saved_mapping = mapping_to_json(mapping), saved
        batch.sealed_look, batch.state = b"", ImportBatch.State.UPLOADED
        batch.notes = [
            {"kind": ORDER_TAKEN, "line": 0, "found": shown(header)[:60], "order": order.value}
            for header, order in unproved_orders(mapping, look).items()
        ]
        return
    batch.sealed_look = sealed_look(batch.pk, _shown_look(look, text, saved))
    batch.state = ImportBatch.State.MAPPING


def _saved_for(look: FileLook) -> SavedMapping | None:
    """The one saved mapping, of the newest version of its source, that is for such headers."""
    headers = sorted(column.plain for column in look.columns)
    newest = SavedMapping.objects.order_by("source_id", "-version").distinct("source_id")
    found = [each for each in newest.select_related("source")
             if sorted(each.body["headers"]) == headers]  # fmt: skip
    return found[0] if len(found) == 1 else None


def _renewed(saved: SavedMapping, look: FileLook) -> ColumnMapping:
    """The saved mapping for the shape of this file.

    Where the file proves no encoding the saved one stays: it is taken or asked about (fitting),
    and never put right by a guess.
    """
    mapping = mapping_from_json(saved.body)
    return replace(
        mapping,
        encoding=mapping.encoding if look.shape.candidates else look.shape.encoding,
        delimiter=look.shape.delimiter,
        header_line=look.shape.header_line,
    )


def _shown_look(look: FileLook, text: TextFile, saved: SavedMapping | None) -> dict[str, Any]:
    """What the mapping page shows; forgotten as soon as the columns are matched."""
    proposals = propose_columns([column.plain for column in look.columns])
    return {
        "encoding": look.shape.encoding,
        "delimiter": look.shape.delimiter,
        "header_line": look.shape.header_line,
        "candidates": [
            {"encoding": each.encoding, "samples": list(each.samples)}
            for each in look.shape.candidates
        ],
        "sheet": shown(text.sheet),
        "other_sheets": [shown(sheet) for sheet in text.other_sheets[:20]],
        "rows": look.rows,
        "saved": saved.pk if saved else None,
        "columns": [
            {
                "header": column.header,
                "plain": column.plain,
                "samples": column.samples,
                "words": sorted(column.words) if column.words is not None else None,
                "order": column.dates.proved if column.dates else None,
                "is_dates": column.dates is not None,
                "contradiction": column.dates.contradiction if column.dates else None,
                "column": proposal.column,
                "sure": proposal.sure,
            }
            for column, proposal in zip(look.columns, proposals, strict=True)
        ],
    }
