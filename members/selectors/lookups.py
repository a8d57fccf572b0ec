"""Who looked at whom, and whose looking is out of the ordinary."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db.models import Count, Q, QuerySet

from members.models import ExportRecord, LookUp
from members.selectors.people import PAGE_ROWS

USUAL_DAYS: Final = 28
UNUSUAL_FROM: Final = 40
UNUSUAL_TIMES: Final = 3


@dataclass(frozen=True, slots=True)
class StaffFigures:
    """How much one member of staff looked, and whether the last day stands out."""

    person_id: int
    name: str
    day: int
    members: int
    before: int
    is_unusual: bool


def staff_figures(*, now: datetime) -> list[StaffFigures]:
    """Look-ups of the last day beside those of the four weeks before, the most first.

    Unusual is a day of 40 or more that is also more than three times that person's usual one.
    Somebody without a past has no usual day: there 40 alone is enough.
    """
    day_ago = now - timedelta(days=1)
    rows = (
        LookUp.objects.filter(at__gt=day_ago - timedelta(days=USUAL_DAYS), at__lte=now)
        .order_by()
        .values_list("by_id", "by__name")
        .annotate(
            day=Count("pk", filter=Q(at__gt=day_ago)),
            members=Count("member", distinct=True, filter=Q(at__gt=day_ago)),
            before=Count("pk", filter=Q(at__lte=day_ago)),
        )
        .order_by("-day", "-before", "by_id")
    )
    return [
        StaffFigures(by, name, day, members, before, _is_unusual(day, before))
        for by, name, day, members, before in rows
    ]


def _is_unusual(day: int, before: int) -> bool:
    return day >= UNUSUAL_FROM and day * USUAL_DAYS > UNUSUAL_TIMES * before


def members_looked_at_most(*, now: datetime, days: int = 7) -> list[tuple[int, str, int, int]]:
    """Who was looked at by three or more members of staff: key, number, by how many, how often."""
    return list(
        LookUp.objects.filter(at__gt=now - timedelta(days=days), at__lte=now)
        .exclude(member=None)
        .order_by()
        .values_list("member_id", "member__number")
        .annotate(staff=Count("by", distinct=True), times=Count("pk"))
        .filter(staff__gte=3)
        .order_by("-staff", "-times", "member_id")[:10]
    )


def look_ups(
    *, by: int | None = None, member_number_key: str = "", before: int | None = None
) -> list[LookUp]:
    """One page of the log, the newest first."""
    rows: QuerySet[LookUp] = LookUp.objects.select_related("by", "member").order_by("-pk")
    if by:
        rows = rows.filter(by_id=by)
    if member_number_key:
        rows = rows.filter(member__number_key=member_number_key)
    return list(rows.filter(pk__lt=before)[:PAGE_ROWS] if before else rows[:PAGE_ROWS])


def searched_again(rows: list[LookUp]) -> dict[str, int]:
    """How often each of these searches was made within a month, if more than once."""
    macs = {row.words_mac for row in rows} - {""}
    if not macs:
        return {}
    since = min(row.at for row in rows) - timedelta(days=30)
    counted = LookUp.objects.filter(words_mac__in=macs, at__gte=since)
    times = counted.order_by().values_list("words_mac").annotate(times=Count("pk"))
    return dict(times.filter(times__gt=1))


def exports() -> QuerySet[ExportRecord]:
    """The exports, the newest first."""
    return ExportRecord.objects.select_related("by").order_by("-pk")
