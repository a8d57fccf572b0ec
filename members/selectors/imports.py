"""What the imports can be asked: what a file would change, and what was refused of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import Count, QuerySet

from members.models import ImportBatch, RefusedRow
from members.rollfile import Trouble
from members.rollfile.errors import TROUBLE_WORDS
from members.selectors.people import PAGE_ROWS


def imports() -> QuerySet[ImportBatch]:
    return ImportBatch.objects.select_related("section", "uploaded_by").order_by("-pk")


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


def refusals_by_reason(batch_id: int) -> list[tuple[str, str, int]]:
    """Each reason with what to do and how many rows have it, the most frequent first."""
    rows = (
        RefusedRow.objects.filter(batch_id=batch_id)
        .values_list("trouble")
        .annotate(lines=Count("line", distinct=True))
        .order_by("-lines", "trouble")
    )
    return [(*TROUBLE_WORDS[Trouble(trouble)], lines) for trouble, lines in rows]
