"""What the imports can be asked: what a file would change, and what was refused of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby

from django.conf import settings
from django.db.models import Count, QuerySet

from members.models import DestroyedFile, ImportBatch, MendableRow, RefusedRow, SavedMapping
from members.rollfile import Trouble
from members.rollfile.errors import TROUBLE_WORDS
from members.rollfile.mending import protected
from members.selectors.people import PAGE_ROWS


def imports() -> QuerySet[ImportBatch]:
    found = ImportBatch.objects.select_related("section", "uploaded_by", "saved_mapping__source")
    return found.order_by("-pk")


def saved_mapping(mapping_id: int | None) -> SavedMapping | None:
    """The saved mapping whose headers a file has, if there is one."""
    if mapping_id is None:
        return None
    return SavedMapping.objects.select_related("source").filter(pk=mapping_id).first()


def newest_mapping(source_key: str) -> SavedMapping | None:
    """The newest mapping of the source of this name, in its normal form."""
    found = SavedMapping.objects.select_related("source").filter(source__key=source_key)
    return found.order_by("-version").first()


def keep_until(batch: ImportBatch) -> datetime | None:
    """When the file of an import is due to be destroyed; None before it was applied."""
    if batch.applied_at is None:
        return None
    return batch.applied_at + timedelta(days=settings.KEEP_IMPORTS_DAYS)


def destroyed_file(batch: ImportBatch) -> DestroyedFile | None:
    """The certificate that the file of an import is gone, if it is."""
    return DestroyedFile.objects.filter(batch=batch).first()


def lines_refused(batch_id: int) -> int:
    """How many rows of a file were refused; a row may have several refused cells."""
    return _lines(RefusedRow.objects.filter(batch_id=batch_id))


def lines_refused_without_number(batch_id: int) -> int:
    """How many refused rows cannot be told to be anybody's."""
    return _lines(RefusedRow.objects.filter(batch_id=batch_id, number_key=""))


def _lines(rows: QuerySet[RefusedRow]) -> int:
    return int(rows.aggregate(lines=Count("line", distinct=True))["lines"])


@dataclass(frozen=True, slots=True)
class Refused:
    """A refused cell, with the words for it."""

    line: int
    column: str
    value: str
    reason: str
    remedy: str


def refusals(
    batch_id: int, *, after_line: int = 0, most: int | None = PAGE_ROWS
) -> Iterator[Refused]:
    """Refused cells in the order of the file, from the line after the given one."""
    rows = RefusedRow.objects.filter(batch_id=batch_id, line__gt=after_line)
    found = rows.order_by("line", "column").values_list("line", "column", "value", "trouble")
    if most is not None:
        found = found[:most]
    for line, column, value, trouble in found.iterator(chunk_size=2000):
        reason, remedy = TROUBLE_WORDS[Trouble(trouble)]
        yield Refused(line, column, value, reason, remedy)


def mendable_rows(batch_id: int) -> Iterator[tuple[str, ...]]:
    """Each refused row as it stood, with what is wrong and what to do, in the file's order.

    Cells that a spreadsheet would run are protected (rollfile.mending). Both tables are read
    in step, a few thousand rows at a time: however many are refused, no more are held.
    """
    problems = groupby(refusals(batch_id, most=None), key=lambda problem: problem.line)
    told = next(problems, None)
    rows = MendableRow.objects.filter(batch_id=batch_id).order_by("line")
    for line, cells in rows.values_list("line", "cells").iterator(chunk_size=2000):
        wrong: list[Refused] = []
        while told is not None and told[0] <= line:
            wrong = list(told[1]) if told[0] == line else wrong
            told = next(problems, None)
        yield (
            *map(protected, cells),
            " ".join(f"{each.column or 'the row'}: {each.reason}" for each in wrong),
            " ".join(dict.fromkeys(each.remedy for each in wrong)),
        )


def refusals_by_reason(batch_id: int) -> list[tuple[str, str, int]]:
    """Each reason with what to do and how many rows have it, the most frequent first."""
    rows = (
        RefusedRow.objects.filter(batch_id=batch_id)
        .values_list("trouble")
        .annotate(lines=Count("line", distinct=True))
        .order_by("-lines", "trouble")
    )
    return [(*TROUBLE_WORDS[Trouble(trouble)], lines) for trouble, lines in rows]
