"""A trustee's seat: the page, and what their software asks and sends (docs/spec/trustees.md).

Whoever has the seat's secret speaks as the trustee. It comes in a header, which no other site's
page can make a browser send, and no cookie gives any right: so none of this takes a CSRF token.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from typing import Any, Final

from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from ballot import limits
from ballot.canonical import NotCanonical, read_canonical
from ballot.models import Box, Election, Trustee
from ballot.services.board import CHUNK_BYTES
from ballot.services.give_seat import no_such_seat, require_seated, trustee_seated
from ballot.services.hand_in import hand_in_mix, hand_in_part, mix_bytes, part_bytes
from ballot.services.open_box import commit_part
from ballot.services.prove_held import take_held_proof
from ballot.services.take_message import take_message
from ballot.showing.seat import seat_of
from ballot.views.public import announced_election
from office.refusal import Refusal

LARGEST_MESSAGE_BYTES: Final = 64 * 1024
_SCHEME: Final = "Seat "

Answer = Callable[..., HttpResponse]


@require_safe
def page(request: HttpRequest, slug: str) -> HttpResponse:
    """The page that the seat's link opens; the script reads the secret from the fragment."""
    answer = render(request, "ballot/trustee.html", {"election": announced_election(slug)})
    answer.headers["Cache-Control"] = "no-store"
    answer.headers["Referrer-Policy"] = "no-referrer"
    return answer


def _seated(view: Answer) -> Answer:
    """Let the view answer the trustee whose seat it is; refuse everybody else alike."""

    @functools.wraps(view)
    def answer(request: HttpRequest, slug: str, **place: Any) -> HttpResponse:
        try:
            told = view(request, _who(request, slug), **place)
        except Refusal as refusal:
            said = {"code": refusal.code, "message": refusal.sentence}
            told = JsonResponse(said, status=refusal.status)
        told.headers["Cache-Control"] = "no-store"
        return told

    return answer


def _who(request: HttpRequest, slug: str) -> Trustee:
    said = request.headers.get("Authorization", "")
    election = Election.objects.filter(slug=slug).first()
    if election is not None and said.startswith(_SCHEME):
        trustee = trustee_seated(election, said.removeprefix(_SCHEME))
        if trustee is not None:
            trustee.election = election
            return trustee
    now = timezone.now()
    here = limits.masked_address(request, now=now)
    limits.spend((limits.SEAT_REFUSED_BY_ADDRESS, here), now=now)
    raise no_such_seat()


@require_safe
@_seated
def seat(request: HttpRequest, trustee: Trustee) -> HttpResponse:
    """How far things are, and what is due (trustees §3)."""
    del request
    return JsonResponse(seat_of(trustee, now=timezone.now()))


# No cookie gives a right here: see the top of this file. So it is for all the following.
@csrf_exempt
@require_POST
@_seated
def ceremony(request: HttpRequest, trustee: Trustee) -> HttpResponse:
    """Put a message of the ceremony on the board."""
    said = _object(request, "message", "step")
    with transaction.atomic():
        # Nothing but the seat says whose message this is: a share signs all that comes later.
        require_seated(trustee)
        take_message(trustee.election_id, number=trustee.number, step=_text(said["step"]),
                     message=said["message"], now=timezone.now())
    return _done()


@csrf_exempt
@require_POST
@_seated
def held(request: HttpRequest, trustee: Trustee) -> HttpResponse:
    """Take the proof that the share is still held."""
    said = _object(request, "proof", "size")
    size = said["size"]
    if isinstance(size, bool) or not isinstance(size, int) or not 0 < size < 2**31:
        raise _malformed()
    take_held_proof(trustee.election_id, number=trustee.number, size=size,
                    proof=_octets(_text(said["proof"])), now=timezone.now())
    return _done()


@csrf_exempt
@require_POST
@_seated
def mix(
    request: HttpRequest, trustee: Trustee, *, contest: str, box: int, number: int, signature: str
) -> HttpResponse:
    """Take a mix, streamed to where it is kept; a worker checks it (trustees §4)."""
    found = _box(trustee, contest, box)
    hand_in_mix(found, trustee=trustee, number=number, signature=_octets(signature),
                pieces=_pieces(request, mix_bytes(found)), now=timezone.now())
    return _done(status=202)


@csrf_exempt
@require_POST
@_seated
def commitment(request: HttpRequest, trustee: Trustee, contest: str, box: int) -> HttpResponse:
    """Commit to a part by its hash, signed with the share."""
    said = _object(request, "commitment", "signature")
    digest = _octets(_text(said["commitment"]))
    if len(digest) != 32:
        raise _malformed()
    commit_part(_box(trustee, contest, box).pk, number=trustee.number, commitment=digest,
                signature=_octets(_text(said["signature"])), by=None, now=timezone.now())
    return _done()


@csrf_exempt
@require_POST
@_seated
def part(request: HttpRequest, trustee: Trustee, contest: str, box: int) -> HttpResponse:
    """Take a part, which reveals it; a worker checks it (trustees §4)."""
    found = _box(trustee, contest, box)
    hand_in_part(found, trustee=trustee, pieces=_pieces(request, part_bytes(found)),
                 now=timezone.now())
    return _done(status=202)


def _done(*, status: int = 200) -> HttpResponse:
    return JsonResponse({}, status=status)


def _box(trustee: Trustee, contest: str, number: int) -> Box:
    """A box by its contest's code and its number, as the reconciliation names it."""
    place = contest.removeprefix("contest-")
    if contest.startswith("contest-") and place.isdecimal() and len(place) < 4:
        found = Box.objects.select_related("contest__election").filter(
            contest__election=trustee.election_id, contest__position=int(place) - 1, number=number
        )
        for box in found:
            return box
    raise Refusal("box.none", "There is no such box.", status=404)


# --- what was sent -----------------------------------------------------------------------------


def _object(request: HttpRequest, *names: str) -> dict[str, Any]:
    """The body, an object of exactly these members in canonical JSON."""
    _require_length(request, LARGEST_MESSAGE_BYTES)
    try:
        said = read_canonical(request.body)
    except NotCanonical as wrong:
        raise _malformed() from wrong
    if not isinstance(said, dict) or set(said) != set(names):
        raise _malformed()
    return dict(said)


def _pieces(request: HttpRequest, most: int) -> Iterator[bytes]:
    """The body, piece by piece: it may be as large as all ballots together."""
    _require_length(request, most)
    return iter(functools.partial(request.read, CHUNK_BYTES), b"")


def _require_length(request: HttpRequest, most: int) -> None:
    """Refuse a body before it is read, where it says itself that it is too large."""
    try:
        length = int(request.headers.get("Content-Length") or 0)
    except ValueError:
        length = most + 1
    if length > most:
        raise Refusal("request.too-large", f"What was sent has more than the {most:,} bytes that "
                      "it can have.", status=413)


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise _malformed()
    return value


def _octets(text: str) -> bytes:
    try:
        octets = bytes.fromhex(text)
    except ValueError as wrong:
        raise _malformed() from wrong
    if octets.hex() != text:
        raise _malformed()
    return octets


def _malformed() -> Refusal:
    return Refusal(
        "seat.malformed", "What was sent is not of the form that docs/spec/trustees.md gives it.",
        status=400,
    )
