"""Nominations for everybody: the public table, and the pages behind a body's or a candidate's link.

The code of a link stands behind the # of its address, which no browser sends. It is sent by a form:
looking at a page uses nothing up and changes nothing. No session is kept; each form carries it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from django import forms
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from ballot import limits
from ballot.forms.nominations import (
    NOBODY,
    ConsentForm,
    LinkCodeForm,
    NominationForm,
    SecondConsentForm,
)
from ballot.forms.reading import sent
from ballot.models import Candidate, Contest, Election, NominatingBody
from ballot.nominations import are_taken
from ballot.selectors import standing
from ballot.services.consent import consent as take_consent
from ballot.services.consent import consent_of_second
from ballot.services.nominate import nominate as take_nomination
from ballot.services.nomination_seats import (
    Asked,
    asked_by_secret,
    body_by_secret,
    no_such_link,
)
from ballot.showing.nominations import nominations_of
from ballot.times import in_zone
from ballot.views.public import announced_election
from ballot.views.trying import get_or_post, tried
from office.refusal import Refusal

Holder = TypeVar("Holder", NominatingBody, Asked)
HANDED_IN = "hand_in"
"""The button of a form that hands something in, and not only asks for the page."""


@require_safe
def nominations(request: HttpRequest, slug: str) -> HttpResponse:
    """The table of nominations, and how they grew."""
    election = announced_election(slug)
    context = nominations_of(election, now=timezone.now())
    return render(request, "ballot/nominations.html", {"election": election, **context})


@get_or_post
def nominate(request: HttpRequest, slug: str) -> HttpResponse:
    """A body's nomination, by its link."""
    election = announced_election(slug)
    code, body = _holder(request, election, body_by_secret)
    if body is None:
        return _ask_code(request, election, code, "ballot/nominate.html")
    contests = contests_open(election)
    form = NominationForm(_handed_in(request), contests=contests,
                          initial=nominated_now(body))
    is_taken = form.is_valid() and tried(form, lambda: nominate_by(form, body, by=None))
    context = {"body": body, "form": form, "is_taken": is_taken}
    return _page(request, election, "ballot/nominate.html", code=code, **context)


@get_or_post
def consent(request: HttpRequest, slug: str) -> HttpResponse:
    """A candidate's consent, by their link."""
    election = announced_election(slug)
    code, asked = _holder(request, election, asked_by_secret)
    if asked is None:
        return _ask_code(request, election, code, "ballot/consent.html")
    form = _consent_form(request, asked)
    is_taken = form.is_valid() and tried(form, lambda: _consent(form, asked))
    context = {"candidate": asked.candidate, "is_second": asked.is_second, "form": form,
               "is_taken": is_taken}
    return _page(request, election, "ballot/consent.html", code=code, **context)


# --- who asks ----------------------------------------------------------------------------------


def _holder(
    request: HttpRequest, election: Election, find: Callable[[Election, str], Holder | None]
) -> tuple[LinkCodeForm, Holder | None]:
    """The form with the code that was sent, and whose it is. A wrong one is counted by address."""
    form = LinkCodeForm(sent(request))
    if not form.is_valid():
        return form, None
    found = find(election, form.cleaned_data["code"].strip())
    if found is None:
        now = timezone.now()
        try:
            here = limits.masked_address(request, now=now)
            limits.spend((limits.SEAT_REFUSED_BY_ADDRESS, here), now=now)
            raise no_such_link()
        except Refusal as refusal:
            form.add_error("code", refusal.sentence)
    return form, found


def _ask_code(
    request: HttpRequest, election: Election, form: LinkCodeForm, template: str
) -> HttpResponse:
    return _page(request, election, template, form=form)


def _page(
    request: HttpRequest, election: Election, template: str, **context: Any
) -> HttpResponse:
    """A page that no cache keeps. Its address has no code in it that another page could learn.

    Not Referrer-Policy: no-referrer, under which browsers send forms as from nowhere.
    """
    ends = election.nominations_close_at
    context |= {
        "election": election,
        "are_taken": are_taken(election, now=timezone.now()),
        "ends": in_zone(ends, election.zone) if ends else "",
    }
    answer = render(request, template, context)
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _handed_in(request: HttpRequest) -> Any:
    return request.POST if HANDED_IN in request.POST else None


# --- a body's nomination -----------------------------------------------------------------------


def contests_open(election: Election) -> list[tuple[Contest, list[Candidate]]]:
    """The contests with who stands in each: of those in which somebody does."""
    contests = election.contests.order_by("position")
    people = [
        (contest, [one for one in standing(contest) if not one.is_reopen_nominations])
        for contest in contests
    ]
    return [(contest, names) for contest, names in people if names]


def nominated_now(body: NominatingBody) -> dict[str, str]:
    """Whom the body nominates now in each contest, as the form shows it."""
    newest = body.nominations.order_by("contest_id", "-number").distinct("contest_id")
    return {
        f"contest_{contest}": NOBODY if candidate is None else str(candidate)
        for contest, candidate in newest.values_list("contest_id", "candidate_id")
    }


@transaction.atomic
def nominate_by(form: NominationForm, body: NominatingBody, *, by: int | None) -> None:
    """Take what the form chooses in every contest, or nothing; by: the officer who typed it."""
    chosen = form.chosen()
    if not chosen:
        raise Refusal("nomination.nobody", "Nobody stands any more. Nothing was changed.")
    for contest_id, candidate_id in chosen.items():
        take_nomination(body.pk, contest_id=contest_id, candidate_id=candidate_id, by=by,
                        now=timezone.now())


# --- a candidate's consent ---------------------------------------------------------------------


def _consent_form(request: HttpRequest, asked: Asked) -> forms.Form:
    data, candidate = _handed_in(request), asked.candidate
    if asked.is_second:
        return SecondConsentForm(data)
    return ConsentForm(data, request.FILES if data else None, initial=_so_far(candidate),
                       most_words=candidate.contest.statement_words)


def _so_far(candidate: Candidate) -> dict[str, Any]:
    fields = ("statement", "agent_name", "agent_address")
    return {name: getattr(candidate, name) for name in fields} | {
        "consents": candidate.consented_at is not None
    }


def _consent(form: forms.Form, asked: Asked) -> None:
    given = {name: value for name, value in form.cleaned_data.items() if name != "consents"}
    photo = given.pop("photo", None)
    if asked.is_second:
        consent_of_second(asked.candidate.pk, seat=asked.seat, now=timezone.now())
        asked.candidate.refresh_from_db(fields=["second_consented_at"])
    else:
        take_consent(asked.candidate.pk, seat=asked.seat, photo=photo.read() if photo else None,
                     now=timezone.now(), **given)
        asked.candidate.refresh_from_db(fields=["photo"])
