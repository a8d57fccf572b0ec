"""The incidents book, once it is published: anybody's to read."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from ballot.incidents import is_published
from ballot.showing.incidents import published_shown
from ballot.views.public import announced_election
from office.refusal import Refusal


@require_safe
def incidents(request: HttpRequest, slug: str) -> HttpResponse:
    election = announced_election(slug)
    if not is_published(election):
        raise Refusal("incident.not-published", "The incidents book is published at the end, with "
                      "the declaration of the result.", status=404)
    context = {"election": election, **published_shown(election)}
    return render(request, "ballot/incidents.html", context)
