"""The officers' pages of an election: the list, the dashboard, the set-up, the paper.

Each answers "what stops the next step?". Every view demands its act of the permission table.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from ballot.forms.begin import BeginForm, BeginTrialForm
from ballot.forms.candidate import CandidateForm
from ballot.forms.contest import ContestForm
from ballot.forms.reading import sent, sent_with_files
from ballot.forms.set_up import SetUpForm, values_of
from ballot.forms.withdrawal import WithdrawalForm
from ballot.lifecycle import AFTER_OPENING, State
from ballot.models import Candidate, Contest, Election
from ballot.selectors import election_by_slug
from ballot.services.set_up import create_election, edit_election
from ballot.services.set_up_candidate import add_candidate, edit_candidate
from ballot.services.set_up_contest import add_contest, remove_contest
from ballot.services.withdraw_candidate import withdraw_candidate
from ballot.showing import dashboard as shown
from ballot.showing.paper import paper_of, rule_of_withdrawal
from ballot.views.act_table import besides_business
from ballot.views.trying import get_or_post, tried
from members.selectors import rules_rows
from office.access import StaffRequest, may, staff_only
from office.refusal import Refusal


@staff_only("see_election")
@never_cache
@require_safe
def elections(request: StaffRequest) -> HttpResponse:
    now = timezone.now()
    rows = [shown.line(one, now=now) for one in Election.objects.order_by("-pk")]
    may_set_up = may(request.user, "set_up_election")
    return render(request, "ballot/desk/elections.html", {"rows": rows, "may_set_up": may_set_up})


@staff_only("set_up_election")
@never_cache
@get_or_post
def begin(request: StaffRequest) -> HttpResponse:
    begins = BeginTrialForm if settings.DEVELOPMENT else BeginForm
    form = begins(sent(request), initial={"party": settings.PARTY_NAME})
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        # In a trial installation the server holds the shares, unless there are trustees.
        demonstration = settings.DEVELOPMENT and not given.pop("has_trustees", False)
        try:
            election_id = create_election(
                **given, demonstration=demonstration, by=request.user.pk, now=timezone.now()
            )
        except Refusal as refusal:
            form.add_error(None, refusal.sentence)
        else:
            return redirect("desk_set_up", Election.objects.get(pk=election_id).slug)
    return render(request, "ballot/desk/begin.html", {"form": form})


@staff_only("see_election")
@never_cache
@require_safe
def dashboard(request: StaffRequest, slug: str) -> HttpResponse:
    election = election_by_slug(slug)
    now = timezone.now()
    context = shown.dashboard_of(election, person_id=request.user.pk, now=now)
    context |= _links(election, context, now=now)
    return render(request, "ballot/desk/dashboard.html", {"election": election, **context})


def _links(election: Election, context: dict[str, Any], *, now: datetime) -> dict[str, Any]:
    """Where the next step and the other acts are, for whoever may do them."""
    may = context["acts"]
    upcoming = context["next"]
    return {
        "next_url": _act_url(upcoming.act, election) if upcoming else "",
        "others": [
            {"title": act.title, "url": _act_url(act.name, election)}
            for act in besides_business(election, now=now)
            if act.demands in may and not (upcoming and act.name == upcoming.act)
        ],
    }


def _act_url(name: str, election: Election) -> str:
    return reverse(f"act_{name}", args=[election.slug])


@staff_only("set_up_election")
@never_cache
@get_or_post
def set_up(request: StaffRequest, slug: str) -> HttpResponse:
    election = election_by_slug(slug)
    rules = _rules_free_for(election)
    form = SetUpForm(sent(request), initial=values_of(election), rules=rules)
    if request.method == "POST" and form.is_valid() and tried(form, lambda: edit_election(
        election.pk, by=request.user.pk, now=timezone.now(), **form.cleaned_data
    )):
        messages.success(request, "The election is saved.")
        return redirect("desk_election", slug)
    is_fixed = election.stage != State.DRAFT
    context = {"election": election, "form": form, "is_fixed": is_fixed, "has_rules": bool(rules)}
    return render(request, "ballot/desk/set_up.html", context)


def _rules_free_for(election: Election) -> list[tuple[int, str]]:
    """Versions of rules that serve no other election: a name's roll is frozen once at a time."""
    others = Election.objects.exclude(pk=election.pk).filter(rules__isnull=False)
    taken = set(others.values_list("rules__name", flat=True))
    return [(one.pk, str(one)) for one in rules_rows() if one.name not in taken]


# --- the paper -------------------------------------------------------------------------------


