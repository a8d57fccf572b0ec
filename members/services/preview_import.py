"""Read an uploaded list and show what it would change, without changing anything.

The file is read once, row by row, into the import's own table; the database then compares the
two lists as sets. One transaction: a worker that dies leaves the upload as it was, and the
next one begins again.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from itertools import islice
from typing import Any, Final

from django.db import transaction

from members import selectors
from members.mapping import section_codes
from members.models import DestroyedFile, ImportBatch, MendableRow, RefusedRow, Register
from members.rollfile import FileRefused, RefusedLine, RollFile, Row, open_roll
from members.services import comparing, staging
from members.services.import_totals import keep_totals
from members.services.kept_files import destroy_file, kept_pieces
from office.progress import Report, silent
from office.refusal import Refusal
from office.services.audit import record

ROWS_A_TURN: Final = 10_000


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
        _fail(batch_id, refused, now=now)
        raise Refusal("import.unreadable", _in_words(refused)) from refused


@transaction.atomic
def _read_and_compare(batch_id: int, *, now: datetime, report: Report) -> None:
    batch = ImportBatch.objects.select_for_update().get(pk=batch_id)
    if batch.state != ImportBatch.State.READING:
        # Another worker had the row locked, and has read the file meanwhile.
        return
    RefusedRow.objects.filter(batch=batch).delete()
    MendableRow.objects.filter(batch=batch).delete()
    staging.make(batch_id)
    report(stage="Reading the file", done=0, total=batch.size_bytes, unit="bytes")
    opened = open_roll(kept_pieces(batch), sections=section_codes(), today=now.date())
    _stage(batch, opened, report)
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
    rows = iter(opened)
    while True:
        refused: list[RefusedLine] = []
        before = opened.rows_read
        staging.fill(batch.pk, _good(islice(rows, ROWS_A_TURN), refused))
        staging.fill_refusals(batch.pk, refused)
        report(done=opened.bytes_read)
        if opened.rows_read == before:
            return


def _good(rows: Iterator[Row | RefusedLine], refused: list[RefusedLine]) -> Iterator[Row]:
    for row in rows:
        if isinstance(row, Row):
            yield row
        else:
            refused.append(row)


@transaction.atomic
def _fail(batch_id: int, refused: FileRefused, *, now: datetime) -> None:
    batch = ImportBatch.objects.select_for_update().get(pk=batch_id)
    if batch.state != ImportBatch.State.READING:
        return
    batch.state = ImportBatch.State.FAILED
    batch.failure = {
        "trouble": refused.trouble.value,
        "line": refused.line,
        "found": refused.found,
        "reason": refused.reason,
        "remedy": refused.remedy,
    }
    batch.save(update_fields=["state", "failure"])
    record("refuse_import", subject=("import", str(batch_id)), by=batch.uploaded_by_id, now=now,
           parameters={"trouble": refused.trouble.value, "line": refused.line})
    destroy_file(batch, why=DestroyedFile.Why.UNREADABLE, by=batch.uploaded_by_id, now=now)


def _in_words(refused: FileRefused) -> str:
    where = f" (line {refused.line})" if refused.line else ""
    return f"{refused.reason[:-1]}{where}. {refused.remedy}"


def _figures(batch: ImportBatch) -> dict[str, Any]:
    return {
        "read": batch.rows_read,
        "new": batch.rows_new,
        "changed": batch.rows_changed,
        "unchanged": batch.rows_unchanged,
        "refused": batch.rows_refused,
        "gone": batch.members_gone,
    }
