"""The declared result, for reading and for taking away."""

from __future__ import annotations

import json
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from ballot.counting.blt import write_blt
from ballot.counting.sheet import csv_text, rctab
from ballot.destruction import destroyed_sentence
from ballot.models import Contest, Declaration, Election
from ballot.opened_papers import counted, profile_of
from ballot.showing.declaration_pdf import declaration_pdf
from ballot.showing.results import Result, newest_declaration, result_of
from ballot.showing.retention import challenge_sentence
from ballot.showing.versions import versions_of
from ballot.times import day_in_zone, in_zone
from ballot.views.files import file_to_keep
from ballot.views.public import announced_election
from members.selectors import sections
from office.links import absolute
from office.refusal import Refusal

_KEPT = "public, max-age=300"


@require_safe
def result(request: HttpRequest, slug: str, version: int | None = None) -> HttpResponse:
    """The result as declared: the version in force, or an earlier one by its number."""
    election, declaration = _declared(slug, version)
    versions = versions_of(election)
    context = {
        "election": election,
        "result": _shown(declaration),
        "declared": in_zone(declaration.declared_at, election.zone),
        "versions": versions,
        "is_superseded": declaration.version != versions[0].number,
        "challenge": challenge_sentence(election),
        "destroyed": destroyed_sentence(election),
    }
    return render(request, "ballot/result.html", context)


@require_safe
def result_json(request: HttpRequest, slug: str, version: int | None = None) -> HttpResponse:
    """The declaration, word for word as it stands on the board."""
    election, declaration = _declared(slug, version)
    name = f"{election.slug}-result-{declaration.version}.json"
    return _file(_json(declaration.content), "application/json", name)


@require_safe
def result_pdf(request: HttpRequest, slug: str, version: int | None = None) -> HttpResponse:
    """The declaration on paper."""
    election, declaration = _declared(slug, version)
    address = absolute(reverse("result", args=[slug]))
    octets = declaration_pdf(_shown(declaration), address=address)
    name = f"{election.slug}-result-{declaration.version}.pdf"
    return _file(octets, "application/pdf", name)


def _shown(declaration: Declaration) -> Result:
    names = {section.code: section.name for section in sections()}
    return result_of(declaration, names=names)


@require_safe
def count_rctab(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """One contest's count in the summary form of RCTab, which other programs draw."""
    election, contest = _contest(slug, number)
    _, declaration = _declared(slug)
    day = day_in_zone(declaration.declared_at, election.zone)
    summary = rctab(counted(contest), contest=contest.title, date=day)
    return _file(_json(summary), "application/json", f"{election.slug}-{number}-rctab.json")


@require_safe
def count_csv(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """One contest's count sheet for a spreadsheet; no cell of it is run as a formula."""
    election, contest = _contest(slug, number)
    text = csv_text(counted(contest))
    return _file(text, "text/csv; charset=utf-8", f"{election.slug}-{number}-count.csv")


@require_safe
def papers_blt(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """One contest's papers, each ranking with how many gave it, for anybody to count again."""
    election, contest = _contest(slug, number)
    content = write_blt(profile_of(contest)).decode()
    return _file(content, "text/plain; charset=utf-8", f"{election.slug}-{number}.blt")


def _declared(slug: str, version: int | None = None) -> tuple[Election, Declaration]:
    election = announced_election(slug)
    declaration = (
        newest_declaration(election)
        if version is None
        else election.declarations.filter(version=version).first()
    )
    if declaration is None or not election.stage.is_declared:
        raise Refusal("result.none", "No result has been declared yet.", status=404)
    return election, declaration


def _contest(slug: str, number: int) -> tuple[Election, Contest]:
    """A contest that was counted, by its number on the paper from 1."""
    election, _ = _declared(slug)
    contest = election.contests.filter(position=number - 1, unopposed=False).first()
    if contest is None:
        raise Refusal("contest.none", "There is no contest at this address.", status=404)
    return election, contest


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, indent=1) + "\n"


def _file(content: str | bytes, content_type: str, name: str) -> HttpResponse:
    response = file_to_keep(content, content_type, name)
    response.headers["Cache-Control"] = _KEPT
    return response
