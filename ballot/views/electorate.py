"""The statement of the electorate: a page, and the same figures as CSV and JSON."""

from __future__ import annotations

import csv
import io
import json

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from ballot.models import Election
from ballot.showing.electorate import HEADER, electorate_of, figures_of, rows_of
from ballot.views.public import announced_election
from office.refusal import Refusal

_KEPT = "public, max-age=300"


@require_safe
def electorate(request: HttpRequest, slug: str) -> HttpResponse:
    election = _frozen(slug)
    context = {"election": election, "electorate": electorate_of(election)}
    return render(request, "ballot/electorate.html", context)


@require_safe
def electorate_csv(request: HttpRequest, slug: str) -> HttpResponse:
    """The figures for a spreadsheet. Every cell is a code, a word of ours or a number."""
    election = _frozen(slug)
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(HEADER)
    writer.writerows(rows_of(figures_of(election)))
    return _file(text.getvalue(), "text/csv; charset=utf-8", f"{election.slug}-electorate.csv")


@require_safe
def electorate_json(request: HttpRequest, slug: str) -> HttpResponse:
    election = _frozen(slug)
    content = json.dumps(figures_of(election), ensure_ascii=False, indent=1)
    return _file(content, "application/json", f"{election.slug}-electorate.json")


def _frozen(slug: str) -> Election:
    election = announced_election(slug)
    if election.roll_id is None:
        raise Refusal("roll.none", "The roll has not been frozen yet.", status=404)
    return election


def _file(content: str, content_type: str, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type=content_type)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Cache-Control"] = _KEPT
    return response
