"""What the imports can be asked: what a file would change, and what was refused of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby, islice
from typing import Final

from django.conf import settings
from django.db.models import Count, QuerySet

from members.models import (
    DestroyedFile,
    ImportBatch,
    Member,
    MendableRow,
    RefusedRow,
    SavedMapping,
)
from members.models.contacts import KINDS
from members.models.imports import ORDER_TAKEN
from members.rollfile import Trouble, number_key
from members.rollfile.columns import COLUMN_NAMES
from members.rollfile.errors import TROUBLE_WORDS
from members.rollfile.mending import protected
from members.selectors.people import PAGE_ROWS

_ROWS_A_TURN: Final = 2000
_NUMBER: Final = COLUMN_NAMES.index("number")
_WAYS_TO_REACH: Final = frozenset(
    column for kind in ("email", "phone", "address") for column in KINDS[kind]
)
_LEFT_OUT: Final = (
    "The address of this person is withheld: postal address, e-mail and telephone are left out "
    "here. Leave them blank: that changes nothing."
)


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


_ORDER_WORDS: Final = {"day_first": "day first", "month_first": "month first"}


def orders_taken(batch: ImportBatch) -> list[str]:
    """Of each column whose dates the file does not prove, how they were read, and by whose word."""
    saved = batch.saved_mapping
    return [
        f"The dates of “{note['found']}” are read {_ORDER_WORDS[note['order']]}, because the saved "
        f"mapping of {saved.source.name} says so; nothing in this file proves it. If the file is "
        "written otherwise, discard it, and send it again with dates like 2016-01-12."
        for note in batch.notes
        if saved is not None and note["kind"] == ORDER_TAKEN
    ]


def keep_until(batch: ImportBatch) -> datetime:
    """When the file of an import is due to be destroyed, or the import discarded."""
    return (batch.applied_at or batch.uploaded_at) + timedelta(days=settings.KEEP_IMPORTS_DAYS)


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
    Of somebody whose address is withheld the ways to reach them are left out, and that is said.
    """
    problems = groupby(refusals(batch_id, most=None), key=lambda problem: problem.line)
    told = next(problems, None)
    for line, cells, is_withheld in _cells_to_mend(batch_id):
        wrong: list[Refused] = []
        while told is not None and told[0] <= line:
            wrong = list(told[1]) if told[0] == line else wrong
            told = next(problems, None)
        yield (
            *map(protected, _without_ways(cells) if is_withheld else cells),
            " ".join([*(f"{each.column or 'the row'}: {each.reason}" for each in wrong),
                      *([_LEFT_OUT] if is_withheld else ())]),
            " ".join(dict.fromkeys(each.remedy for each in wrong)),
        )  # fmt: skip


def _cells_to_mend(batch_id: int) -> Iterator[tuple[int, list[str], bool]]:
    """Each refused row with its cells, and whether its number is of somebody withheld."""
    rows = MendableRow.objects.filter(batch_id=batch_id).order_by("line")
    found = rows.values_list("line", "cells").iterator(chunk_size=_ROWS_A_TURN)
    while turn := list(islice(found, _ROWS_A_TURN)):
        keys = {number_key(cells[_NUMBER].strip()) for _, cells in turn}
        withheld = set(
            Member.objects.filter(address_withheld=True, number_key__in=keys)
            .order_by().values_list("number_key", flat=True)
        )  # fmt: skip
        for line, cells in turn:
            yield line, cells, number_key(cells[_NUMBER].strip()) in withheld


def _without_ways(cells: list[str]) -> list[str]:
    return [
        "" if name in _WAYS_TO_REACH else cell
        for name, cell in zip(COLUMN_NAMES, cells, strict=True)
    ]


def refusals_by_reason(batch_id: int) -> list[tuple[str, str, int]]:
    """Each reason with what to do and how many rows have it, the most frequent first."""
    rows = (
        RefusedRow.objects.filter(batch_id=batch_id)
        .values_list("trouble")
        .annotate(lines=Count("line", distinct=True))
        .order_by("-lines", "trouble")
    )
    return [(*TROUBLE_WORDS[Trouble(trouble)], lines) for trouble, lines in rows]
