"""The board of an election: its entries in words and in bytes, and the search by tracker."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from django.db.models import BinaryField, F, Func, IntegerField, Max, Value
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from ballot import limits
from ballot.destruction import destroyed_sentence, require_kept, was_emptied
from ballot.forms.electors import TrackerForm
from ballot.forms.reading import sent
from ballot.mapping.entry import log_entry
from ballot.models import Blob, Challenge, Election, Entry, SealedBallot
from ballot.sealing.ballot import tracker_words
from ballot.selectors import read_blob
from ballot.showing.checkpoint import signed_state
from ballot.showing.entries import is_withheld, shown
from ballot.views.public import announced_election
from ballot.views.trying import get_or_post
from members.selectors import sections
from office.refusal import Refusal

PAGE_ENTRIES = 50
_YEAR_S = 365 * 24 * 3600
# No election has more entries; a number past it is no number of ours, and never reaches the query.
_MOST = 2_000_000_000


@get_or_post
def board(request: HttpRequest, slug: str) -> HttpResponse:
    """The entries from a number on; and what a tracker stands for.

    The search is a POST so that a tracker, which stands beside an address in no log of ours,
    does not come to stand there by the page's own.
    """
    election = announced_election(slug)
    form = TrackerForm(sent(request))
    found = None
    if request.method == "POST" and form.is_valid():
        require_kept(election)
        found = _search(request, election, form.cleaned_data["tracker"])
    first = _first(request.GET.get("from", "0"))
    context = {
        "election": election, "form": form, "found": found,
        "destroyed": destroyed_sentence(election),
        **signed_state(election, now=timezone.now()), **_page(election, first),
    }  # fmt: skip
    return render(request, "ballot/board.html", context)


@require_safe
def entry_json(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """An entry's own bytes; they never change. Some wait for the declaration of the result."""
    election = announced_election(slug)
    entry = Entry.objects.filter(election=election, number=number).first() if number < _MOST \
        else None
    if entry is None:
        raise Refusal("board.no-such-entry", "The board has no entry of this number.", status=404)
    if not bytes(entry.body):
        require_kept(election)
    if is_withheld(entry.kind, election=election):
        raise Refusal(
            "board.not-yet",
            "This is published with the declaration of the result, and not before. Until then the "
            "board shows its hash.",
            status=404,
        )
    response = HttpResponse(bytes(entry.body), content_type="application/json")
    response.headers["Cache-Control"] = f"public, max-age={_YEAR_S}, immutable"
    response.headers["Access-Control-Allow-Origin"] = "*"
    return response


@require_safe
def blob(request: HttpRequest, slug: str, sha256: str) -> StreamingHttpResponse:
    """The bytes that an entry names by their hash, a chunk at a time; they never change."""
    election = announced_election(slug)
    is_hash = re.fullmatch("[0-9a-f]{64}", sha256)
    kinds = _kinds_naming(election, sha256) if is_hash else set()
    # What is withheld and what is not there look alike: else who guessed bytes would be told so.
    is_named = any(not is_withheld(kind, election=election) for kind in kinds)
    named = Blob.objects.filter(sha256=bytes.fromhex(sha256)).first() if is_named else None
    body = _stood_in_for(election, sha256) if is_hash and named is None else None
    if body is not None:
        return _bytes_for_ever(iter([body]), name=sha256, size=len(body))
    if named is None:
        raise Refusal(
            "board.no-such-blob",
            "The board names nothing by this hash, or will name it with the declaration.",
            status=404,
        )
    if was_emptied(named):
        require_kept(election)
    return _bytes_for_ever(read_blob(named), name=sha256, size=named.size_bytes)


def _bytes_for_ever(pieces: Iterator[bytes], *, name: str, size: int) -> StreamingHttpResponse:
    response = StreamingHttpResponse(pieces, content_type="application/octet-stream")
    response.headers["Cache-Control"] = f"public, max-age={_YEAR_S}, immutable"
    response.headers["Content-Length"] = str(size)
    response.headers["Content-Disposition"] = f'attachment; filename="{name[:16]}.bin"'
    response.headers["Access-Control-Allow-Origin"] = "*"
    return response


def _stood_in_for(election: Election, sha256: str) -> bytes | None:
    """The whole of an entry that the log holds by its hash alone, once it may be read."""
    name = Func(F("body"), function="sha256", output_field=BinaryField())
    entries = Entry.objects.filter(election=election, ballot__isnull=True).annotate(name=name)
    entry = entries.filter(name=bytes.fromhex(sha256)).first()
    if entry is None or is_withheld(entry.kind, election=election):
        return None
    body = bytes(entry.body)
    return body if log_entry(entry.kind, body) != body else None


def _kinds_naming(election: Election, sha256: str) -> set[str]:
    """The kinds of this election's entries that name bytes by their hash; no ballot's does.

    Quotation marks are escaped in whatever a person typed, so no name or reason can stand for
    an entry that names the bytes.
    """
    naming = Value(f'"sha256":"{sha256}"'.encode(), output_field=BinaryField())
    place = Func(naming, F("body"), function="POSITION", arg_joiner=" IN ",
                 output_field=IntegerField())
    rows = Entry.objects.filter(election=election, ballot__isnull=True).annotate(place=place)
    return set(rows.filter(place__gt=0).order_by().values_list("kind", flat=True).distinct())


@dataclass(frozen=True, slots=True)
class Found:
    """What a tracker stands for: `number` is None while the paper waits to go on the board."""

    is_cast: bool
    is_challenged: bool = False
    number: int | None = None
    words: tuple[str, ...] = ()
    page_url: str = ""


def _search(request: HttpRequest, election: Election, wanted: tuple[bytes, bytes]) -> Found:
    now = timezone.now()
    limits.spend((limits.TRACKER_BY_ADDRESS, limits.masked_address(request, now=now)), now=now)
    ballot = SealedBallot.objects.filter(election=election, tracker__range=wanted).first()
    challenge = Challenge.objects.filter(election=election, tracker__range=wanted).first()
    paper = ballot or challenge
    if paper is None:
        return Found(is_cast=False)
    entry = Entry.objects.filter(ballot=ballot, challenge=challenge).first()
    found = Found(
        is_cast=ballot is not None,
        is_challenged=challenge is not None,
        words=tracker_words(bytes(paper.tracker)),
    )
    if entry is None:
        return found
    url = f"{reverse('board', args=[election.slug])}?from={entry.number}"
    return replace(found, number=entry.number, page_url=url)


def _first(text: str) -> int:
    return min(int(text), _MOST) if text.isascii() and text.isdecimal() and len(text) < 12 else 0


def _page(election: Election, first: int) -> dict[str, object]:
    rows = Entry.objects.filter(election=election, number__gte=first)
    page = list(rows.order_by("number")[:PAGE_ENTRIES])
    last = Entry.objects.filter(election=election).aggregate(last=Max("number"))["last"]
    total = 0 if last is None else last + 1
    names = dict(sections().values_list("code", "name"))
    here = reverse("board", args=[election.slug])
    after = first + PAGE_ENTRIES
    return {
        "entries": [shown(entry, election=election, section_names=names) for entry in page],
        "total": total,
        "previous_url": f"{here}?from={max(0, first - PAGE_ENTRIES)}" if first else "",
        "next_url": f"{here}?from={after}" if after < total else "",
    }
