"""The incidents book at the desk: read by all who watch, written by officers and the helpdesk."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from ballot.forms.incidents import FurtherForm, IncidentForm, JudgementForm
from ballot.forms.reading import sent
from ballot.incidents import Booked, book_of, booked, is_published
from ballot.lifecycle import State
from ballot.models import Election
from ballot.selectors import election_by_slug
from ballot.services.amend_incident import amend_incident
from ballot.services.judge_incidents import judge_incidents
from ballot.services.open_incident import open_incident
from ballot.services.see_count import see_count
from ballot.showing.incidents import book_shown, incident_shown
from ballot.showing.release import CountPage
from ballot.views.trying import get_or_post, tried
from members.services import record_lookup
from office.access import StaffRequest, may, staff_only
from office.refusal import Refusal


@staff_only("see_incidents")
@never_cache
@require_safe
def incidents(request: StaffRequest, slug: str) -> HttpResponse:
    election = election_by_slug(slug)
    is_judge = may(request.user, "judge_incidents")
    book = book_shown(election, with_gaps=is_judge, names_staff=True)
    _note_gaps(request, election, book)
    context = {"election": election, "may_write": _may_write(request, election), **book}
    return render(request, "ballot/desk/incidents.html", context)


@staff_only("write_incident")
@never_cache
@get_or_post
def incident_new(request: StaffRequest, slug: str) -> HttpResponse:
    election = election_by_slug(slug)
    form = IncidentForm(sent(request), zone=election.zone, now=timezone.now(),
                        is_published=is_published(election))
    if request.method == "POST" and form.is_valid() and tried(form, lambda: open_incident(
        election.pk, by=request.user.pk, now=timezone.now(), **form.cleaned_data
    )):
        messages.success(request, "The incident is in the book.")
        return redirect("desk_incidents", slug)
    return render(request, "ballot/desk/incident_new.html", {"election": election, "form": form})


@staff_only("see_incidents")
@never_cache
@require_safe
def incident(request: StaffRequest, slug: str, number: int) -> HttpResponse:
    return _page(request, slug, number)


@staff_only("write_incident")
@require_POST
def incident_further(request: StaffRequest, slug: str, number: int) -> HttpResponse:
    election = election_by_slug(slug)
    form = FurtherForm(request.POST, is_published=is_published(election))
    if form.is_valid() and tried(form, lambda: amend_incident(
        election.pk, number=number, by=request.user.pk, now=timezone.now(), **form.cleaned_data
    )):
        messages.success(request, "The entry is in the book.")
        return redirect("desk_incident", slug, number)
    return _page(request, slug, number, further=form)


@staff_only("judge_incidents")
@require_POST
def incident_judged(request: StaffRequest, slug: str, number: int) -> HttpResponse:
    election = election_by_slug(slug)
    form = JudgementForm(request.POST)

    def judge() -> None:
        given = dict(form.cleaned_data)
        with_others = given.pop("and_the_like")
        numbers = [number, *(_the_like(election, number) if with_others else ())]
        judge_incidents(election.pk, numbers=numbers, by=request.user.pk, now=timezone.now(),
                        **given)

    if form.is_valid() and tried(form, judge):
        messages.success(request, "The judgement is in the book.")
        return redirect("desk_incident", slug, number)
    return _page(request, slug, number, judgement=form)


def _the_like(election: Election, number: int) -> list[int]:
    """The other incidents of this one's kind that nobody has judged."""
    book = book_of(election)
    kinds = {one.incident.kind for one in book if one.incident.number == number}
    return [
        one.incident.number
        for one in book
        if one.incident.kind in kinds and one.judgement is None and one.incident.number != number
    ]


def _page(
    request: StaffRequest, slug: str, number: int, *,
    further: Form | None = None, judgement: Form | None = None,
) -> HttpResponse:
    """One incident, with the forms that this person may send."""
    election = election_by_slug(slug)
    one = _found(election, number)
    elector = one.incident.roll_entry
    sees_elector = may(request.user, "see_register")
    if sees_elector and elector is not None and elector.member_id is not None:
        record_lookup(elector.member_id, by=request.user.pk, now=timezone.now())
    judges = may(request.user, "judge_incidents") and election.stage == State.COUNTED
    book = book_shown(election, with_gaps=judges)
    _note_gaps(request, election, book)
    context = {
        "election": election,
        "incident": incident_shown(
            one, zone=election.zone, names_staff=True, names_elector=sees_elector
        ),
        "gaps": book["gaps"],
        "kept_in_all": book["kept_in_all"],
        "form": judgement or further,
        "further": (further or FurtherForm(is_published=is_published(election)))
        if _may_write(request, election) else None,
        "judgement": (judgement or JudgementForm()) if judges else None,
    }
    return render(request, "ballot/desk/incident.html", context)


def _note_gaps(request: StaffRequest, election: Election, book: dict[str, Any]) -> None:
    """The closest gaps tell of the count: write down who is shown them."""
    if book["gaps"]:
        see_count(election, CountPage.INCIDENTS, by=request.user.pk, now=timezone.now())


def _may_write(request: StaffRequest, election: Election) -> bool:
    act = "write_late_incident" if is_published(election) else "write_incident"
    return may(request.user, act) and election.stage not in {State.DRAFT, State.ARCHIVED}


def _found(election: Election, number: int) -> Booked:
    one = booked(election, number)
    if one is None:
        raise Refusal("incident.none", "There is no incident of this number.", status=404)
    return one
