"""Throw an import away: nothing of the file is kept but its hash, who sent it and when.

The file is destroyed at once, with a certificate (services.kept_files).
"""

from __future__ import annotations

from datetime import datetime
from http import HTTPStatus
from typing import Final

from django.db import transaction

from members.models import DestroyedFile, ImportBatch, ImportTotal, RefusedRow
from members.services import staging
from members.services.kept_files import destroy_file
from office.refusal import Refusal
from office.services.audit import record

_APPLIED: Final = (
    ImportBatch.State.APPLIED, ImportBatch.State.UNDOING, ImportBatch.State.UNDONE,
)  # fmt: skip


@transaction.atomic
def discard_import(batch_id: int, *, by: int | None, now: datetime) -> None:
    """Discard an import that was not applied. Discarding it twice is no error.

    Of one that a worker is busy with, it waits until the worker is done.
    """
    batch = ImportBatch.objects.select_for_update().filter(pk=batch_id).first()
    if batch is None:
        raise Refusal("import.unknown", "There is no such import.", status=HTTPStatus.NOT_FOUND)
    if batch.state == ImportBatch.State.DISCARDED:
        return
    if batch.state in _APPLIED:
        raise Refusal(
            "import.not-discardable",
            "This import was applied, so it cannot be discarded. It can be undone, or a later "
            "list can put right what it changed.",
        )
    discard_locked(batch, why=DestroyedFile.Why.DISCARDED, by=by, now=now)


def discard_locked(
    batch: ImportBatch, *, why: DestroyedFile.Why, by: int | None, now: datetime
) -> None:
    """Discard an import whose row the caller has locked, and that was not applied."""
    batch.state = ImportBatch.State.DISCARDED
    batch.sealed_look = b""
    batch.units_new = []
    batch.failure = {key: batch.failure[key] for key in batch.failure if key != "found"}
    batch.save(update_fields=["state", "units_new", "failure", "sealed_look"])
    RefusedRow.objects.filter(batch=batch).delete()
    ImportTotal.objects.filter(batch=batch).delete()
    staging.drop(batch.pk)
    record("discard_import", subject=("import", str(batch.pk)), by=by, now=now)
    destroy_file(batch, why=why, by=by, now=now)
