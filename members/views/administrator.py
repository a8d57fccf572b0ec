"""The membership administrator's pages: the list, one person, and imports."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from members import selectors, services
from members.forms import SearchForm, SectionForm, UploadForm
from members.models import ImportBatch, Member
from members.rollfile import COLUMNS
from office.access import StaffRequest, may, staff_only
from office.models import Job
from office.refusal import Refusal
from office.selectors import latest_job

# What a spreadsheet would run instead of showing (OWASP, CSV injection).
_RUNS_IN_A_SPREADSHEET = ("=", "+", "-", "@", "\t", "\r")
_MANY_GONE_PERCENT = 5
_ROWS_A_PIECE = 500
_ROW_DIGITS = 19  # A database's bigint holds any number of fewer digits.


@staff_only("see_members")
@require_GET
def members(request: StaffRequest) -> HttpResponse:
    form = SearchForm(request.GET)
    words = form.cleaned_data["q"] if form.is_valid() else ""
    page = selectors.find_members(words, after=_row_named(request))
    next_url = ""
    if page.next_after:
        next_url = "?" + urlencode({"q": words, "after": page.next_after})
    return render(
        request,
        "members/members.html",
        {
            "form": form,
            "words": words,
            "page": page,
            "next_url": next_url,
            "figures": selectors.list_figures(),
            "may_import": may(request.user, "import_roll"),
            "may_see_roll": may(request.user, "see_roll"),
        },
    )


def _row_named(request: StaffRequest) -> int:
    """The row that the page before ended with, as the address names it; 0 for none."""
    after = request.GET.get("after", "")
    return int(after) if after.isdecimal() and len(after) < _ROW_DIGITS else 0


@staff_only("see_members")
@require_GET
def member(request: StaffRequest, member_id: int) -> HttpResponse:
    found = selectors.member(member_id)
    if found is None:
        raise Http404
    verdicts = [
        {"roll": roll, "why": why}
        for roll in selectors.rolls()[:20]
        if (why := selectors.why(found.pk, roll_id=roll.pk))
    ]
    return render(
        request,
        "members/member.html",
        {"member": found, "rows": _held(found), "verdicts": verdicts},
    )


def _held(member: Member) -> list[dict[str, object]]:
    """What is held of one person, by name, blanks as such."""
    held = {
        "Membership number": member.number,
        "Name": member.full_name,
        "On the membership list": "Yes" if member.is_listed else "No longer",
        "Section": member.section.name,
        "Unit": member.unit.name if member.unit else "",
        "Standing": member.get_standing_display().capitalize() if member.standing else "",
        "Joined": member.joined_on,
        "Paid until": member.paid_until,
        "Date of birth": member.date_of_birth,
        "E-mail": member.email,
        "Postal address": ", ".join(member.postal_lines),
    }
    return [{"name": name, "value": _shown(value)} for name, value in held.items()]


def _shown(value: Any) -> str:
    if not value:
        return "Not recorded"
    return value if isinstance(value, str) else f"{value.day} {value:%B %Y}"


@staff_only("see_members", post="import_roll")
@require_http_methods(["GET", "POST"])
def imports(request: StaffRequest) -> HttpResponse:
    form = UploadForm(request.POST or None, request.FILES or None)
    refusal = ""
    if request.method == "POST" and form.is_valid():
        try:
            return redirect("import", _upload(request, form))
        except Refusal as refused:
            refusal = refused.sentence
    return render(
        request,
        "members/imports.html",
        {
            "form": form,
            "refusal": refusal,
            "batches": selectors.imports()[: selectors.PAGE_ROWS],
            "sections": selectors.sections(),
            "columns": COLUMNS,
            "may_import": may(request.user, "import_roll"),
        },
        status=400 if request.method == "POST" else 200,
    )


def _upload(request: StaffRequest, form: UploadForm) -> int:
    file = form.cleaned_data["file"]
    return services.upload_import(
        file.chunks(),
        file_name=file.name,
        scope=form.cleaned_data["scope"],
        section_id=form.cleaned_data["section_id"],
        by=request.user.pk,
        now=timezone.now(),
    )


@staff_only("see_members")
@require_GET
def import_(request: StaffRequest, batch_id: int) -> HttpResponse:
    batch = _batch_or_404(batch_id)
    subject = ("import", str(batch.pk))
    kind = "apply_import" if batch.state in ("applying", "applied") else "preview_import"
    job = latest_job(kind, subject=subject)
    refused = list(selectors.refusals(batch.pk, after_line=_row_named(request)))
    return render(
        request,
        "members/import.html",
        {
            "batch": batch,
            "job": job if batch.state not in ("applied", "discarded", "previewed") else None,
            "stale": latest_job("apply_import", subject=subject),
            "figures": _import_figures(batch),
            "reasons": selectors.refusals_by_reason(batch.pk),
            "refused": refused,
            "next_url": f"?after={refused[-1].line}#refused" if _is_more(batch, refused) else "",
            "unnumbered": selectors.lines_refused_without_number(batch.pk),
            "many_gone": _is_many_gone(batch),
            "listed": selectors.list_figures().listed,
            "may_apply": may(request.user, "apply_import"),
            "may_discard": may(request.user, "discard_import"),
            "can_discard": may(request.user, "discard_import") and _has_ended(job),
        },
    )


def _has_ended(job: Job | None) -> bool:
    return job is not None and job.state in (Job.State.FAILED, Job.State.STOPPED)


def _import_figures(batch: ImportBatch) -> list[dict[str, str]]:
    named = {
        "New": batch.rows_new,
        "Changed": batch.rows_changed,
        "Unchanged": batch.rows_unchanged,
        "Gone": batch.members_gone,
        "Refused rows": batch.rows_refused,
    }
    return [{"name": name, "value": f"{count:,}"} for name, count in named.items()]


def _is_more(batch: ImportBatch, refused: list[selectors.Refused]) -> bool:
    return bool(refused) and any(
        selectors.refusals(batch.pk, after_line=refused[-1].line, most=1)
    )


def _is_many_gone(batch: ImportBatch) -> bool:
    known = batch.members_gone + batch.rows_changed + batch.rows_unchanged
    return batch.members_gone * 100 > known * _MANY_GONE_PERCENT


@staff_only("see_members")
@require_GET
def import_refused(request: StaffRequest, batch_id: int) -> HttpResponseBase:
    """The refused rows as a CSV file that a spreadsheet only shows and never runs."""
    batch = _batch_or_404(batch_id)
    response = StreamingHttpResponse(
        _refused_csv(batch.pk), content_type="text/csv; charset=utf-8"
    )
    response["Content-Disposition"] = f'attachment; filename="refused-rows-{batch.pk}.csv"'
    return response


def _refused_csv(batch_id: int) -> Iterator[bytes]:
    text = io.StringIO(newline="")
    writer = csv.writer(text, quoting=csv.QUOTE_ALL)
    # The mark at the beginning tells Excel that this is UTF-8.
    text.write("\ufeff")
    writer.writerow(("line", "column", "value", "reason", "what to do"))
    for place, row in enumerate(selectors.refusals(batch_id, most=None), start=1):
        cells = (str(row.line), row.column, row.value, row.reason, row.remedy)
        writer.writerow(map(harmless, cells))
        if place % _ROWS_A_PIECE == 0:
            yield text.getvalue().encode()
            text.seek(0)
            text.truncate()
    yield text.getvalue().encode()


def harmless(cell: str) -> str:
    """The cell as a spreadsheet shows it: one that it would run has an apostrophe before it."""
    return f"'{cell}" if cell.startswith(_RUNS_IN_A_SPREADSHEET) else cell


@staff_only("see_members", post="apply_import")
@require_POST
def import_apply(request: StaffRequest, batch_id: int) -> HttpResponse:
    services.request_apply(batch_id, by=request.user.pk, now=timezone.now())
    return redirect("import", batch_id)


@staff_only("see_members", post="discard_import")
@require_POST
def import_discard(request: StaffRequest, batch_id: int) -> HttpResponse:
    services.discard_import(batch_id, by=request.user.pk, now=timezone.now())
    messages.success(request, "Discarded. The membership list is as it was.")
    return redirect("imports")


@staff_only("see_members", post="edit_rules")
@require_http_methods(["GET", "POST"])
def sections(request: StaffRequest) -> HttpResponse:
    form = SectionForm(request.POST or None)
    refusal = ""
    if request.method == "POST" and form.is_valid():
        try:
            services.add_section(
                form.cleaned_data["code"],
                name=form.cleaned_data["name"],
                by=request.user.pk,
                now=timezone.now(),
            )
        except Refusal as refused:
            refusal = refused.sentence
        else:
            messages.success(request, f"Added: {form.cleaned_data['name']}.")
            return redirect("sections")
    return render(
        request,
        "members/sections.html",
        {
            "form": form,
            "refusal": refusal,
            "sections": selectors.sections(),
            "may_add": may(request.user, "edit_rules"),
        },
        status=400 if request.method == "POST" else 200,
    )


def _batch_or_404(batch_id: int) -> ImportBatch:
    batch = selectors.imports().filter(pk=batch_id).first()
    if batch is None:
        raise Http404
    return batch
