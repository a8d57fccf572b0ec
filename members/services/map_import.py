"""Say what the columns of an uploaded file are; keep that for its source, and have it read."""

from __future__ import annotations

from datetime import datetime
from http import HTTPStatus
from typing import Any

from django.db import transaction

from members.mapping import section_codes
from members.models import ImportBatch, ImportSource, SavedMapping
from members.rollfile import (
    ColumnMapping,
    DateOrder,
    MappingRefused,
    mapping_from_json,
    mapping_to_json,
)
from members.rollfile.normal import fold
from members.services.kept_files import kept_look
from office.refusal import Refusal
from office.services.audit import record
from office.services.jobs import open_job


@transaction.atomic
def map_import(
    batch_id: int, *, source_name: str, body: object, by: int | None, now: datetime
) -> int:
    """Save a mapping under the name of its source and open the job that reads the file by it.

    body: the mapping as JSON (members.rollfile.mapping). Returns the saved mapping's key; one
    that is the same as its source's newest version is not saved again.
    """
    batch = waiting_batch(batch_id)
    mapping = _parsed(body)
    _refuse_dates_that_disagree(batch, mapping)
    saved = _saved(source_name, mapping, by=by, now=now)
    batch.mapping = mapping_to_json(mapping)
    batch.saved_mapping = saved
    batch.sealed_look = b""
    batch.state = ImportBatch.State.UPLOADED
    batch.save(update_fields=["mapping", "saved_mapping", "sealed_look", "state"])
    record("map_import", subject=("import", str(batch_id)), by=by, now=now,
           parameters={"source": saved.source_id, "version": saved.version})
    open_job("preview_import", subject=("import", str(batch_id)), by=by, now=now)
    return saved.pk


@transaction.atomic
def look_again(batch_id: int, *, encoding: str, by: int | None, now: datetime) -> None:
    """Have the file looked at in another encoding, one of those in which it makes sense."""
    batch = waiting_batch(batch_id)
    if encoding not in {each["encoding"] for each in kept_look(batch)["candidates"]}:
        raise Refusal("import.mapping", "Choose one of the encodings shown.",
                      status=HTTPStatus.BAD_REQUEST)
    batch.state, batch.sealed_look = ImportBatch.State.UPLOADED, b""
    batch.save(update_fields=["state", "sealed_look"])
    record("choose_encoding", subject=("import", str(batch_id)), by=by, now=now,
           parameters={"encoding": encoding})
    open_job("look_at_file", subject=("import", str(batch_id)), by=by, now=now,
             parameters={"encoding": encoding})


def waiting_batch(batch_id: int) -> ImportBatch:
    """The import, locked, if it waits to be told what its columns are."""
    batch = ImportBatch.objects.select_for_update().filter(pk=batch_id).first()
    if batch is None:
        raise Refusal("import.unknown", "There is no such import.", status=HTTPStatus.NOT_FOUND)
    if batch.state != ImportBatch.State.MAPPING:
        raise Refusal(
            "import.not-mapping",
            f"This import is {batch.get_state_display()}; what its columns are is not asked.",
        )
    return batch


def _parsed(body: object) -> ColumnMapping:
    try:
        mapping = mapping_from_json(body)
    except MappingRefused as refused:
        raise Refusal("import.mapping", refused.sentence,
                      status=HTTPStatus.BAD_REQUEST) from refused
    codes = set(section_codes().values())
    if not {*mapping.sections.values(), mapping.section or ""} <= {*codes, ""}:
        raise Refusal("import.mapping", "A word stands for no section that is known here.",
                      status=HTTPStatus.BAD_REQUEST)
    return mapping


def _refuse_dates_that_disagree(batch: ImportBatch, mapping: ColumnMapping) -> None:
    """Refuse an order that the file itself disproves, and dates that disprove one another.

    3/4 would be read without complaint in either order: the 13/4 beside it is what tells.
    """
    seen: dict[str, Any] = {each["plain"]: each for each in kept_look(batch)["columns"]}
    for name, order in mapping.dates.items():
        column = seen.get(mapping.columns[name])
        if column and column["contradiction"]:
            (line, value), (other_line, other_value) = column["contradiction"]
            raise Refusal(
                "import.mapping",
                f"The dates of “{column['header']}” contradict one another: line {line} has "
                f"{value} and line {other_line} has {other_value}. Correct the file and send it "
                "again, or leave the column out.",
                status=HTTPStatus.BAD_REQUEST,
            )
        if column and column["order"] not in (None, order.value, DateOrder.ISO.value):
            raise Refusal(
                "import.mapping",
                f"The dates of “{column['header']}” cannot be read in that order: some of them "
                "would have a thirteenth month.",
                status=HTTPStatus.BAD_REQUEST,
            )


def _saved(
    source_name: str, mapping: ColumnMapping, *, by: int | None, now: datetime
) -> SavedMapping:
    name = " ".join(source_name.split())
    if not fold(name) or len(name) > 80:
        raise Refusal("import.mapping", "Name the membership system, in 80 characters at most.",
                      status=HTTPStatus.BAD_REQUEST)
    source, _ = ImportSource.objects.get_or_create(key=fold(name)[:80], defaults={"name": name})
    # Two who save for one source wait for one another, and get two versions.
    ImportSource.objects.select_for_update().get(pk=source.pk)
    newest = SavedMapping.objects.filter(source=source).order_by("-version").first()
    body = mapping_to_json(mapping)
    if newest is not None and newest.body == body:
        return newest
    version = newest.version + 1 if newest is not None else 1
    return SavedMapping.objects.create(
        source=source, version=version, body=body, saved_by_id=by, saved_at=now
    )
