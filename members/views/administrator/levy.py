"""The affiliates and the levy at the desk: totals, and the file to send to an affiliate."""

from __future__ import annotations

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from members import selectors, services
from members.views.downloads import csv_download, name_for
from office.access import StaffRequest, may, staff_only


@staff_only("see_members")
@require_GET
def levy(request: StaffRequest) -> HttpResponse:
    totals = selectors.levy.levy_totals()
    return render(
        request,
        "members/levy.html",
        {
            "totals": totals,
            "figures": [
                {"name": name, "value": f"{count:,}"}
                for name, count in (
                    ("Confirmed", sum(each.confirmed for each in totals)),
                    ("Not confirmed", sum(each.not_confirmed for each in totals)),
                    ("No answer yet", sum(each.unknown for each in totals)),
                )
            ],
            "may_list": may(request.user, "list_levy"),
        },
    )


@staff_only("see_members", post="list_levy")
@require_POST
def levy_unconfirmed(request: StaffRequest, unit_id: int) -> HttpResponseBase:
    """The people of one affiliate without a confirmed levy, as a file; that it was made is kept.

    The file's name says whose it is: filled in, it comes back as an import, and a line that says
    so would be read as a member.
    """
    now = timezone.now()
    services.record_levy_list(unit_id, by=request.user.pk, now=now)
    rows = selectors.levy.without_levy(unit_id)
    name = name_for(f"levy-{unit_id}", request.user.name, now=now)
    return csv_download(name, selectors.levy.HEADER, rows)
