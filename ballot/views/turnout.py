"""The turnout that everybody is shown: a page, and the same figures as CSV and JSON."""

from __future__ import annotations

import csv
import io
import json

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from ballot.mapping import utc
from ballot.models import Election
from ballot.showing.turnout import turnout_of, turnout_rows
from ballot.turnout import Figures, figures_of, shows_turnout
from ballot.views.public import announced_election
from office.refusal import Refusal

_HEADER = ("of", "section", "unit_or_time", "electors", "ballots")


@require_safe
def turnout(request: HttpRequest, slug: str) -> HttpResponse:
    election = _polled(slug)
    context = {"election": election, "turnout": turnout_of(election)}
    return render(request, "ballot/turnout.html", context)


@require_safe
def turnout_csv(request: HttpRequest, slug: str) -> HttpResponse:
    election = _polled(slug)
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(_HEADER)
    writer.writerows(
        [_cell(cell) for cell in row] for row in turnout_rows(election, _figures(election))
    )
    return _file(text.getvalue(), "text/csv; charset=utf-8", f"{slug}-turnout.csv")


@require_safe
def turnout_json(request: HttpRequest, slug: str) -> HttpResponse:
    election = _polled(slug)
    figures = _figures(election)
    told = {
        "taken_at": utc(figures.taken_at),
        "rows": [
            dict(zip(_HEADER, row, strict=True)) for row in turnout_rows(election, figures)
        ],
    }
    content = json.dumps(told, ensure_ascii=False, indent=1)
    return _file(content, "application/json", f"{slug}-turnout.json")


def _polled(slug: str) -> Election:
    election = announced_election(slug)
    if not shows_turnout(election):
        raise Refusal("turnout.none", "There is a turnout once the poll is open.", status=404)
    return election


def _figures(election: Election) -> Figures:
    figures = figures_of(election)
    if figures is None:
        raise Refusal("turnout.none", "There is a turnout once the poll is open.", status=404)
    return figures


def _cell(cell: str | int) -> str | int:
    """Keep a spreadsheet from running the name of a unit as a formula (OWASP, CSV injection)."""
    return f"'{cell}" if str(cell).startswith(("=", "+", "-", "@", "\t", "\r")) else cell


def _file(content: str, content_type: str, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type=content_type)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
