"""The statement of the electorate: a page, and the same figures as CSV and JSON."""

from __future__ import annotations

import json

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from ballot.models import Election
from ballot.showing.electorate import HEADER, electorate_of, figures_of, rows_of
from ballot.views.files import csv_to_keep, file_to_keep
from ballot.views.public import announced_election
from office.refusal import Refusal


@require_safe
def electorate(request: HttpRequest, slug: str) -> HttpResponse:
    election = _frozen(slug)
    context = {"election": election, "electorate": electorate_of(election)}
    return render(request, "ballot/electorate.html", context)


@require_safe
def electorate_csv(request: HttpRequest, slug: str) -> HttpResponse:
    """The figures for a spreadsheet. Every cell is a code, a word of ours or a number."""
    election = _frozen(slug)
    rows = rows_of(figures_of(election))
    return _kept(csv_to_keep([HEADER, *rows], f"{election.slug}-electorate.csv"))


@require_safe
def electorate_json(request: HttpRequest, slug: str) -> HttpResponse:
    election = _frozen(slug)
    content = json.dumps(figures_of(election), ensure_ascii=False, indent=1)
    name = f"{election.slug}-electorate.json"
    return _kept(file_to_keep(content, "application/json", name))


def _frozen(slug: str) -> Election:
    election = announced_election(slug)
    if election.roll_id is None:
        raise Refusal("roll.none", "The roll has not been frozen yet.", status=404)
    return election


def _kept(answer: HttpResponse) -> HttpResponse:
    answer.headers["Cache-Control"] = "public, max-age=300"
    return answer
