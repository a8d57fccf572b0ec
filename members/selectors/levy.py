"""What the affiliates' lists can be asked: for whom the affiliate has confirmed the levy."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from django.db.models import Count, Q, QuerySet

from members.models import Member

AFFILIATED: Final = "affiliated"
"""Code of the section of those who are entitled through an affiliate (migration 0003)."""
HEADER: Final = ("number", "given_name", "family_name", "section", "unit", "levy_confirmed")


@dataclass(frozen=True, slots=True)
class LevyTotal:
    """One affiliate, and for how many of its people the levy is confirmed."""

    affiliate: str
    unit_id: int
    confirmed: int
    not_confirmed: int
    unknown: int


def levy_totals() -> list[LevyTotal]:
    """By affiliate, in the order of names; people without an affiliate last, as unit 0."""
    rows = (
        _affiliated()
        .order_by("unit__key")
        .values_list("unit__name", "unit_id")
        .annotate(
            confirmed=Count("pk", filter=Q(levy_confirmed=True)),
            not_confirmed=Count("pk", filter=Q(levy_confirmed=False)),
            unknown=Count("pk", filter=Q(levy_confirmed__isnull=True)),
        )
    )
    return [LevyTotal(name or "No affiliate given", unit or 0, *counts)
            for name, unit, *counts in rows]  # fmt: skip


def without_levy(unit_id: int) -> Iterator[tuple[str, ...]]:
    """Those of one affiliate for whom the levy is not confirmed, as rows to send to it.

    The columns are those of an import: filled in, the file comes back as "only some people".
    No address is among them: the affiliate knows its own people by number and name.
    """
    rows = (
        _affiliated()
        .filter(Q(unit_id=unit_id) if unit_id else Q(unit__isnull=True))
        .exclude(levy_confirmed=True)
        .order_by("name_key", "pk")
        .values_list("number", "given_name", "family_name", "section__code", "unit__name",
                     "levy_confirmed")
    )  # fmt: skip
    for *cells, confirmed in rows.iterator(chunk_size=2_000):
        yield (*(cell or "" for cell in cells), "" if confirmed is None else "no")


def _affiliated() -> QuerySet[Member]:
    return Member.objects.filter(section__code=AFFILIATED, is_listed=True)
