"""Undo an applied import: everybody it touched is again as they were, or nothing changes.

What was before is in the history (members.models.history). Somebody whom the import added is
deleted, unless a record of what was names them since (MemberReference): then they stay, as no
longer listed. Units that it
made stay, empty: rules and totals may name them, and an empty one shows as new again when a list
next names it.
"""

# ruff: noqa: S608
# The statements are put together from the names of the model's columns; every value is a parameter.

from __future__ import annotations

from datetime import datetime
from http import HTTPStatus
from typing import Final

from django.db import connection, transaction
from django.db.models import F

from members import selectors
from members.models import Change, ContactChange, ImportBatch, Member, MemberReference, Register
from members.services import comparing
from members.services.contact_notices import queue_import_notices
from members.services.history import lock_register, tell_history
from members.services.planning import give_memory
from office.progress import Report, silent
from office.refusal import Refusal
from office.services.audit import record
from office.services.jobs import open_job

_VOTES_REST_ON: Final = frozenset({"on the list", "standing", "joined_on", "paid_until"})


class _CannotBeUndone(Exception):
    """Carries the refusal out of the transaction, which it takes back."""

    def __init__(self, refusal: Refusal) -> None:
        self.refusal = refusal


@transaction.atomic
def request_undo(batch_id: int, *, by: int | None, now: datetime) -> None:
    """Have an applied import undone in the background. Asking twice opens one job."""
    batch = ImportBatch.objects.select_for_update().filter(pk=batch_id).first()
    if batch is None:
        raise Refusal("import.unknown", "There is no such import.", status=HTTPStatus.NOT_FOUND)
    if batch.state in (ImportBatch.State.UNDOING, ImportBatch.State.UNDONE):
        return
    if batch.state != ImportBatch.State.APPLIED:
        raise _not_applied(batch)
    _refuse_frozen(batch)
    _refuse_dependents(batch)
    batch.state = ImportBatch.State.UNDOING
    batch.undone_by_id = by
    batch.save(update_fields=["state", "undone_by"])
    open_job("undo_import", subject=("import", str(batch_id)), by=by, now=now)


def undo_import(batch_id: int, *, now: datetime, report: Report = silent) -> None:
    """Undo the import. Undoing one that is undone already does nothing.

    Where something has come to depend on it since it was asked, it stays applied.
    """
    try:
        _undo(batch_id, now=now, report=report)
    except _CannotBeUndone as found:
        ImportBatch.objects.filter(pk=batch_id, state=ImportBatch.State.UNDOING).update(
            state=ImportBatch.State.APPLIED, undone_by=None
        )
        raise found.refusal from None


@transaction.atomic
def _undo(batch_id: int, *, now: datetime, report: Report) -> None:
    batch = ImportBatch.objects.select_for_update().get(pk=batch_id)
    if batch.state == ImportBatch.State.UNDONE:
        return
    if batch.state != ImportBatch.State.UNDOING:
        raise _not_applied(batch)
    lock_register()
    give_memory()
    rows = batch.rows_changed + batch.members_gone + batch.rows_new
    report(stage="Looking for what depends on it", done=0, total=rows, unit="people")
    try:
        _refuse_frozen(batch)
        _refuse_dependents(batch)
    except Refusal as refusal:
        raise _CannotBeUndone(refusal) from None
    report(stage="Putting the membership list back", done=0, total=rows, unit="people")
    tell_history(Change.Source.UNDO, by=batch.undone_by_id, now=now, batch_id=batch.pk)
    restored = _restore_changed(batch.pk)
    report(done=restored)
    deleted, kept = _take_out_added(batch.pk)
    _refuse_other_figures(batch, restored=restored, taken_out=deleted + kept)
    report(done=rows)
    queue_import_notices(batch.pk, by=batch.undone_by_id, now=now, source="undo")
    _close(batch, now=now, figures={"restored": restored, "deleted": deleted, "unlisted": kept})


def _refuse_frozen(batch: ImportBatch) -> None:
    """Once contact details are frozen, nobody alone puts back what an import brought of them.

    Those of somebody new are among them: whoever takes a person out and sends them in again has
    changed their address, and no record of a change would show it. Nor does one person then take
    back who is listed, in what standing and from when: by a list that takes two (takes_two).
    """
    if not selectors.contacts.is_frozen():
        return
    if (
        batch.rows_new
        or batch.members_gone
        or _VOTES_REST_ON & set(batch.changes_by_field)
        or ContactChange.objects.filter(batch=batch).exists()
    ):
        raise Refusal(
            "import.undo-frozen",
            "Contact details are frozen, and this import changed some, or who is on the list, in "
            "what standing or from when. Send a list that puts it right: where that takes two "
            "people, applying it is proposed to a second officer.",
        )


