"""Undoing an import at the desk: what it would put back, or what stands in its way."""

from __future__ import annotations

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from members import selectors, services
from members.models import ImportBatch
from members.views.administrator.differences import batch_or_404
from office.access import StaffRequest, may, staff_only


@staff_only("see_members", post="undo_import")
@require_http_methods(["GET", "POST"])
def import_undo(request: StaffRequest, batch_id: int) -> HttpResponseBase:
    batch = batch_or_404(batch_id)
    if request.method == "POST":
        services.request_undo(batch_id, by=request.user.pk, now=timezone.now())
        return redirect("import", batch_id)
    return _page(request, batch)


def _page(request: StaffRequest, batch: ImportBatch) -> HttpResponse:
    is_applied = batch.state == ImportBatch.State.APPLIED
    found = selectors.dependents.dependents(batch) if is_applied else []
    return render(
        request,
        "members/import_undo.html",
        {
            "batch": batch,
            "is_applied": is_applied,
            "dependents": [
                {
                    "words": each.words,
                    "url": reverse(each.page, args=[each.subject_id]) if each.page else "",
                }
                for each in found
            ],
            "is_cut_short": len(found) == selectors.dependents.MOST_SHOWN,
            "may_undo": may(request.user, "undo_import"),
        },
    )
