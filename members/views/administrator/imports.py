"""Imports at the desk: sending a list in, looking at what it would change, applying it."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from members import selectors, services
from members.forms.imports import UploadForm
from members.models import ImportBatch
from members.models.people import Standing
from members.rollfile import COLUMNS
from members.rollfile.mending import MENDING_HEADER
from members.selectors import differences, totals
from members.services.apply_import_by_two import ACT as APPLY_BY_TWO
from members.services.takes_two import reasons_for_two
from members.views.administrator.differences import batch_or_404, section_bars
from members.views.downloads import csv_download, name_for
from members.views.paging import row_named
from office.access import StaffRequest, freshly, may, staff_only
from office.models import Job
from office.refusal import Refusal
from office.selectors import latest_job, waiting_approval

_MANY_GONE_PERCENT = 5
_PEOPLE_SHOWN = 12
_MOVED_WORDS = (
    f"More than {totals.UNIT_MOVES_PERCENT} % of these units’ people join or leave. See whether "
    "the file is whole, and whether a unit’s name is spelt as before."
)
_UNITS_SHOWN = 20
_LOSING_WORDS = {
    "gone": "no longer on the list",
    "dates": "joined later, or paid up for less, than is recorded",
}
_KINDS_SHOWN = ("changed", "kept", "gone", "new")
_JOB_IN = {"applying": "apply_import", "applied": "apply_import", "undoing": "undo_import"}
_AT_WORK = ("uploaded", "reading", "applying", "undoing", "failed")


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
            "batches": selectors.imports.imports()[: selectors.people.PAGE_ROWS],
            "sections": selectors.people.sections(),
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
    batch = batch_or_404(batch_id)
    subject = ("import", str(batch.pk))
    job = _job_of(batch)
    refused = list(selectors.imports.refusals(batch.pk, after_line=row_named(request)))
    preview = _preview(batch)
    if people := _people_shown(batch, preview, refused):
        services.record_search("", hits=people, by=request.user.pk, now=timezone.now())
    return render(
        request,
        "members/import.html",
        {
            "batch": batch,
            "job": job if batch.state in _AT_WORK else None,
            "may_map": may(request.user, "import_roll"),
            "stale": latest_job("apply_import", subject=subject),
            "undoing": latest_job("undo_import", subject=subject),
            "figures": _import_figures(batch),
            **preview,
            "reasons": selectors.imports.refusals_by_reason(batch.pk),
            "refused": refused,
            "next_url": f"?after={refused[-1].line}#refused" if _is_more(batch, refused) else "",
            "unnumbered": selectors.imports.lines_refused_without_number(batch.pk),
            "many_gone": _is_many_gone(batch),
            "listed": selectors.people.list_figures().listed,
            "orders": selectors.imports.orders_taken(batch),
            "two_words": _two_words(batch),
            "proposed": waiting_approval(APPLY_BY_TWO, subject=subject, now=timezone.now()),
            "may_apply": may(request.user, "apply_import"),
            "may_undo": may(request.user, "undo_import"),
            "keep_until": selectors.imports.keep_until(batch),
            "may_discard": may(request.user, "discard_import"),
            "can_discard": may(request.user, "discard_import") and _has_ended(job),
        },
    )


def _people_shown(
    batch: ImportBatch, preview: dict[str, Any], refused: list[selectors.imports.Refused]
) -> int:
    """How many people the page shows something of: changes, refused cells, odd numbers."""
    changes = sum(len(preview.get(kind, ())) for kind in _KINDS_SHOWN)
    odd = [note for note in batch.notes if note["kind"] == "letter_o" and note["found"]]
    return changes + len({each.line for each in refused if each.value}) + len(odd)


def _job_of(batch: ImportBatch) -> Job | None:
    """The job that the import waits for: looked at, then read, then applied."""
    subject = ("import", str(batch.pk))
    if batch.state in _JOB_IN:
        return latest_job(_JOB_IN[batch.state], subject=subject)
    looked = latest_job("look_at_file", subject=subject)
    read = latest_job("preview_import", subject=subject)
    return max((job for job in (looked, read) if job), key=lambda job: job.pk, default=None)


def _preview(batch: ImportBatch) -> dict[str, Any]:
    """What the import would change: a few of each kind, and the totals, which stay."""
    sections = totals.totals_by_section(batch)
    shown: dict[str, Any] = {
        "fields": [
            (differences.in_words(name), people)
            for name, people in sorted(batch.changes_by_field.items(), key=lambda it: -it[1])
        ],
        "sections": section_bars(sections),
        "losing": [
            (_LOSING_WORDS.get(row["what"]) or Standing(row["what"]).label, row)
            for row in batch.votes_taken
        ],
        "moved": totals.units_moved(batch, most=_UNITS_SHOWN),
        "moves_percent": totals.UNIT_MOVES_PERCENT,
        "last": totals.last_applied(batch),
        "moved_words": _MOVED_WORDS,
        "destroyed": selectors.imports.destroyed_file(batch),
        "keep_days": settings.KEEP_IMPORTS_DAYS,
    }
    if batch.state == ImportBatch.State.PREVIEWED and differences.is_written_down(batch):
        shown["changed"] = differences.changed_people(batch, most=_PEOPLE_SHOWN)
        shown["kept"] = differences.kept_standings(batch, most=_PEOPLE_SHOWN)
        shown["gone"] = differences.gone_people(batch, most=_PEOPLE_SHOWN)
        shown["new"] = differences.new_people(batch, most=_PEOPLE_SHOWN)
    return shown


def _two_words(batch: ImportBatch) -> str:
    """That applying takes two people, and why.

    A file whose rows were lost with a fall of the database is compared again when it is applied.
    """
    if batch.state != ImportBatch.State.PREVIEWED or not differences.is_written_down(batch):
        return ""
    reasons = " ".join(reasons_for_two(batch))
    return reasons and (
        f"{reasons} “Apply” proposes it: nothing changes until another officer approves."
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


def _is_more(batch: ImportBatch, refused: list[selectors.imports.Refused]) -> bool:
    return bool(refused) and any(
        selectors.imports.refusals(batch.pk, after_line=refused[-1].line, most=1)
    )


def _is_many_gone(batch: ImportBatch) -> bool:
    known = batch.members_gone + batch.rows_changed + batch.rows_unchanged
    return batch.members_gone * 100 > known * _MANY_GONE_PERCENT


@staff_only("see_members", post="import_roll")
@require_POST
def import_refused(request: StaffRequest, batch_id: int) -> HttpResponseBase:
    """The refused rows as a file that can be mended and sent in again; that it left is kept.

    Whoever may send the list in has these rows already, so it demands no more than that.
    """
    batch, now = batch_or_404(batch_id), timezone.now()
    services.note_download("refused_rows", by=request.user.pk, now=now, batch=batch.pk)
    rows = selectors.imports.mendable_rows(batch.pk)
    name = name_for(f"refused-rows-{batch.pk}", request.user.name, now=now)
    return csv_download(name, MENDING_HEADER, rows)


@staff_only("see_members", post="apply_import")
@require_POST
def import_apply(request: StaffRequest, batch_id: int) -> HttpResponse:
    try:
        services.request_apply(batch_id, by=request.user.pk, now=timezone.now())
    except Refusal as refused:
        if refused.code != "import.takes-two":
            raise
        return freshly(_import_propose)(request, batch_id)  # type: ignore[return-value]
    return redirect("import", batch_id)


def _import_propose(request: StaffRequest, batch_id: int) -> HttpResponse:
    """Ask for a second person, where the import takes two."""
    services.propose_import(batch_id, by=request.user.pk, now=timezone.now())
    messages.info(request, "Not applied yet: it is proposed to a second officer, and applied once "
                  "one approves.")
    return redirect("import", batch_id)


@staff_only("see_members", post="discard_import")
@require_POST
def import_discard(request: StaffRequest, batch_id: int) -> HttpResponse:
    services.discard_import(batch_id, by=request.user.pk, now=timezone.now())
    messages.success(request, "Discarded. The membership list is as it was.")
    return redirect("imports")
