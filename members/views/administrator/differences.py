"""What an import would change, page by page: who is new, changed, gone, and units beside before.

The rows are there while the import waits to be applied or discarded; the totals stay. Whoever
looks at people here is written down, as wherever the list is gone through.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from members import selectors, services
from members.models import ImportBatch
from members.selectors import differences, totals
from members.views.paging import row_named
from office.access import StaffRequest, staff_only

_BAR_WIDTH = 600
_ASKED = selectors.people.PAGE_ROWS + 1


@staff_only("see_members")
@require_GET
def import_new(request: StaffRequest, batch_id: int) -> HttpResponse:
    return _page(request, batch_id, differences.new_people, "members/import_new.html")


@staff_only("see_members")
@require_GET
def import_changed(request: StaffRequest, batch_id: int) -> HttpResponse:
    return _page(request, batch_id, differences.changed_people, "members/import_changed.html")


@staff_only("see_members")
@require_GET
def import_gone(request: StaffRequest, batch_id: int) -> HttpResponse:
    return _page(request, batch_id, differences.gone_people, "members/import_gone.html")


@staff_only("see_members")
@require_GET
def import_alike(request: StaffRequest, batch_id: int) -> HttpResponse:
    return _page(request, batch_id, differences.alike_people, "members/import_alike.html")


@staff_only("see_members")
@require_GET
def import_units(request: StaffRequest, batch_id: int) -> HttpResponse:
    """Every unit's figures; those of no unit stand first."""
    batch = batch_or_404(batch_id)
    after = request.GET.get("after", "").replace("\x00", "")
    units, next_url = _one_page(totals.totals_by_unit(batch, after=after, most=_ASKED), "key")
    without = None if after else totals.no_unit(batch)
    return render(
        request,
        "members/import_units.html",
        {
            "batch": batch,
            "units": [without, *units] if without else units,
            "last": totals.last_applied(batch),
            "next_url": next_url,
        },
    )


def _page(
    request: StaffRequest, batch_id: int, ask: Callable[..., Sequence[Any]], template: str
) -> HttpResponse:
    batch = batch_or_404(batch_id)
    is_there = differences.is_written_down(batch)
    found = ask(batch, after=row_named(request), most=_ASKED) if is_there else []
    rows, next_url = _one_page(found, "place")
    if rows:
        services.record_search("", hits=len(rows), by=request.user.pk, now=timezone.now())
    return render(
        request,
        template,
        {
            "batch": batch,
            "is_there": is_there,
            "rows": rows,
            "next_url": next_url,
        },
    )


def _one_page(found: Sequence[Any], key: str) -> tuple[list[Any], str]:
    """One page of what was found, and the address of the next: there, if a row was left over."""
    rows = list(found[: selectors.people.PAGE_ROWS])
    is_more = len(found) > len(rows)
    return rows, "?" + urlencode({"after": getattr(rows[-1], key)}) if is_more else ""


def section_bars(sections: Sequence[totals.Total]) -> list[dict[str, object]]:
    """One bar a section: those who stay, who join and who leave, beside the largest section."""
    largest = max((each.before + each.joining for each in sections), default=0)
    return [_bar(each, largest) for each in sections]


def _bar(section: totals.Total, largest: int) -> dict[str, object]:
    bar: dict[str, object] = {"total": section}
    place = 0
    for name, people in (
        ("staying", section.before - section.leaving),
        ("joining", section.joining),
        ("leaving", section.leaving),
    ):  # fmt: skip
        width = round(_BAR_WIDTH * people / largest) if largest else 0
        bar[name] = {"people": people, "x": place, "width": width}
        place += width
    return bar


def batch_or_404(batch_id: int) -> ImportBatch:
    batch = selectors.imports.imports().filter(pk=batch_id).first()
    if batch is None:
        raise Http404
    return batch
