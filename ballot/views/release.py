"""The count told to candidates beforehand: the officer's page, and the page behind each link."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from ballot.forms.nominations import LinkCodeForm
from ballot.forms.reading import sent
from ballot.forms.release import ReleaseForm
from ballot.lifecycle import State
from ballot.models import Candidate, Election
from ballot.selectors import election_by_slug
from ballot.services.release_result import end_release, give_release, note_look, release_of
from ballot.showing.release import links_of, officers_looks
from ballot.showing.results import counted_of
from ballot.times import in_zone
from ballot.views.officer_evidence import counts_differ
from ballot.views.public import announced_election
from ballot.views.trying import get_or_post
from office.access import StaffRequest, staff_only
from office.links import absolute
from office.refusal import Refusal

AGREED = "agreed"
"""The button that agrees to the embargo."""


@staff_only("release_result")
@never_cache
@require_safe
def releases(request: StaffRequest, slug: str) -> HttpResponse:
    """Who has a link, when each was read by, and which officer was shown the count before."""
    election = election_by_slug(slug)
    context = {
        "election": election,
        "counts_differ": counts_differ(request, election),
        "links": links_of(election),
        "looks": officers_looks(election),
        "is_counted": election.stage == State.COUNTED,
    }
    return render(request, "ballot/desk/releases.html", context)


@staff_only("release_result")
@never_cache
@get_or_post
def release(request: StaffRequest, slug: str, candidate_id: int) -> HttpResponse:
    """Give a candidate a link; it is shown once, on the answer itself."""
    election = election_by_slug(slug)
    candidate = _candidate(election, candidate_id)
    form = ReleaseForm(sent(request), zone=election.zone)
    context = {"election": election, "candidate": candidate, "form": form}
    if request.method == "POST" and form.is_valid():
        try:
            secret = give_release(candidate.pk, name=form.cleaned_data["name"],
                                  embargo_until=form.ends(), by=request.user.pk,
                                  now=timezone.now())
        except Refusal as refusal:
            form.add_error(None, refusal.sentence)
        else:
            link = f"{absolute(reverse('told_before', args=[slug]))}#{secret}"
            return render(request, "ballot/desk/release_shown.html", context | {"link": link})
    return render(request, "ballot/desk/release.html", context)


@staff_only("release_result")
@never_cache
@require_POST
def release_end(request: StaffRequest, slug: str, candidate_id: int) -> HttpResponse:
    """Let a candidate's link die."""
    candidate = _candidate(election_by_slug(slug), candidate_id)
    end_release(candidate.pk, by=request.user.pk, now=timezone.now())
    messages.success(request, "The link opens nothing any more.")
    return redirect("desk_releases", slug)


@never_cache
@get_or_post
def told_before(request: HttpRequest, slug: str) -> HttpResponse:
    """Behind a personal link: the embargo first, and the count once it was agreed to.

    The code stands behind the # of the link, which no browser sends and no log keeps; a form brings
    it. Looking at the page shows nothing, so that a mail program that opens links reads nothing.
    """
    election = announced_election(slug)
    if election.stage.is_declared:
        return redirect("result", slug)
    form = LinkCodeForm(sent(request))
    context: dict[str, Any] = {"election": election, "form": form}
    if form.is_valid():
        code = form.cleaned_data["code"].strip()
        found = release_of(slug, code)
        context |= {"code": code, "name": found.name,
                    "embargo": in_zone(found.embargo_until, election.zone)}
        if AGREED in request.POST:
            note_look(found, now=timezone.now())
            context["counted"] = counted_of(election)
    answer = render(request, "ballot/told_before.html", context)
    answer.headers["X-Robots-Tag"] = "noindex"
    return answer


def _candidate(election: Election, candidate_id: int) -> Candidate:
    rows = Candidate.objects.filter(contest__election=election, is_reopen_nominations=False)
    found = rows.select_related("contest").defer("photo").filter(pk=candidate_id).first()
    if found is None:
        raise Http404
    return found
