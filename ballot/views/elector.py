"""What an elector opens: the booth, a new link, and "this was not me".

The booth is one page, the same for everybody, and knows no session. Four of its addresses answer
in JSON. Casting does the least that can be done: it reads no session and no account, and asks the
database only what the service asks.
"""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any, Final

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from ballot import limits
from ballot.forms.electors import ReissueForm
from ballot.forms.reading import sent
from ballot.lifecycle import State, is_before
from ballot.models import Credential, Election, RegisterMark
from ballot.services.cast_ballot import cast_at
from ballot.services.challenge_paper import challenge_paper
from ballot.services.record_dispute import record_dispute
from ballot.services.reissue_code import confirm_reissue
from ballot.services.request_reissue import request_reissue
from ballot.showing.booth import booth_of, helped_routes
from ballot.showing.dispute_links import entry_disputed
from ballot.showing.electors import named
from ballot.times import in_zone
from ballot.views.booth_origins import for_booths
from ballot.views.holder import Held, answer_holder, body_of, private, refused
from ballot.views.public import announced_election
from ballot.views.trying import get_or_post
from members.selectors import entry_by_public_id
from office.refusal import Refusal

LARGEST_BALLOT_BYTES: Final = 4096


@require_safe
def booth(request: HttpRequest, slug: str) -> HttpResponse:
    election = announced_election(slug)
    paper = booth_of(election, now=timezone.now())
    response = private(render(request, "ballot/booth.html", {"booth": paper}))
    # For this page alone: a form that is posted from a page without referrer comes without its
    # origin too, and is refused as another site's. The booth posts by script, which names it.
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


@for_booths
@require_POST
def cast(request: HttpRequest, slug: str) -> HttpResponse:
    now = timezone.now()
    try:
        wire = body_of(request, LARGEST_BALLOT_BYTES)
        answer = _cast(request, slug, wire, now)
    except Refusal as refusal:
        return refused(refusal)
    return private(JsonResponse(answer), clears=True)


def _cast(request: HttpRequest, slug: str, wire: bytes, now: datetime) -> dict[str, Any]:
    """Cast; a limit meets only what is refused, and by the address it came from.

    A whole hall may vote from one address, so no good ballot is counted. Nor is anything counted
    by credential: credentials are on the board, and whoever spent another's limit would keep them
    from voting. To ask the limit first would cost what the refusal costs.
    """
    try:
        poll, receipt = cast_at(slug, wire=wire)
    except Refusal:
        limits.spend(
            (limits.CAST_REFUSED_BY_ADDRESS, limits.masked_address(request, now=now)), now=now
        )
        raise
    told = {"tracker": receipt.tracker.hex(), "signed": receipt.signed(poll)}
    if receipt.is_repeat:
        return told | {"is_repeat": True}
    return told | {"cast_at_text": in_zone(now, poll.zone)}


# --- who holds this code ---------------------------------------------------------------------


@for_booths
@require_POST
def identify(request: HttpRequest, slug: str) -> HttpResponse:
    return answer_holder(request, slug, _whose)


@for_booths
@require_POST
def confirm(request: HttpRequest, slug: str) -> HttpResponse:
    """Bring a code that was sent again into force; only this POST does it, never a GET."""
    return answer_holder(request, slug, _confirm)


@for_booths
@require_POST
def challenge(request: HttpRequest, slug: str) -> HttpResponse:
    """Take the opening of a challenged paper; only its holder's, and it is not kept whose."""
    return answer_holder(request, slug, _challenge)


def _whose(held: Held, now: datetime) -> dict[str, Any]:
    """Whose code this is, and whether a ballot can be cast with it."""
    found = (
        Credential.objects.filter(election=held.election, public_key=held.credential)
        .select_related("roll_entry__section")
        .first()
    )
    if found is None:
        return {"state": "unknown"}
    entry = found.roll_entry
    told = {"state": _state(held.election, found, now), "elector": named(entry)}
    told |= SENTENCES.get(told["state"], {})
    if told["state"] == "ready":
        told |= {"section": entry.section.code, "section_name": entry.section.name, "unit": ""}
    return told


SENTENCES: Final[dict[str, dict[str, str]]] = {
    "cast": {
        "sentence": "A ballot has been cast in your name already, and it stands: each elector "
        "casts one. If it was not you, tell the returning officer at once."
    },
    "waiting": {
        "sentence": "This is a new code. If you use it, the code you were sent before stops "
        "working, and nobody can vote with it."
    },
}


def _state(election: Election, found: Credential, now: datetime) -> str:
    marks = RegisterMark.objects.filter(election=election, roll_entry=found.roll_entry_id)
    if marks.exists():
        return "cast"
    if found.force == Credential.Force.REVOKED:
        return "revoked"
    if is_before(election.stage, State.POLLING):
        return "not-yet-open"
    if election.stage == State.SUSPENDED:
        return "suspended"
    if election.stage != State.POLLING or election.closes_at is None or election.closes_at <= now:
        return "closed"
    return "waiting" if found.force == Credential.Force.WAITING else "ready"


def _confirm(held: Held, now: datetime) -> dict[str, Any]:
    if _whose(held, now)["state"] == "waiting":
        confirm_reissue(held.election.pk, credential=held.credential, now=now)
    return _whose(held, now)


def _challenge(held: Held, now: datetime) -> dict[str, Any]:
    limits.spend(
        (limits.CHALLENGE_BY_CREDENTIAL, limits.masked(held.credential.hex(), now=now)), now=now
    )
    tracker = challenge_paper(
        held.election.slug, credential=held.credential, text=held.text("opening"), now=now
    )
    return {"tracker": tracker.hex()}


# --- a new link, and "this was not me" -------------------------------------------------------


@never_cache
@get_or_post
def reissue(request: HttpRequest, slug: str) -> HttpResponse:
    election = announced_election(slug)
    form = ReissueForm(sent(request))
    if request.method == "POST" and form.is_valid():
        now = timezone.now()
        limits.spend(
            # By number and proof together: a stranger who knows the number alone spends nothing
            # that its elector needs.
            (
                limits.REISSUE_BY_NUMBER,
                limits.masked("|".join(form.cleaned_data.values()), now=now),
            ),
            (limits.REISSUE_BY_ADDRESS, limits.masked_address(request, now=now)),
            now=now,
        )
        request_reissue(election.pk, now=now, **form.cleaned_data)
        return redirect("reissue_asked", slug)
    return render(request, "ballot/reissue.html", {"election": election, "form": form})


@require_safe
def reissue_asked(request: HttpRequest, slug: str) -> HttpResponse:
    return render(request, "ballot/reissue_asked.html", {"election": announced_election(slug)})


@never_cache
@get_or_post
def not_me(request: HttpRequest, slug: str, token: str) -> HttpResponse:
    election = announced_election(slug)
    recipient = _recipient(token)
    if request.method == "POST":
        record_dispute(election.pk, recipient=recipient, now=timezone.now())
        return redirect("not_me_said", slug)
    entry = entry_by_public_id(election.roll_id or 0, recipient)
    return private(render(
        request, "ballot/not_me.html", {"election": election, "elector": named(entry)}
    ))


@require_safe
def not_me_said(request: HttpRequest, slug: str) -> HttpResponse:
    election = announced_election(slug)
    context = {"election": election, "routes": helped_routes(election)}
    return render(request, "ballot/not_me_said.html", context)


def _recipient(token: str) -> uuid.UUID:
    recipient = entry_disputed(token)
    if recipient is None:
        raise Refusal(
            "dispute.bad-link",
            "This link is not whole. Open it from the letter, or copy all of it.",
            status=404,
        )
    return recipient
