"""Booths that others serve: the elector's addresses answer the origins that the settings name.

A booth from the scrutineer's own origin posts here as this server's own page does. A page of
another origin brings neither our cookie nor our token, and needs none: what counts at these
addresses is a signature by a voting code, and no cookie gives anybody any right there. Of every
other origin the token is demanded as ever.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_vary_headers
from django.views.decorators.csrf import csrf_exempt, csrf_protect

_HOUR_S: Final = 3600
View = Callable[[HttpRequest, str], HttpResponse]


def for_booths(view: View) -> View:
    """Let a view answer the pages of the origins in HUSTINGS_BOOTH_ORIGINS, and our own."""
    guarded: View = csrf_protect(view)

    @csrf_exempt
    @wraps(view)
    def answer(request: HttpRequest, slug: str) -> HttpResponse:
        origin = request.headers.get("Origin", "")
        if origin not in settings.BOOTH_ORIGINS:
            return guarded(request, slug)
        is_asked_first = request.method == "OPTIONS"
        response = _permitted() if is_asked_first else view(request, slug)
        response.headers["Access-Control-Allow-Origin"] = origin
        # There is nothing of this origin's to clear: the page came from another, with no cookie.
        response.headers.pop("Clear-Site-Data", None)
        patch_vary_headers(response, ["Origin"])
        return response

    return answer


def _permitted() -> HttpResponse:
    """What a browser asks before it lets a page of another origin post (CORS)."""
    response = HttpResponse(status=204)
    response.headers["Access-Control-Allow-Methods"] = "POST"
    response.headers["Access-Control-Allow-Headers"] = "Content-Type"
    response.headers["Access-Control-Max-Age"] = str(_HOUR_S)
    return response
