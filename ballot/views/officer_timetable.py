"""The timetable of an election at the desk, the page of its dates, and the way out of a mistake."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from ballot.forms.mistakes import WrongForm
from ballot.forms.reading import sent
from ballot.forms.timetable import DatesForm
from ballot.lifecycle import State, is_before, may_move
from ballot.selectors import election_by_slug
from ballot.services.amend_notice import AMENDED_IN
from ballot.services.correct_candidate import CORRECTED_IN
from ballot.services.plan_dates import plan_dates
from ballot.showing.timetable import timetable_of
from ballot.views.act_table import ACTS
from ballot.views.officer_evidence import counts_differ
from ballot.views.trying import get_or_post, tried
from office.access import StaffRequest, may, staff_only


@staff_only("see_election")
@never_cache
@require_safe
def timetable(request: StaffRequest, slug: str) -> HttpResponse:
    election = election_by_slug(slug)
    context = timetable_of(election, now=timezone.now())
    may_plan = context["is_draft"] and may(request.user, "set_up_election")
    may_amend = election.stage in AMENDED_IN and may(request.user, "amend_notice")
    upcoming = context["next"]
    is_yours = upcoming is not None and may(request.user, ACTS[upcoming.act].demands)
    context |= {"election": election, "may_plan": may_plan, "may_amend": may_amend,
                "is_yours": is_yours, "may_see_approvals": may(request.user, "see_approvals"),
                "counts_differ": counts_differ(request, election)}
    return render(request, "ballot/desk/timetable.html", context)


@staff_only("set_up_election")
@never_cache
@get_or_post
def dates(request: StaffRequest, slug: str) -> HttpResponse:
    election = election_by_slug(slug)
    form = DatesForm(sent(request), election=election)
    if request.method == "POST" and form.is_valid() and tried(form, lambda: plan_dates(
        election.pk, dates=form.cleaned_data, by=request.user.pk, now=timezone.now()
    )):
        messages.success(request, "The dates are saved.")
        return redirect("desk_timetable", slug)
    is_fixed = election.stage != State.DRAFT
    context = {"election": election, "form": form, "is_fixed": is_fixed}
    return render(request, "ballot/desk/dates.html", context)


@staff_only("correct_candidate")
@never_cache
@require_safe
def mistake(request: StaffRequest, slug: str) -> HttpResponse:
    """Lead from what is wrong to the act that mends it, or say that nothing does."""
    election = election_by_slug(slug)
    form = WrongForm(request.GET if "wrong" in request.GET else None)
    wrong = form.cleaned_data["wrong"] if form.is_valid() else ""
    context = {
        "election": election,
        "form": form,
        "wrong": wrong,
        "may_correct": election.stage in CORRECTED_IN,
        "is_before_poll": is_before(election.stage, State.POLLING),
        "is_polling": election.stage == State.POLLING,
        "is_open": election.stage in {State.POLLING, State.SUSPENDED},
        "may_void": may_move(election.stage, State.VOID),
    }
    return render(request, "ballot/desk/mistake.html", context)
