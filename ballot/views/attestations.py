"""What agents and scrutineers put on record, once all is declared or void: anybody's."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from ballot.incidents import is_published
from ballot.showing.attestations import published
from ballot.views.public import announced_election
from office.refusal import Refusal


@require_safe
def attestations(request: HttpRequest, slug: str) -> HttpResponse:
    election = announced_election(slug)
    if not is_published(election):
        raise Refusal(
            "attestation.not-published",
            "What agents and scrutineers put on record is published at the end: with the "
            "declaration of the result, or when the election is void.",
            status=404,
        )
    context = {"election": election, "parts": published(election),
               "is_declared": election.stage.is_declared}
    return render(request, "ballot/attestations.html", context)
