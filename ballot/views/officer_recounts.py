"""The page of the recounts: an agent asks, an officer decides, and the papers are counted anew."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from ballot.forms.reading import sent
from ballot.forms.recounts import AskForm, DecideForm
from ballot.lifecycle import State
from ballot.models import Election, Recount
from ballot.recounts import demanded
from ballot.selectors import contested, election_by_slug
from ballot.services.recount import ask_recount, decide_recount, recount_by_rule
from ballot.views.officer_evidence import counts_differ
from ballot.views.trying import get_or_post, tried
from office.access import StaffRequest, may, staff_only

AGREES = "The papers were counted anew, and the figures are the same."


@staff_only("ask_recount")
@never_cache
@get_or_post
def recounts(request: StaffRequest, slug: str) -> HttpResponse:
    """Every recount to an officer; to an agent those that they asked for."""
    election = election_by_slug(slug)
    form = AskForm(sent(request), contests=contested(election))
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        if tried(form, lambda: ask_recount(given["contest"], grounds=given["grounds"],
                                           by=request.user.pk, now=timezone.now())):
            messages.success(request, "Asked. An officer grants or refuses it.")
            return redirect("desk_recounts", slug)
    decides = may(request.user, "decide_recount")
    asked = Recount.objects.filter(contest__election=election).select_related("contest")
    if not decides:
        asked = asked.filter(asked_by=request.user)
    is_counted = election.stage == State.COUNTED
    context = {
        "election": election,
        "counts_differ": counts_differ(request, election),
        "form": form if is_counted and election.recount_on_request else None,
        "asked": asked,
        "decides": decides and is_counted,
        "demanded": demanded(election) if decides and is_counted else [],
        "is_counted": is_counted,
    }
    return render(request, "ballot/desk/recounts.html", context)


@staff_only("decide_recount")
@never_cache
@get_or_post
def recount(request: StaffRequest, slug: str, recount_id: int) -> HttpResponse:
    """Grant or refuse one that waits."""
    election = election_by_slug(slug)
    asked = _waiting(election, recount_id)
    form = DecideForm(sent(request))
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        if tried(form, lambda: decide_recount(asked.pk, granted=given["granted"],
                                              reason=given["reason"], by=request.user.pk,
                                              now=timezone.now())):
            messages.success(request, AGREES if given["granted"] else "Refused.")
            return redirect("desk_recounts", slug)
    context = {"election": election, "asked": asked, "form": form,
               "counts_differ": counts_differ(request, election)}
    return render(request, "ballot/desk/recount.html", context)


@staff_only("decide_recount")
@never_cache
@require_POST
def by_rule(request: StaffRequest, slug: str, number: int) -> HttpResponse:
    """Make the recount that the notice demands of a contest, by its number on the paper."""
    election = election_by_slug(slug)
    contest = election.contests.filter(position=number - 1).first()
    if contest is None:
        raise Http404
    recount_by_rule(contest.pk, by=request.user.pk, now=timezone.now())
    messages.success(request, AGREES)
    return redirect("desk_recounts", slug)


def _waiting(election: Election, recount_id: int) -> Recount:
    rows = Recount.objects.filter(contest__election=election, granted__isnull=True)
    asked = rows.select_related("contest", "asked_by").filter(pk=recount_id).first()
    if asked is None:
        raise Http404
    return asked
