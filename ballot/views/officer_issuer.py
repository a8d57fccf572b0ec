"""The officers' page of the outside issuer: what goes to them, and what comes back."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from ballot.destruction import kept_election
from ballot.forms.issuer import IssuerFileForm
from ballot.forms.reading import sent_with_files
from ballot.issuance.lists import mark_in_words
from ballot.models import Election
from ballot.selectors import codes_made
from ballot.services.issuer_files import FileForIssuer, begin_list, begin_requests, card_of
from ballot.services.take_answers import LARGEST_BYTES, take_answers
from ballot.services.take_keys import JOB, hand_in_keys
from ballot.services.take_keys import LARGEST_BYTES as LARGEST_KEYS
from ballot.showing.issuer import contact_of, issuer_of, particulars_of
from ballot.showing.wording import how_many
from ballot.times import in_zone
from office.access import StaffRequest, may, staff_only
from office.refusal import Refusal
from office.selectors import audit_trail, latest_job


@staff_only("see_register")
@never_cache
@require_safe
def issuer(request: StaffRequest, slug: str) -> HttpResponse:
    return _page(request, kept_election(slug), IssuerFileForm())


def _page(request: StaffRequest, election: Election, form: IssuerFileForm) -> HttpResponse:
    subject = ("election", str(election.pk))
    context = {
        "election": election,
        "issuer": issuer_of(election, card_of(election)),
        "form": form,
        "job": latest_job(JOB, subject=subject),
        "may_act": may(request.user, "give_to_issuer"),
        "given": _given(election),
    }
    return render(request, "ballot/desk/issuer.html", context)


def _given(election: Election) -> list[dict[str, object]]:
    """The files that were given to the issuer, the newest first, each with its mark."""
    return [
        {"when": in_zone(one.at, election.zone), "lines": one.parameters["lines"],
         "mark": mark_in_words(bytes.fromhex(one.parameters["mark"]))}
        for one in audit_trail(act="give_to_issuer", subject=("election", str(election.pk)))[:5]
    ]  # fmt: skip


@staff_only("give_to_issuer")
@never_cache
@require_POST
def give_list(request: StaffRequest, slug: str) -> HttpResponseBase:
    return _give(request, slug, begin_list, name="list")


@staff_only("give_to_issuer")
@never_cache
@require_POST
def give_requests(request: StaffRequest, slug: str) -> HttpResponseBase:
    return _give(request, slug, begin_requests, name="requests")


def _give(
    request: StaffRequest, slug: str, begin: Callable[..., FileForIssuer], *, name: str
) -> HttpResponseBase:
    election = kept_election(slug)
    file = begin(
        election, particulars_of(election), contact_of, by=request.user.pk, now=timezone.now()
    )
    response = StreamingHttpResponse(file.pieces, content_type="application/octet-stream")
    stem = f"{slug}-{name}-{file.mark[:4].hex()}"
    response.headers["Content-Disposition"] = f'attachment; filename="{stem}.bin"'
    return response


@staff_only("take_from_issuer")
@never_cache
@require_POST
def take(request: StaffRequest, slug: str) -> HttpResponse:
    """Take keys before there are any, and answers after."""
    election = kept_election(slug)
    form = IssuerFileForm(*sent_with_files(request))
    if form.is_valid() and _taken(request, election, form):
        return redirect("desk_issuer", slug)
    return _page(request, election, form)


def _taken(request: StaffRequest, election: Election, form: IssuerFileForm) -> bool:
    act = _answers if codes_made(election) else _keys
    try:
        messages.success(request, act(request, election, form))
    except Refusal as refusal:
        form.add_error("file", refusal.sentence)
        return False
    return True


def _keys(request: StaffRequest, election: Election, form: IssuerFileForm) -> str:
    content = form.cleaned_data["file"].read(LARGEST_KEYS + 1)
    hand_in_keys(election.pk, content=content, by=request.user.pk, now=timezone.now())
    return "The file is being looked at. This page shows how far it is; you may leave it."


def _answers(request: StaffRequest, election: Election, form: IssuerFileForm) -> str:
    content = form.cleaned_data["file"].read(LARGEST_BYTES + 1)
    taken = take_answers(election.pk, content=content, by=request.user.pk, now=timezone.now())
    over = (
        f" {how_many(taken.passed_over, 'answer was', 'answers were')} taken before, or not asked "
        "any more."
        if taken.passed_over
        else ""
    )
    return (
        f"Taken. New codes that wait to be confirmed: {taken.reissued:,}; codes of those added to "
        f"the roll: {taken.issued:,}; codes that are dead: {taken.revoked:,}.{over}"
    )
