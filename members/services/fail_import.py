"""Close an import whose file as a whole cannot be read; nothing of it is kept but why."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from members.models import DestroyedFile, ImportBatch
from members.rollfile import FileRefused
from members.services.kept_files import destroy_file
from office.services.audit import record


@transaction.atomic
def fail_import(batch_id: int, refused: FileRefused, *, now: datetime) -> None:
    """Mark the import failed, with the line and the reason, unless it was settled meanwhile."""
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
    batch.sealed_look = b""
    batch.save(update_fields=["state", "failure", "sealed_look"])
    record("refuse_import", subject=("import", str(batch_id)), by=batch.uploaded_by_id, now=now,
           parameters={"trouble": refused.trouble.value, "line": refused.line})
    destroy_file(batch, why=DestroyedFile.Why.UNREADABLE, by=batch.uploaded_by_id, now=now)


def in_words(refused: FileRefused) -> str:
    """The refusal as a sentence, and what to do."""
    where = f" (line {refused.line})" if refused.line else ""
    return f"{refused.reason[:-1]}{where}. {refused.remedy}"
