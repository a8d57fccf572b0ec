"""Subject access: record a request, watch its file being made, and take it."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from members import selectors, services
from members.forms.people import AccessRequestForm
from members.selectors.held import VOTE
from members.services.access_request import KEPT_DAYS
from office.access import StaffRequest, staff_only
from office.selectors import latest_job


@staff_only("see_members", post="request_access")
@require_http_methods(["GET", "POST"])
def access_requests(request: StaffRequest, member_id: int) -> HttpResponse:
    found = selectors.people.member(member_id)
    if found is None:
        raise Http404
    services.record_lookup(found.pk, by=request.user.pk, now=timezone.now())
    form = AccessRequestForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        services.request_access(
            member_id, **form.cleaned_data, by=request.user.pk, now=timezone.now()
        )
        messages.success(request, "Recorded. The file is being made.")
        return redirect("access_requests", member_id)
    rows = [
        {"request": row, "job": latest_job("make_access_file",
                                           subject=("access request", str(row.pk)))}
        for row in selectors.held.access_requests(member_id)
    ]  # fmt: skip
    return render(
        request,
        "members/access_requests.html",
        {"member": found, "form": form, "rows": rows, "kept_days": KEPT_DAYS, "vote": VOTE},
        status=400 if request.method == "POST" else 200,
    )


@staff_only("see_members", post="take_access_file")
@require_POST
def access_file(request: StaffRequest, request_id: int) -> HttpResponse:
    name, content = services.take_access_file(
        request_id, by=request.user.pk, now=timezone.now()
    )
    response = HttpResponse(content, content_type="application/zip")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
