"""Who asks with a voting code: the proof that they hold it, checked before anything is looked up.

In common to the booth's addresses that answer in JSON.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone

from ballot import limits
from ballot.models import Election
from ballot.sealing.codes import check_identity
from ballot.sealing.errors import SealingError
from ballot.views.public import announced_election
from office.refusal import Refusal

LARGEST_QUESTION_BYTES: Final = 4096
"""The opening of a paper of thirty contests is the longest question."""


@dataclass(frozen=True, slots=True)
class Held:
    """A credential whose holder has just proved that they hold it, and what else they sent."""

    credential: bytes
    election: Election
    asked: Mapping[str, Any]

    def text(self, name: str) -> str:
        """A text that was sent, or a refusal."""
        found = self.asked.get(name)
        if not isinstance(found, str):
            raise malformed()
        return found


def answer_holder(
    request: HttpRequest, slug: str, answer: Callable[[Held, datetime], dict[str, Any]]
) -> HttpResponse:
    """Answer who holds a code; to everybody else it is unknown."""
    now = timezone.now()
    try:
        held = _held(request, slug, now)
        told = answer(held, now) if held else {"state": "unknown"}
    except Refusal as refusal:
        return refused(refusal)
    return private(JsonResponse(told))


def _held(request: HttpRequest, slug: str, now: datetime) -> Held | None:
    """The proof of possession, checked before anything is looked up: credentials are public.

    A credential's own limit counts only who has proved to hold it, and an address's only what
    was refused: nobody spends an elector's turns, and a hall full of electors has one address.
    """
    asked = _asked(body_of(request, LARGEST_QUESTION_BYTES))
    credential, signature = _proof(asked)
    election = announced_election(slug)
    try:
        check_identity(credential, signature, election_id=election.public_id.bytes)
    except SealingError:
        limits.spend(_refused_here(request, now), now=now)
        return None
    limits.spend((limits.IDENTIFY_BY_CREDENTIAL, credential.hex()), now=now)
    return Held(credential, election, asked)


def _refused_here(request: HttpRequest, now: datetime) -> tuple[limits.Limit, str]:
    return limits.IDENTIFY_REFUSED_BY_ADDRESS, limits.masked_address(request, now=now)


def _asked(body: bytes) -> Mapping[str, Any]:
    try:
        asked = json.loads(body)
    except (ValueError, RecursionError) as wrong:
        raise malformed() from wrong
    if not isinstance(asked, dict):
        raise malformed()
    return asked


def _proof(asked: Mapping[str, Any]) -> tuple[bytes, bytes]:
    try:
        credential = bytes.fromhex(asked["credential"])
        signature = bytes.fromhex(asked["signature"])
    except (ValueError, TypeError, KeyError) as wrong:
        raise malformed() from wrong
    if len(credential) != 32 or len(signature) != 64:
        raise malformed()
    return credential, signature


def malformed() -> Refusal:
    """What is said to a question that is none."""
    return Refusal(
        "code.malformed-question",
        "The question did not arrive whole. Load the page again and try once more.",
        status=400,
    )


def body_of(request: HttpRequest, most: int) -> bytes:
    """The body, refused before it is read where it cannot be what it should."""
    try:
        length = int(request.headers.get("Content-Length") or 0)
    except ValueError:
        length = most + 1
    if length > most:
        raise Refusal("request.too-large", "What was sent is too large to be a ballot. Nothing "
                      "was cast.", status=413)
    return request.body


def refused(refusal: Refusal) -> HttpResponse:
    """A refusal as the booth reads it."""
    told = {"code": refusal.code, "sentence": refusal.sentence}
    return private(JsonResponse(told, status=refusal.status))


def private(response: HttpResponse, *, clears: bool = False) -> HttpResponse:
    """Keep an answer out of every cache, and at the receipt take what was kept away.

    Not "cookies": the same ballot may be on its way again from this page, which needs the token
    in its cookie to be answered with the same receipt. The booth keeps nothing in storage.
    """
    response.headers["Cache-Control"] = "no-store"
    if clears:
        response.headers["Clear-Site-Data"] = '"cache", "storage"'
    return response
