"""The page on which a second device checks a paper that was challenged on a first."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from ballot.showing.booth import check_page_of
from ballot.views.holder import private
from ballot.views.public import announced_election


@require_safe
def device_check(request: HttpRequest, slug: str) -> HttpResponse:
    """The same page for everybody: what it is to check stands after "#", and is never sent."""
    page = check_page_of(announced_election(slug))
    response = private(render(request, "ballot/device_check.html", {"check": page}))
    response.headers["Referrer-Policy"] = "no-referrer"
    return response