@staff_only("see_election")
@never_cache
@require_safe
def paper(request: StaffRequest, slug: str) -> HttpResponse:
    election = election_by_slug(slug)
    context = paper_of(election, may_edit=may(request.user, "edit_contest"),
                       may_withdraw=may(request.user, "withdraw_candidate"),
                       now=timezone.now())
    return render(request, "ballot/desk/paper.html", {"election": election, **context})


@staff_only("edit_contest")
@never_cache
@get_or_post
def contest_new(request: StaffRequest, slug: str) -> HttpResponse:
    election = election_by_slug(slug)
    form = ContestForm(sent(request))
    if request.method == "POST" and form.is_valid() and tried(form, lambda: add_contest(
        election.pk, by=request.user.pk, now=timezone.now(), **form.cleaned_data
    )):
        messages.success(request, "The contest is on the paper.")
        return redirect("desk_paper", slug)
    return render(request, "ballot/desk/contest.html", {"election": election, "form": form})


@staff_only("edit_contest")
@require_POST
def contest_remove(request: StaffRequest, slug: str, contest_id: int) -> HttpResponse:
    contest = _contest(slug, contest_id)
    remove_contest(contest.pk, by=request.user.pk, now=timezone.now())
    messages.success(request, f"“{contest}” was taken off the paper.")
    return redirect("desk_paper", slug)


@staff_only("edit_contest")
@never_cache
@get_or_post
def candidate_new(request: StaffRequest, slug: str, contest_id: int) -> HttpResponse:
    contest = _contest(slug, contest_id)
    form = CandidateForm(*sent_with_files(request), contest=contest)
    if request.method == "POST" and form.is_valid() and tried(form, lambda: add_candidate(
        contest.pk, by=request.user.pk, now=timezone.now(), **_nomination(form)
    )):
        messages.success(request, "The candidate stands on the page of the paper.")
        return redirect("desk_paper", slug)
    context = {"election": contest.election, "contest": contest, "form": form}
    return render(request, "ballot/desk/candidate.html", context)


@staff_only("edit_contest")
@never_cache
@get_or_post
def candidate(request: StaffRequest, slug: str, candidate_id: int) -> HttpResponse:
    nominated = _candidate(slug, candidate_id)
    initial = {"name": nominated.first, "second": nominated.second,
               "statement": nominated.statement}
    form = CandidateForm(
        *sent_with_files(request), initial=initial, contest=nominated.contest
    )
    if request.method == "POST" and form.is_valid() and tried(form, lambda: edit_candidate(
        nominated.pk, by=request.user.pk, now=timezone.now(), **_nomination(form)
    )):
        messages.success(request, "The candidate is saved.")
        return redirect("desk_paper", slug)
    context = {"election": nominated.contest.election, "contest": nominated.contest, "form": form,
               "candidate": nominated}
    return render(request, "ballot/desk/candidate.html", context)


@staff_only("withdraw_candidate")
@never_cache
@get_or_post
def candidate_withdraw(request: StaffRequest, slug: str, candidate_id: int) -> HttpResponse:
    nominated = _candidate(slug, candidate_id)
    form = WithdrawalForm(sent(request), candidate=nominated)
    if request.method == "POST" and form.is_valid():
        withdraw_candidate(
            nominated.pk, by=request.user.pk, now=timezone.now(), **form.cleaned_data
        )
        messages.success(request, f"{nominated} has withdrawn.")
        return redirect("desk_paper", slug)
    election = nominated.contest.election
    context = {"election": election, "candidate": nominated, "form": form,
               "is_opened": election.stage in AFTER_OPENING,
               "rule": rule_of_withdrawal(nominated.contest)}
    return render(request, "ballot/desk/withdraw.html", context)


def _nomination(form: CandidateForm) -> dict[str, Any]:
    """A nomination's values; the photograph as bytes, where one was handed in."""
    values = dict(form.cleaned_data)
    photo = values.pop("photo")
    return values | {"photo": photo.read() if photo else None}


def _contest(slug: str, contest_id: int) -> Contest:
    contest = (
        Contest.objects.select_related("election").filter(pk=contest_id, election__slug=slug)
    ).first()
    if contest is None:
        raise Refusal("contest.none", "There is no contest at this address.", status=404)
    return contest


def _candidate(slug: str, candidate_id: int) -> Candidate:
    nominated = (
        Candidate.objects.select_related("contest__election")
        .filter(pk=candidate_id, contest__election__slug=slug)
        .first()
    )
    if nominated is None:
        raise Refusal("candidate.none", "There is no candidate at this address.", status=404)
    return nominated
