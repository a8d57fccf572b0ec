"""Row 8: cross-site requests and method override. Prevents.

Every URL of the site is enumerated from the URL table: a POST without its token is refused
everywhere, whoever is signed in; so is one with the token from another origin.
"""

from __future__ import annotations

import json
import re

import pytest
from django.conf import settings
from django.test import Client
from django.urls import Resolver404, resolve, reverse

from ballot.models import Checkpoint, SealedBallot
from ballot.services.publish_board import publish_board
from tests.ballot.factories import election, entries, sealed
from tests.office.factories import officer, sign_in
from tests.security.looking import all_routes, digest_of_tables, forget_limits

pytestmark = pytest.mark.django_db


def reachable() -> list[str]:
    """An address for every pattern of the site that one can be made for."""
    found = []
    for route in all_routes():
        address = re.sub(r"\(\?P<(\w+)>[^)]*\)", "none", route.address).replace("^", "")
        address = address.removesuffix("$").replace("\\", "")
        try:
            resolve(address)
        except Resolver404:
            continue
        found.append(address)
    return found


def test_nearly_every_pattern_has_an_address_that_is_tried() -> None:
    assert len(reachable()) >= 0.95 * len(all_routes())
    assert len(reachable()) > 60


# A program's, not a form's: it takes what a named witness signed over a state that this board
# signed, whoever brings it, and no cookie counts there (tests/ballot/views/test_cosignature.py).
BY_SIGNATURE = {reverse("cosignature", args=["none-such"])}


@pytest.mark.parametrize("who", ["nobody", "an officer"])
@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_no_unsafe_request_is_taken_without_its_token(who: str, method: str) -> None:
    browser = Client(enforce_csrf_checks=True)
    if who == "an officer":
        sign_in(browser, officer())

    accepted = [
        address for address in reachable()
        if address not in BY_SIGNATURE
        and getattr(browser, method)(address).status_code not in {403, 405}
    ]

    assert accepted == []
    assert set(reachable()) > BY_SIGNATURE


def test_without_its_token_a_witness_s_signature_alone_is_taken() -> None:
    forget_limits()
    run = election(at="polling", electors=1)
    publish_board(run.election_id, now=run.by["now"])
    before = digest_of_tables()
    address = reverse("cosignature", args=[run.election.slug])
    browser = sign_in(Client(enforce_csrf_checks=True), officer())
    begun = digest_of_tables()
    note = Checkpoint.objects.latest("size").note.encode()

    statuses = {browser.post(address, body, content_type="text/plain").status_code
                for body in (b"", b"x=1", note)}  # fmt: skip

    assert statuses == {400, 403}
    assert digest_of_tables() == begun != before


def test_the_token_from_another_origin_is_refused_and_from_our_own_taken() -> None:
    forget_limits()
    run = election(at="polling", electors=1)
    browser = Client(enforce_csrf_checks=True)
    page = browser.get(reverse("booth", args=[run.election.slug])).content.decode()
    found = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
    assert found
    address = reverse("cast", args=[run.election.slug])
    wire = sealed(run, entries(run)[0], (0,))

    def post(**headers: str) -> int:
        return browser.post(
            address, wire, content_type="application/octet-stream",
            headers={"X-CSRFToken": found[1], **headers},
        ).status_code

    for origin in ("https://evil.example", "null", "http://localhost.evil.example",
                   settings.ORIGIN + ".evil.example"):
        assert post(Origin=origin) == 403, origin
    assert SealedBallot.objects.count() == 0
    assert post(Origin=settings.ORIGIN) == 200

    assert SealedBallot.objects.count() == 1


def test_a_header_makes_no_post_of_a_get() -> None:
    run = election(at="polling", electors=1)
    before = digest_of_tables()
    client = Client()

    for header in ("X-HTTP-Method-Override", "X-Method-Override", "X-HTTP-Method"):
        for name in ("cast", "identify", "confirm"):
            asked = client.get(
                reverse(name, args=[run.election.slug]) + "?_method=POST", headers={header: "POST"}
            )
            assert asked.status_code == 405
        asked = client.get(reverse("reissue", args=[run.election.slug]), {
            "number": "1000", "proof": "QA1 2BD", "_method": "POST"
        }, headers={header: "POST"})
        assert asked.status_code == 200

    assert digest_of_tables() == before


def test_the_cookies_go_to_no_other_site() -> None:
    for cookie in ("SESSION", "CSRF"):
        assert getattr(settings, f"{cookie}_COOKIE_SAMESITE") == "Strict"
        assert getattr(settings, f"{cookie}_COOKIE_HTTPONLY")
    assert json.dumps(settings.CSRF_TRUSTED_ORIGINS) == json.dumps([settings.ORIGIN])
