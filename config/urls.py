"""Where each application's pages begin."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import include, path
from django.utils.module_loading import import_string


def healthz(request: HttpRequest) -> HttpResponse:
    """Say that this process answers; it touches no database, so that a proxy may ask often."""
    return HttpResponse("ok\n", content_type="text/plain")


# The booth's addresses stand first: patterns are tried in order, and on the day of a poll nearly
# every request is for one of them.
urlpatterns = [
    path("healthz", healthz, name="healthz"),
    path("", include("ballot.urls")),
    path("", include("office.urls")),
    path("", include("members.urls")),
    path("accounts/", include("office.account_urls")),
]
if settings.MAIL_PROVIDER is not None:
    # Anymail's own view: it refuses whoever does not bring the secret of the webhook.
    urlpatterns.append(
        path(
            "webhooks/mail/",
            import_string(settings.MAIL_PROVIDER.webhook).as_view(),
            name="mail_webhook",
        )
    )
