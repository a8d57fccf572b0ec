"""The audit trail, newest first."""

from __future__ import annotations

from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from office import selectors
from office.access import StaffRequest, staff_only
from office.subjects import subjects_told
from office.views.asked import key_asked, words_asked


@staff_only("read_audit")
@require_GET
def audit_trail(request: StaffRequest) -> HttpResponse:
    asked = {name: words_asked(request, name) for name in ("act", "kind", "subject")}
    rows = selectors.audit_trail(
        before=key_asked(request, "before"),
        act=asked["act"] or None,
        subject=(asked["kind"], asked["subject"]) if asked["kind"] and asked["subject"] else None,
    )
    names = subjects_told(
        ((row.subject_kind, row.subject_id) for row in rows),
        acts=selectors.acts_of(request.user.pk, now=timezone.now()),
    )
    next_url = ""
    if len(rows) == selectors.PAGE_ROWS:
        kept = {name: value for name, value in asked.items() if value}
        next_url = "?" + urlencode({**kept, "before": rows[-1].pk})
    return render(
        request, "office/audit.html",
        {
            "rows": [
                {"record": row, "subject": names[row.subject_kind, row.subject_id]} for row in rows
            ],
            "acts": selectors.acts_done(),
            "asked": asked,
            "is_narrowed": any(asked.values()),
            "next_url": next_url,
        },
    )
