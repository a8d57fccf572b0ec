"""What anybody may read: the elections, the notice of each, the candidates' photographs."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from ballot.lifecycle import State
from ballot.models import Candidate, Election
from ballot.selectors import election_by_slug
from ballot.showing.dashboard import line
from ballot.showing.notice import notice_of
from office.refusal import Refusal

_YEAR_S = 365 * 24 * 3600
_MINUTE_S = 60


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    rows = Election.objects.exclude(state=State.DRAFT.value).order_by("-opens_at", "-pk")
    now = timezone.now()
    return render(request, "ballot/home.html", {"lines": [line(one, now=now) for one in rows]})


@require_safe
def election(request: HttpRequest, slug: str) -> HttpResponse:
    announced = announced_election(slug)
    context = notice_of(announced, now=timezone.now())
    return render(request, "ballot/election.html", {"election": announced, **context})


@require_safe
def candidate_photo(request: HttpRequest, slug: str, candidate_id: int) -> HttpResponse:
    """A photograph, as our own encoder wrote it. Before the notice only the desk sees it."""
    shown = Candidate.objects.filter(pk=candidate_id, contest__election__slug=slug)
    if not request.user.is_authenticated:
        shown = shown.exclude(contest__election__state=State.DRAFT.value)
    photo = shown.values_list("photo", flat=True).first()
    if photo is None:
        raise Refusal("photograph.none", "There is no photograph at this address.", status=404)
    response = HttpResponse(bytes(photo), content_type="image/webp")
    is_fixed = shown.filter(position__isnull=False).exists()
    seconds = _YEAR_S if is_fixed else _MINUTE_S
    response.headers["Cache-Control"] = f"public, max-age={seconds}"
    return response


def announced_election(slug: str) -> Election:
    """An election of which there is a notice; a draft is nobody's but the office's."""
    found = election_by_slug(slug)
    if found.stage == State.DRAFT:
        raise Refusal("election.none", "There is no election at this address.", status=404)
    return found
