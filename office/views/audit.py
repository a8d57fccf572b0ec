"""The audit trail, newest first."""

from __future__ import annotations

from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from office import selectors
from office.access import StaffRequest, staff_only


@staff_only("read_audit")
@require_GET
def audit_trail(request: StaffRequest) -> HttpResponse:
    asked = {name: request.GET.get(name, "").strip() for name in ("act", "kind", "subject")}
    before = request.GET.get("before", "")
    rows = selectors.audit_trail(
        before=int(before) if before.isdecimal() else None,
        act=asked["act"] or None,
        subject=(asked["kind"], asked["subject"]) if asked["kind"] and asked["subject"] else None,
    )
    next_url = ""
    if len(rows) == selectors.PAGE_ROWS:
        kept = {name: value for name, value in asked.items() if value}
        next_url = "?" + urlencode({**kept, "before": rows[-1].pk})
    return render(
        request, "office/audit.html", {"rows": rows, "asked": asked, "next_url": next_url}
    )
