"""The turnout that everybody is shown: a page, and the same figures as CSV and JSON."""

from __future__ import annotations

import json

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from ballot.mapping.entry import utc
from ballot.models import Election
from ballot.showing.turnout import turnout_of, turnout_rows
from ballot.turnout import Figures, figures_of, shows_turnout
from ballot.views.files import csv_to_keep, file_to_keep
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
    rows = turnout_rows(election, _figures(election))
    return csv_to_keep([_HEADER, *rows], f"{slug}-turnout.csv")


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
    return file_to_keep(content, "application/json", f"{slug}-turnout.json")


def _polled(slug: str) -> Election:
    election = announced_election(slug)
    if not shows_turnout(election):
        raise Refusal("turnout.none", "There is a turnout once the poll is open.", status=404)
    return election


def _figures(election: Election) -> Figures:
    figures = figures_of(election)
    if figures is None:
        raise Refusal(
            "turnout.none",
            "The first figures come within a quarter of an hour of the opening of the poll.",
            status=404,
        )
    return figures
