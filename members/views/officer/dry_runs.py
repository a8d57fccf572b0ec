"""Dry runs of rules at the desk: asked for, watched, read, and the people named in a file."""

from __future__ import annotations

from datetime import date
from itertools import chain

from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from members import selectors, services
from members.models import DryRun, DryRunMove
from members.views import plots
from members.views.downloads import csv_download
from members.views.officer.rules import and_back, way_back
from office.access import StaffRequest, may, staff_only
from office.selectors import latest_job
from office.times import hour_words

_KEY = (
    ("app-series-1", "Stay on the roll"),
    ("app-series-3", "Come in"),
    ("app-series-2", "Go out"),
)


@staff_only("see_roll", post="judge_roll")
@require_POST
def dry_run_new(request: StaffRequest, rules_id: int) -> HttpResponse:
    run_id = services.request_dry_run(rules_id, by=request.user.pk, now=timezone.now())
    return redirect(and_back(reverse("dry_run", args=[run_id]), request))


@staff_only("see_roll")
@require_GET
def dry_run(request: StaffRequest, dry_run_id: int) -> HttpResponse:
    run = _run_or_404(dry_run_id)
    is_finished = run.finished_at is not None
    return render(
        request,
        "members/dry_run.html",
        {
            "run": run,
            "back": way_back(request),
            "job": None if is_finished else latest_job("dry_run", subject=("dry_run", str(run.pk))),
            "comparisons": _comparisons(run),
            "joins": _joins(run),
            "may_download": may(request.user, "download_moves"),
            "sentences": selectors.rules.rules_told(run.rules_id),
        },
    )


def _comparisons(run: DryRun) -> list[dict[str, object]]:
    """Each comparison with its heading and its plot."""
    shown: list[dict[str, object]] = []
    for against, base, words in (
        ("rules", run.base_rules, "The same list under the version before"),
        ("roll", run.base_roll, "The last frozen roll"),
    ):
        found = selectors.dry_runs.comparison(run, against)
        if found is not None:
            rows = [
                (each.name, (each.stays, each.comes + each.shifts_in, each.goes + each.shifts_out))
                for each in found.sections
            ]
            plot = plots.bars(rows, key=_KEY, plot_id=f"plot-{against}", title=words)
            shown.append({"found": found, "base": base, "words": words, "plot": plot})
    return shown


def _joins(run: DryRun) -> plots.Plot | None:
    kept = run.figures.get("joins")
    if kept is None:
        return None
    days = [(date.fromisoformat(day), voting, others) for day, voting, others in kept["days"]]
    if not any(voting + others for _, voting, others in days):
        return None
    return plots.joins(date.fromisoformat(kept["freeze_date"]), days)


@staff_only("see_roll", post="download_moves")
@require_POST
def dry_run_moves(request: StaffRequest, dry_run_id: int, against: str) -> HttpResponseBase:
    """The people by name, in a file that says who took it out; asked for by POST, so that it
    is written down."""
    run = _run_or_404(dry_run_id)
    if against not in DryRunMove.Against.values or run.finished_at is None:
        raise Http404
    now = timezone.now()
    rows = selectors.dry_runs.moves_count(run.pk, against)
    services.record_moves_download(run.pk, against, rows=rows, by=request.user.pk, now=now)
    mark = (
        f"Taken out by {request.user.name} on {hour_words(now)}. Keep it to the office."
    )
    named = selectors.dry_runs.moves_named(run.pk, against)
    return csv_download(
        f"dry-run-{run.pk}-{against}.csv", (mark,), chain([selectors.dry_runs.MOVE_COLUMNS], named)
    )


def _run_or_404(run_id: int) -> DryRun:
    run = selectors.dry_runs.dry_run_with_id(run_id)
    if run is None:
        raise Http404
    return run