def _refuse_dependents(batch: ImportBatch) -> None:
    found = selectors.dependents.dependents(batch)
    if found:
        raise Refusal(
            "import.undo-depends",
            "This import cannot be undone, because later acts depend on it. "
            + " ".join(each.words for each in found)
            + " Undo those first, the latest before the others, or put things right with a new "
            "list.",
        )


def _refuse_other_figures(batch: ImportBatch, *, restored: int, taken_out: int) -> None:
    """Refuse where the history does not hold all that the import did, or no longer fits."""
    did = (batch.rows_changed + batch.members_gone, batch.rows_new)
    if (restored, taken_out) != did:
        raise _CannotBeUndone(
            Refusal(
                "import.undo-incomplete",
                "This import cannot be undone exactly: not all that it changed is recorded as it "
                "was before, or somebody has changed it outside of this program. Nothing was "
                "changed. A new list can put things right.",
            )
        )


def _restore_changed(batch_id: int) -> int:
    """Write the columns that the import changed back over its people; how many it restored.

    Only where they still are what the import made of them.
    """
    columns = [
        field.column
        for field in Member._meta.concrete_fields
        if not field.primary_key and not field.generated
    ]
    return _rows(
        f"""
        UPDATE members_member m
        SET {", ".join(f"{name} = was.{name}" for name in columns)}
        FROM (
            SELECT before.* FROM members_change c
            JOIN members_member now ON now.id = c.member_id
            CROSS JOIN LATERAL jsonb_populate_record(now, c.before) AS before
            WHERE c.batch_id = %(batch)s AND c.source = 'import' AND to_jsonb(now) @> c.after
        ) was
        WHERE m.id = was.id
        """,
        batch_id,
    )


def _take_out_added(batch_id: int) -> tuple[int, int]:
    """Delete the people whom the import added, or mark those whom records name as not listed."""
    records = MemberReference.objects.filter(kind=MemberReference.Kind.RECORD)
    has_history = " OR ".join(
        f"EXISTS (SELECT 1 FROM {each.table} r WHERE r.{each.column} = m.id)" for each in records
    )
    kept = _rows(
        f"""
        UPDATE members_member m SET is_listed = false
        WHERE m.first_import_id = %(batch)s AND ({has_history})
        """,
        batch_id,
    )
    _forget_what_is_derived(batch_id, has_history)
    deleted = _rows(
        f"""
        DELETE FROM members_member m
        WHERE m.first_import_id = %(batch)s AND NOT ({has_history})
        """,
        batch_id,
    )
    return deleted, kept


def _forget_what_is_derived(batch_id: int, has_history: str) -> None:
    """Delete what programs made of the people who are to be deleted, and what a search found.

    Whoever stays, as no longer listed, is still searched for and compared.
    """
    leaving = (
        "SELECT m.id FROM members_member m"
        f" WHERE m.first_import_id = %(batch)s AND NOT ({has_history})"
    )
    for each in MemberReference.objects.filter(kind=MemberReference.Kind.DERIVED):
        _rows(f"DELETE FROM {each.table} WHERE {each.column} IN ({leaving})", batch_id)
    _rows(
        f"DELETE FROM members_pair WHERE state = 'open'"
        f" AND (first_id IN ({leaving}) OR second_id IN ({leaving}))",
        batch_id,
    )


def _close(batch: ImportBatch, *, now: datetime, figures: dict[str, int]) -> None:
    Register.objects.update(version=F("version") + 1)
    batch.state = ImportBatch.State.UNDONE
    batch.undone_at = now
    batch.save(update_fields=["state", "undone_at"])
    record("undo_import", subject=("import", str(batch.pk)), by=batch.undone_by_id, now=now,
           parameters={**figures})
    comparing.analyse_members()


def _not_applied(batch: ImportBatch) -> Refusal:
    return Refusal(
        "import.not-applied",
        f"This import is {batch.get_state_display()}; only one that was applied can be undone.",
    )


def _rows(query: str, batch_id: int) -> int:
    with connection.cursor() as cursor:
        cursor.execute(query, {"batch": batch_id})
        return int(cursor.rowcount)
