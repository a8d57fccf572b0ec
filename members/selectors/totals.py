"""What an import would leave of each section and unit, beside the list and the import before it.

Written with the preview (services.import_totals) and kept when the import is settled.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from django.db.models import F, Max, Q, QuerySet, Sum
from django.db.models.functions import Greatest

from members.models import ImportBatch, ImportTotal
from members.selectors.people import PAGE_ROWS

UNIT_MOVES_PERCENT: Final = 10
"""A unit that loses or gains more than this share of its people is pointed out …"""
UNIT_MOVES_PEOPLE: Final = 10
"""… if it is as many people as this: in a unit of three, one is no sign of anything."""



@dataclass(frozen=True, slots=True)
class Total:
    """One section's or one unit's figures. last: in the last such import's file, if any."""

    name: str
    before: int
    in_file: int
    after: int
    joining: int
    leaving: int
    last: int | None
    key: str = ""

    @property
    def is_moved(self) -> bool:
        """Whether so many leave or join that a person should look."""
        moved = max(self.joining, self.leaving)
        return moved >= UNIT_MOVES_PEOPLE and moved * 100 > self.before * UNIT_MOVES_PERCENT


_SUMS: Final = {name: Sum(name) for name in ("before", "in_file", "after", "joining", "leaving")}


def last_applied(batch: ImportBatch) -> ImportBatch | None:
    """The import before this one of the same kind of file that was applied and stands."""
    return (
        ImportBatch.objects.filter(
            state=ImportBatch.State.APPLIED, scope=batch.scope, section=batch.section,
            pk__lt=batch.pk,
        )
        .order_by("-applied_at")
        .first()
    )  # fmt: skip


def totals_by_section(batch: ImportBatch) -> list[Total]:
    """The figures of each section, in the order of sections."""
    last = _last_in_file(batch, "section_id")
    rows: Any = (
        ImportTotal.objects.filter(batch=batch)
        .order_by("section__precedence")
        .values("section_id", "section__name")
        .annotate(**_sums())
    )
    return [_total(row, row["section__name"], last, row["section_id"]) for row in rows]


def totals_by_unit(
    batch: ImportBatch, *, after: str = "", most: int = PAGE_ROWS
) -> list[Total]:
    """The figures of each unit, in the order of units, from the one after the given key."""
    last = _last_in_file(batch, "unit_key")
    rows = _units(batch).filter(unit_key__gt=after).order_by("unit_key")[:most]
    return [_unit_total(row, last) for row in rows]


def no_unit(batch: ImportBatch) -> Total | None:
    """The figures of those who belong to no unit."""
    last = _last_in_file(batch, "unit_key")
    row = _units(batch).filter(unit_key="").order_by("unit_key").first()
    return _unit_total(row, last) if row else None


def units_moved(batch: ImportBatch, *, most: int = PAGE_ROWS) -> list[Total]:
    """The units that lose or gain more than the stated share, the most people first."""
    last = _last_in_file(batch, "unit_key")
    percent = F("sum_before") * UNIT_MOVES_PERCENT
    many = Q(sum_joining__gte=UNIT_MOVES_PEOPLE) & Q(joining_hundredfold__gt=percent)
    lost = Q(sum_leaving__gte=UNIT_MOVES_PEOPLE) & Q(leaving_hundredfold__gt=percent)
    rows = (
        _units(batch)
        .annotate(
            joining_hundredfold=F("sum_joining") * 100,
            leaving_hundredfold=F("sum_leaving") * 100,
            moved=Greatest(F("sum_joining"), F("sum_leaving")),
        )
        .filter(many | lost)
        .order_by("-moved", "unit_key")
    )
    return [_unit_total(row, last) for row in rows[:most]]


def _sums() -> dict[str, Sum]:
    return {f"sum_{name}": total for name, total in _SUMS.items()}


def _units(batch: ImportBatch) -> QuerySet[ImportTotal, Any]:
    return (
        ImportTotal.objects.filter(batch=batch)
        .order_by()
        .values("unit_key")
        .annotate(**_sums(), name=Max("unit_name"))
    )


def _last_in_file(batch: ImportBatch, by: str) -> dict[Any, int] | None:
    last = last_applied(batch)
    if last is None:
        return None
    rows = ImportTotal.objects.filter(batch=last).order_by().values_list(by)
    return dict(rows.annotate(people=Sum("in_file")))


def _unit_total(row: dict[str, Any], last: dict[Any, int] | None) -> Total:
    return _total(row, row["name"] or "No unit", last, row["unit_key"])


def _total(row: dict[str, Any], name: str, last: dict[Any, int] | None, key: Any) -> Total:
    sums = {each: row[f"sum_{each}"] for each in _SUMS}
    return Total(name=name, last=None if last is None else last.get(key, 0), key=str(key), **sums)
