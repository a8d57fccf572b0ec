"""Where each application's pages begin."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import include, path


def healthz(request: HttpRequest) -> HttpResponse:
    """Say that this process answers; it touches no database, so that a proxy may ask often."""
    return HttpResponse("ok\n", content_type="text/plain")


urlpatterns = [
    path("healthz", healthz, name="healthz"),
    path("accounts/", include("allauth.urls")),
    path("", include("office.urls")),
    path("", include("members.urls")),
    path("", include("ballot.urls")),
]
