"""What every page knows of this installation: whose it is, and whether it is only a trial."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest


@dataclass(frozen=True, slots=True)
class Site:
    party_name: str
    is_demonstration: bool
    outbox_url: str
    help_url: str


def site(request: HttpRequest) -> dict[str, Site]:
    has_outbox = settings.EMAIL_BACKEND == "office.mail.DevelopmentOutboxBackend"
    ours = Site(
        party_name=settings.PARTY_NAME,
        is_demonstration=settings.DEVELOPMENT,
        outbox_url="/outbox/" if has_outbox else "",
        help_url=settings.HELP_URL,
    )
    # Twice, because the sign-in pages' own views put another `site` over the first.
    return {"site": ours, "own_site": ours}
