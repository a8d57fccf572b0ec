"""Read an uploaded list and show what it would change, without changing anything.

The file is read once, row by row, into the import's own table; the database then compares the
two lists as sets. One transaction: a worker that dies leaves the upload as it was, and the
next one begins again.
"""

from __future__ import annotations

from contextlib import closing
from dataclasses import asdict
from datetime import datetime
from functools import partial
from typing import Any

from django.db import transaction

from members import selectors
from members.mapping import section_codes
from members.models import ImportBatch, MendableRow, RefusedRow, Register
from members.models.imports import ORDER_TAKEN
from members.processes.dividing import divided
from members.processes.unpacking import TextFile, as_text
from members.rollfile import (
    FileRefused,
    RollFile,
    mapping_from_json,
    open_roll,
)
from members.services import comparing, staging
from members.services.fail_import import fail_import, in_words
from members.services.import_totals import keep_totals
from members.services.kept_files import kept_pieces
from office.progress import Report, silent
from office.refusal import Refusal
from office.services.audit import record


def preview_import(batch_id: int, *, now: datetime, report: Report = silent) -> None:
    """Read the list of an import and work out new, changed, unchanged, gone and refused.

    A file that cannot be read at all leaves the import failed, with the line and the reason.
    Asked again of an import that is no longer waiting to be read, it does nothing.
    """
    taken = ImportBatch.objects.filter(pk=batch_id, state__in=["uploaded", "reading"])
    if not taken.update(state=ImportBatch.State.READING):
        return
    try:
        _read_and_compare(batch_id, now=now, report=report)
    except FileRefused as refused:
        fail_import(batch_id, refused, now=now)
        raise Refusal("import.unreadable", in_words(refused)) from refused


@transaction.atomic
def _read_and_compare(batch_id: int, *, now: datetime, report: Report) -> None:
    batch = ImportBatch.objects.select_for_update().get(pk=batch_id)
    if batch.state != ImportBatch.State.READING:
        # Another worker had the row locked, and has read the file meanwhile.
        return
    RefusedRow.objects.filter(batch=batch).delete()
    MendableRow.objects.filter(batch=batch).delete()
    staging.make(batch_id)
    with as_text(partial(kept_pieces, batch)) as text:
        # A workbook says nothing of how much text it will unpack to.
        total = None if text.is_workbook else batch.size_bytes
        report(stage="Reading the file", done=0, total=total, unit="bytes")
        opened = _opened(batch, text, now=now)
        _stage(batch, opened, report)
    _make_blanks_delete(batch)
    report(stage="Comparing with the membership list", done=0, total=opened.rows_read, unit="rows")
    batch.register_version = Register.objects.get().version
    comparing.refuse_repeats(batch_id)
    comparing.refuse_new_without_section(batch_id)
    batch.rows_read = opened.rows_read
    comparing.compare(batch)
    keep_totals(batch)
    batch.rows_refused = selectors.imports.lines_refused(batch_id)
    report(done=opened.rows_read)
    batch.columns_dropped = [name[:60] for name in opened.header.dropped[:100]]
    batch.notes = [*_orders_taken(batch), *_notes(opened)]
    batch.failure = {}
    batch.previewed_at = now
    batch.state = ImportBatch.State.PREVIEWED
    batch.save()
    record("preview_import", subject=("import", str(batch_id)), by=batch.uploaded_by_id, now=now,
           parameters=_figures(batch))


def _stage(batch: ImportBatch, opened: RollFile, report: Report) -> None:
    """Send the good rows to the import's table and the others to the refusals, in turns.

    In turns, so that the rows of one turn are all that is ever held, and progress shows.
    """
    with closing(opened.in_batches(divided)) as turns:
        for turn in turns:
            staging.fill(batch.pk, turn.text)
            staging.fill_refusals(batch.pk, turn.refused)
            report(done=opened.bytes_read)


def _opened(batch: ImportBatch, text: TextFile, *, now: datetime) -> RollFile:
    mapping = mapping_from_json(batch.mapping) if batch.mapping else None
    return open_roll(
        text.chunks, sections=section_codes(), today=now.date(), mapping=mapping
    )


def _make_blanks_delete(batch: ImportBatch) -> None:
    """Where the mapping says so, a blank cell is staged as the empty value and not as no news."""
    for column in mapping_from_json(batch.mapping).deletes if batch.mapping else ():
        staging.make_blanks_delete(batch.pk, column)


def _orders_taken(batch: ImportBatch) -> list[dict[str, Any]]:
    """What the look at the file noted, which a reading does not see."""
    return [note for note in batch.notes if note["kind"] == ORDER_TAKEN]


def _notes(opened: RollFile) -> list[dict[str, Any]]:
    notes = [asdict(note) for note in opened.notes]
    if opened.letters_o:
        notes.append({"kind": "letters_o", "line": 0, "found": str(opened.letters_o)})
    return notes


def _figures(batch: ImportBatch) -> dict[str, Any]:
    return {
        "read": batch.rows_read,
        "new": batch.rows_new,
        "changed": batch.rows_changed,
        "unchanged": batch.rows_unchanged,
        "refused": batch.rows_refused,
        "gone": batch.members_gone,
    }
