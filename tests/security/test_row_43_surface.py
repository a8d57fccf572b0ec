"""Row 43: pages that nobody meant to be there. Prevents: the whole surface is written down here."""

from __future__ import annotations

import pytest
from django.conf import settings
from django.test import Client

from tests.security.looking import all_routes, forget_limits

# Everything that somebody who is not signed in can reach, but for the sign-in pages themselves.
PUBLIC = {
    "", "healthz",
    "elections/<slug:slug>/", "elections/<slug:slug>/candidates/<int:candidate_id>/photo",
    # The notice of poll in words, the turnout that everybody is shown, the book of incidents,
    # what agents and scrutineers signed.
    "elections/<slug:slug>/notice/", "elections/<slug:slug>/notice.pdf",
    "elections/<slug:slug>/turnout/", "elections/<slug:slug>/turnout.csv",
    "elections/<slug:slug>/turnout.json", "elections/<slug:slug>/incidents/",
    "elections/<slug:slug>/attestations/",
    "elections/<slug:slug>/nominations/", "nominate/<slug:slug>/", "consent/<slug:slug>/",
    "elections/<slug:slug>/electorate/", "elections/<slug:slug>/electorate.csv",
    "elections/<slug:slug>/electorate.json",
    "elections/<slug:slug>/result/", "elections/<slug:slug>/result.json",
    "elections/<slug:slug>/result/<int:number>/count.csv",
    "elections/<slug:slug>/result/<int:number>/rctab.json",
    "elections/<slug:slug>/result/<int:number>/papers.blt",
    "board/<slug:slug>/", "board/<slug:slug>/<int:number>.json",
    "board/<slug:slug>/blob/<str:sha256>", "board/<slug:slug>/checkpoint",
    # Of everything under board/, this alone takes anything: the signature of a witness.
    "board/<slug:slug>/cosignature",
    "board/<slug:slug>/everything.zip", "board/<slug:slug>/tile/<path:path>",
    "board/<slug:slug>/<int:number>.tlog-proof",
    # A trustee's seat: everything but the page asks for its secret.
    "trustee/<slug:slug>/", "trustee/<slug:slug>/seat", "trustee/<slug:slug>/ceremony",
    "trustee/<slug:slug>/held",
    "trustee/<slug:slug>/boxes/<slug:contest>/<int:box>/mix/<int:number>/<str:signature>",
    "trustee/<slug:slug>/boxes/<slug:contest>/<int:box>/commitment",
    "trustee/<slug:slug>/boxes/<slug:contest>/<int:box>/part",
    "board/<slug:slug>/check/", "board/<slug:slug>/watch/",
    "board/check-worker.js", "board/verifier.zip", "board/hustings_witness.py",
    "vote/<slug:slug>/", "vote/<slug:slug>/identify", "vote/<slug:slug>/confirm",
    "vote/<slug:slug>/challenge", "check/<slug:slug>/",
    "vote/<slug:slug>/cast", "vote/<slug:slug>/reissue/", "vote/<slug:slug>/reissue/asked/",
    "vote/<slug:slug>/not-me/said/", "vote/<slug:slug>/not-me/<str:token>/",
    "elections/<slug:slug>/result.pdf", "elections/<slug:slug>/result/version/<int:version>/",
    "elections/<slug:slug>/result/version/<int:version>.json",
    "elections/<slug:slug>/result/version/<int:version>.pdf",
    "elections/<slug:slug>/destruction/",
    # The count before the declaration: nothing without the secret of a candidate's link.
    "told/<slug:slug>/",
    "roll/", "roll/asked/", "roll/decisions/", "roll/decisions/totals.csv",
    "roll/mine/<str:token>/", "roll/mine/<str:token>/correction/",
    "roll/mine/<str:token>/appeals/<int:decision_id>/",
    "roll/not-me/said/", "roll/not-me/<str:token>/",
}
# The development outbox refuses outside development: tests/office/test_pages.py.
DEVELOPMENT = ("outbox/",)
SIGN_IN = ("accounts/",)


def test_the_public_surface_is_what_is_written_here() -> None:
    found = {route.pattern for route in all_routes() if not route.act}

    assert {
        pattern for pattern in found if not pattern.startswith((*DEVELOPMENT, *SIGN_IN))
    } == PUBLIC


def test_every_page_that_is_not_public_asks_the_permission_table() -> None:
    guarded = [route for route in all_routes() if route.act]

    assert len(guarded) > 30
    assert all(route.pattern.startswith("desk/") for route in guarded)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "address",
    ["/admin/", "/__debug__/", "/debug/", "/static/build/booth.js.map", "/.git/config", "/.env",
     "/manage.py", "/metrics", "/silk/", "/api/", "/graphql", "/static/../config/settings.py",
     "/accounts/signup/", "/server-status"],
)
def test_what_scanners_look_for_is_not_there(client: Client, address: str) -> None:
    forget_limits()
    answer = client.get(address)

    # Nobody signs up: the page says so, and takes nothing.
    assert answer.status_code == 404 or (
        address == "/accounts/signup/" and b"<form" not in answer.content
    )


def test_neither_the_framework_s_desk_nor_its_debugging_is_installed() -> None:
    assert "django.contrib.admin" not in settings.INSTALLED_APPS
    assert not settings.DEBUG
    assert not any("debug" in one for one in [*settings.INSTALLED_APPS, *settings.MIDDLEWARE])
