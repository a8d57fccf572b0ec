"""What anybody sees: the question whether one is on the roll, and decisions in figures.

The page of the question says the same to everybody; the answer goes by e-mail.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_safe

from members import letters, selectors, services
from members.access import may_enquire
from members.forms.enquiry import EnquiryForm
from members.selectors.decisions import EVENTS, Counts
from members.views.downloads import csv_download
from members.views.weekly_bars import weekly_bars
from office.refusal import Refusal


@never_cache
@require_http_methods(["GET", "POST"])
def enquiry(request: HttpRequest) -> HttpResponse:
    form = EnquiryForm(request.POST or None)
    if request.method != "POST":
        return render(request, "members/enquiry.html", {"form": form})
    if not form.is_valid():
        return render(request, "members/enquiry.html", {"form": form}, status=400)
    if not may_enquire(request, number=form.cleaned_data["number"]):
        return render(
            request, "members/enquiry_later.html", status=HTTPStatus.TOO_MANY_REQUESTS
        )
    services.record_enquiry(
        form.cleaned_data["number"], proof=form.cleaned_data["proof"], now=timezone.now()
    )
    return redirect("roll_enquiry_asked")


@require_GET
def enquiry_asked(request: HttpRequest) -> HttpResponse:
    return render(request, "members/enquiry_asked.html")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def contact_not_me(request: HttpRequest, token: str) -> HttpResponse:
    """Where the notice of a change leads whoever did not ask for it; only a POST says so."""
    change_id = letters.change_disputed(token)
    if change_id is None:
        raise Refusal(
            "contacts.bad-link",
            "This link is not whole. Open it from the letter, or copy all of it.",
            status=HTTPStatus.NOT_FOUND,
        )
    if request.method == "POST":
        services.record_contact_dispute(change_id, now=timezone.now())
        return redirect("contact_not_me_said")
    return render(request, "members/contact_not_me.html")


@require_safe
def contact_not_me_said(request: HttpRequest) -> HttpResponse:
    return render(request, "members/contact_not_me_said.html")


@require_GET
def decision_totals(request: HttpRequest) -> HttpResponse:
    """Standing decisions in figures: by reason, by section and by week, and never a name."""
    rows = selectors.decisions.totals()
    return render(
        request,
        "members/decision_totals.html",
        {
            "whole": sum((row.counts for row in rows), start=Counts()),
            "chart": weekly_bars(rows),
            "zone": timezone.get_default_timezone_name(),
            "tables": [
                _table("reasons", "By reason", selectors.decisions.added_up(rows, "reason")),
                _table("kinds", "By kind of decision", selectors.decisions.added_up(rows, "kind")),
                _table("sections", "By section", selectors.decisions.added_up(rows, "section")),
                _table("weeks", "By week", selectors.decisions.added_up(rows, "week")),
            ] if rows else [],
        },
    )  # fmt: skip


def _table(table_id: str, caption: str, sums: Mapping[object, Counts]) -> dict[str, object]:
    rows = [{"name": _named(name), "counts": counts} for name, counts in sums.items()]
    return {"id": table_id, "caption": caption, "rows": rows}


def _named(name: object) -> str:
    return f"Week of {name.day} {name:%B %Y}" if isinstance(name, date) else str(name)


@require_GET
def decision_totals_csv(request: HttpRequest) -> HttpResponseBase:
    return csv_download(
        "standing-decisions.csv",
        ("week of", "section", "decision", "reason", *EVENTS),
        (
            (row.week.isoformat(), row.section, row.kind, row.reason,
             *(str(getattr(row.counts, name)) for name in EVENTS))
            for row in selectors.decisions.totals()
        ),
    )  # fmt: skip
