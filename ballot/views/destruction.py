"""The certificate of the destruction of an election's sealed ballots, for anybody."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from ballot.showing.certificate import certificate_of
from ballot.views.public import announced_election
from office.refusal import Refusal


@require_safe
def destruction(request: HttpRequest, slug: str) -> HttpResponse:
    """What was destroyed, how many, its hashes, by whose order and when."""
    election = announced_election(slug)
    certificate = certificate_of(election)
    if certificate is None:
        raise Refusal(
            "destruction.none", "Nothing of this election has been destroyed.", status=404
        )
    context = {"election": election, "certificate": certificate}
    return render(request, "ballot/destruction.html", context)
