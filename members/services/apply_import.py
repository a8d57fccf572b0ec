"""Apply a previewed import: all of it in one transaction, or nothing."""

from __future__ import annotations

from datetime import datetime
from http import HTTPStatus

from django.db import transaction
from django.db.models import F

from members.models import Change, ImportBatch, Register
from members.services import changing, comparing, staging
from members.services.contact_notices import queue_import_notices
from members.services.find_pairs import request_search
from members.services.flag_contacts import SUBJECT as WHOLE_LIST
from members.services.history import lock_register, tell_history
from members.services.planning import give_memory
from members.services.takes_two import demand_second
from office.progress import Report, silent
from office.refusal import Refusal
from office.services.audit import record
from office.services.jobs import open_job


class _TakesTwo(Exception):
    """What one person might have applied when it was asked for takes two by now."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.code)
        self.refusal = refusal


class _Stale(Exception):
    """The membership list, or the staged rows, are not what the preview compared."""


@transaction.atomic
def request_apply(
    batch_id: int, *, by: int | None, now: datetime, seconded_by: int | None = None
) -> None:
    """Have a previewed import applied in the background. Asking twice opens one job.

    Where it takes two people (services.takes_two), a second is demanded: services.propose_import
    asks for one.
    """
    asked = ImportBatch.objects.filter(pk=batch_id, state=ImportBatch.State.PREVIEWED)
    if not asked.update(state=ImportBatch.State.APPLYING, applied_by=by):
        batch = ImportBatch.objects.filter(pk=batch_id).first()
        if batch is None:
            raise Refusal("import.unknown", "There is no such import.", status=HTTPStatus.NOT_FOUND)
        if batch.state in (ImportBatch.State.APPLYING, ImportBatch.State.APPLIED):
            return
        raise Refusal(
            "import.not-previewed",
            f"This import is {batch.get_state_display()}; only one that has been read "
            "and looked at can be applied.",
        )
    _demand_second(batch_id, seconded_by)
    open_job(
        "apply_import", subject=("import", str(batch_id)), by=by, now=now,
        parameters={"seconded_by": seconded_by},
    )  # fmt: skip


def apply_import(
    batch_id: int, *, now: datetime, seconded_by: int | None = None, report: Report = silent
) -> None:
    """Apply the import. Applying one that is applied already does nothing.

    seconded_by: the second person, where the import takes two.

    Where the list has changed since the preview, nothing is applied: the file is compared
    again, and a person looks at the new preview.
    """
    try:
        _apply(batch_id, now=now, seconded_by=seconded_by, report=report)
    except _TakesTwo as found:
        # Nothing was applied: the import can be proposed to a second person as it stands.
        _preview_again(batch_id)
        raise found.refusal from None
    except _Stale:
        _compare_again(batch_id, now=now)
        raise Refusal(
            "import.stale",
            "The membership list has changed since this file was compared with it. Nothing was "
            "applied; the file is being compared again, so that you can look once more.",
        ) from None


@transaction.atomic
def _apply(batch_id: int, *, now: datetime, seconded_by: int | None, report: Report) -> None:
    batch = ImportBatch.objects.select_for_update().filter(pk=batch_id).first()
    if batch is None or batch.state == ImportBatch.State.APPLIED:
        return
    if batch.state != ImportBatch.State.APPLYING:
        raise Refusal("import.not-previewed", f"This import is {batch.get_state_display()}.")
    register = lock_register()
    if register.version != batch.register_version or not _is_staged(batch):
        raise _Stale
    try:
        _demand_second(batch.pk, seconded_by)
    except Refusal as refusal:
        raise _TakesTwo(refusal) from None
    report(stage="Changing the membership list", done=0, total=_rows_to_write(batch), unit="rows")
    give_memory()
    tell_history(Change.Source.IMPORT, by=batch.applied_by_id, now=now, batch_id=batch.pk,
                 seconded_by=seconded_by)  # fmt: skip
    changing.add_units(batch_id)
    written = {"rows_changed": changing.change_members(batch_id)}
    report(done=written["rows_changed"])
    written["rows_new"] = changing.add_members(batch_id)
    report(done=written["rows_changed"] + written["rows_new"])
    written["members_gone"] = changing.unlist_gone(batch)
    if any(getattr(batch, name) != rows for name, rows in written.items()):
        raise _Stale
    queue_import_notices(batch.pk, by=batch.applied_by_id, now=now)
    _settle(batch, seconded_by=seconded_by, now=now)
    open_job("flag_contacts", subject=WHOLE_LIST, by=None, now=now)
    comparing.analyse_members()


def _demand_second(batch_id: int, seconded_by: int | None) -> None:
    """Refuse to apply alone what takes two people. Rows that are lost are compared anew."""
    batch = ImportBatch.objects.get(pk=batch_id)
    if _is_staged(batch):
        demand_second(batch, seconded_by=seconded_by)


def _preview_again(batch_id: int) -> None:
    ImportBatch.objects.filter(pk=batch_id, state=ImportBatch.State.APPLYING).update(
        state=ImportBatch.State.PREVIEWED, applied_by=None
    )


def _is_staged(batch: ImportBatch) -> bool:
    """Whether the import's table still holds its rows: a fall of the database empties it."""
    if not staging.is_there(batch.pk):
        return False
    ((rows,),) = staging.run("SELECT count(*) FROM {staged}", batch.pk)
    return int(rows) == batch.rows_new + batch.rows_changed + batch.rows_unchanged


def _rows_to_write(batch: ImportBatch) -> int:
    return batch.rows_changed + batch.rows_new + batch.members_gone


def _settle(batch: ImportBatch, *, seconded_by: int | None, now: datetime) -> None:
    """Close the import, and forget the staged rows. The file is kept until its day."""
    Register.objects.update(version=F("version") + 1)
    batch.state = ImportBatch.State.APPLIED
    batch.applied_at = now
    batch.save(update_fields=["state", "applied_at"])
    staging.drop(batch.pk)
    # Who is new or changed is looked at for records of the same person.
    request_search(by=batch.applied_by_id, now=now, is_whole=False)
    record(
        "apply_import",
        subject=("import", str(batch.pk)),
        by=batch.applied_by_id,
        seconded_by=seconded_by,
        now=now,
        parameters={
            "new": batch.rows_new,
            "changed": batch.rows_changed,
            "gone": batch.members_gone,
            "refused": batch.rows_refused,
            "losing": batch.people_losing,
        },
    )


@transaction.atomic
def _compare_again(batch_id: int, *, now: datetime) -> None:
    """Have the file compared anew, unless another worker or a person has settled the import."""
    batch = ImportBatch.objects.select_for_update().get(pk=batch_id)
    if batch.state != ImportBatch.State.APPLYING:
        return
    batch.state = ImportBatch.State.UPLOADED
    batch.save(update_fields=["state"])
    open_job("preview_import", subject=("import", str(batch_id)), by=batch.applied_by_id, now=now)
