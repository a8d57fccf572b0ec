"""The evidence of two counts that differ: to be read, printed and handed out by an officer."""

from __future__ import annotations

import json

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from ballot.counting.blt import write_blt
from ballot.models import CountsDiffer, Election
from ballot.opened_papers import profile_of
from ballot.recounts import is_stopped
from ballot.selectors import election_by_slug
from ballot.services.see_count import see_count
from ballot.showing.release import CountPage
from ballot.showing.two_counts import differ_sentence, evidence_of, kept_of
from ballot.views.files import file_to_keep
from office.access import StaffRequest, may, staff_only
from office.refusal import Refusal


@staff_only("see_two_counts")
@never_cache
@require_safe
def evidence(request: StaffRequest, slug: str) -> HttpResponse:
    """Every pair of counts that did not agree, the newest first; and what to do."""
    election = election_by_slug(slug)
    kept = kept_of(election)
    if kept:
        see_count(election, CountPage.TWO_COUNTS, by=request.user.pk, now=timezone.now())
    context = {
        "election": election, "kept": [evidence_of(one) for one in kept],
        "is_stopped": any(is_stopped(one) for one in kept),
    }
    return render(request, "ballot/desk/evidence.html", context)


@staff_only("see_two_counts")
@never_cache
@require_safe
def evidence_json(request: StaffRequest, slug: str, evidence_id: int) -> HttpResponse:
    """Both results whole, for whoever maintains the software."""
    election, kept = _kept(slug, evidence_id)
    see_count(election, CountPage.BOTH_RESULTS, by=request.user.pk, now=timezone.now())
    told = {
        "contest": kept.contest.title, "found_by": kept.found_by,
        "found_at": kept.found_at.isoformat(), "first": kept.first, "second": kept.second,
        "differences": kept.differences,
    }
    content = json.dumps(told, ensure_ascii=False, indent=1) + "\n"
    return file_to_keep(content, "application/json", f"{election.slug}-two-counts-{kept.pk}.json")


@staff_only("see_two_counts")
@never_cache
@require_safe
def evidence_papers(request: StaffRequest, slug: str, evidence_id: int) -> HttpResponse:
    """The opened papers of the contest, for a count by a third program or by hand."""
    election, kept = _kept(slug, evidence_id)
    see_count(election, CountPage.PAPERS, by=request.user.pk, now=timezone.now())
    content = write_blt(profile_of(kept.contest)).decode()
    name = f"{election.slug}-papers-{kept.pk}.blt"
    return file_to_keep(content, "text/plain; charset=utf-8", name)


def counts_differ(request: StaffRequest, election: Election) -> str:
    """What a page of the desk says first to whoever may see two counts that differ."""
    return differ_sentence(election) if may(request.user, "see_two_counts") else ""


def _kept(slug: str, evidence_id: int) -> tuple[Election, CountsDiffer]:
    election = election_by_slug(slug)
    kept = next((one for one in kept_of(election) if one.pk == evidence_id), None)
    if kept is None:
        raise Refusal(
            "count.no-evidence", "There is no evidence of this number.", status=404
        )
    return election, kept
