"""A teller's page: their key, made in their browser, and the papers that they read and seal there.

The server is sent sealed bytes and a signature; neither the code nor what was read.
"""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse, JsonResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from ballot.destruction import kept_election
from ballot.models import Election, PostalReading, Reason
from ballot.postal import BEFORE_CLOSE, post_by_section, teller_of, tellers_keys
from ballot.selectors import key_of
from ballot.services.name_tellers import take_teller_key
from ballot.services.read_papers import Read, read_paper
from ballot.showing.post import contests_to_read, reading_words, waiting_for
from office.access import StaffRequest, staff_only
from office.refusal import Refusal


@staff_only("read_papers")
@never_cache
@require_safe
def papers(request: StaffRequest, slug: str) -> HttpResponse:
    """The teller's page, as far as the election is."""
    election = kept_election(slug)
    return render(request, "ballot/desk/papers.html", _page(election, request.user.pk))


def _page(election: Election, person: int) -> dict[str, Any]:
    teller = teller_of(election, person)
    # What a paper is sealed with is the board's: a row can be changed in the database.
    keys = tellers_keys(election)
    is_named = teller is not None and teller.number in keys
    is_open = is_named and election.envelopes_opened_at is not None
    page: dict[str, Any] = {
        "election": election,
        "teller": teller,
        "makes_key": teller is None and election.stage in BEFORE_CLOSE,
        "is_named": is_named,
        "is_open": is_open,
    }
    if is_open and teller is not None:
        others = election.tellers.filter(number__in=keys).exclude(pk=teller.pk)
        page |= {
            "others": [(one.number, one.name, keys[one.number].hex()) for one in others],
            "sections": [one for one in post_by_section(election) if one.received],
            "contests": contests_to_read(election),
            "reasons": Reason.choices,
            "fingerprint": bytes(election.fingerprint or b"").hex(),
            "public_key": key_of(election).public_key.hex(),
            "own_key": keys[teller.number].hex(),
            "waiting": waiting_for(election, teller),
        }
    return page


@staff_only("read_papers")
@never_cache
@require_POST
def key(request: StaffRequest, slug: str) -> HttpResponse:
    """Take the public half of the key that the teller's browser made."""
    election = kept_election(slug)
    take_teller_key(election.pk, person=request.user.pk, name=request.user.name,
                    key=_octets(request.POST, "key"), now=timezone.now())
    return redirect("desk_papers", slug)


@staff_only("read_papers")
@never_cache
@require_POST
def read(request: StaffRequest, slug: str) -> HttpResponse:
    """Take what the teller made of one paper; answer in words, for the page's script."""
    election = kept_election(slug)
    try:
        paper = read_paper(election.pk, person=request.user.pk, read=_read(request.POST),
                           now=timezone.now())
    except Refusal as refusal:
        said = {"code": refusal.code, "message": refusal.sentence}
        return JsonResponse(said, status=refusal.status)
    teller = teller_of(election, request.user.pk)
    waiting = waiting_for(election, teller) if teller else []
    return JsonResponse({"message": reading_words(paper), "waiting": waiting})


def _read(sent: QueryDict) -> Read:
    kind = sent.get("kind", "")
    if kind not in PostalReading.Kind.values:
        raise _malformed()
    is_sealed = kind == PostalReading.Kind.SEALED
    return Read(
        section=sent.get("section", ""),
        number=_number(sent, "number"),
        other=_number(sent, "other"),
        kind=PostalReading.Kind(kind),
        wire=_octets(sent, "wire") if is_sealed else b"",
        signature=_octets(sent, "signature") if is_sealed else b"",
        doubt=sent.get("doubt", ""),
    )


def _number(sent: QueryDict, name: str) -> int:
    text = sent.get(name, "")
    if not (text.isascii() and text.isdecimal() and len(text) < 8):
        raise _malformed()
    return int(text)


def _octets(sent: QueryDict, name: str) -> bytes:
    try:
        return bytes.fromhex(sent.get(name, ""))
    except ValueError as wrong:
        raise _malformed() from wrong


def _malformed() -> Refusal:
    return Refusal("reading.malformed", "What was sent is not of the form that it must have. Load "
                   "the page again.", status=400)
