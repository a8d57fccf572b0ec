"""Who at the desk looked at whom: for officers and the scrutineer."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from members import selectors, services
from members.models import LookUp
from members.rollfile import number_key
from members.selectors.people import PAGE_ROWS
from members.views.on_record import exports_on_record
from office.access import StaffRequest, may, staff_only
from office.views.asked import key_asked, words_asked


@staff_only("see_look_ups")
@require_GET
def look_ups(request: StaffRequest) -> HttpResponse:
    person, number = key_asked(request, "person"), words_asked(request, "number")
    before = key_asked(request, "before")
    rows = selectors.lookups.look_ups(
        by=person, member_number_key=number_key(number)[:32] if number else "", before=before
    )
    most = selectors.lookups.members_looked_at_most(now=timezone.now())
    again = selectors.lookups.searched_again(rows)
    _record(rows, most, by=request.user.pk)
    next_url = ""
    if len(rows) == PAGE_ROWS:
        kept = {"person": person or "", "number": number, "before": rows[-1].pk}
        next_url = "?" + urlencode({name: value for name, value in kept.items() if value})
    return render(
        request,
        "members/look_ups.html",
        {
            "staff": selectors.lookups.staff_figures(now=timezone.now()),
            "most": most,
            "rows": [(row, again.get(row.words_mac, 0)) for row in rows],
            "number": number,
            "person": person,
            "person_name": rows[0].by.name if person and rows else "",
            "next_url": next_url,
            "exports": exports_on_record(most=20),
            "may_see_members": may(request.user, "see_members"),
        },
    )


def _record(
    rows: Sequence[LookUp], most: Sequence[tuple[int, str, int, int]], *, by: int
) -> None:
    """Whose look-ups are read is a look too: the log gives their numbers."""
    people = {row.member_id for row in rows if row.member_id} | {member for member, *_ in most}
    if people:
        services.record_search("", hits=len(people), by=by, now=timezone.now())
