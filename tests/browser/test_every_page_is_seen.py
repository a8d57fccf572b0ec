"""Every page of the site in a real browser, at every width and judged by axe."""

from __future__ import annotations

from collections.abc import Iterator
from http import HTTPStatus
from typing import Any

import pytest
from django.conf import settings as configured
from django.core.cache import cache
from django.test import Client
from playwright.sync_api import Page

from office.models import StaffMember
from tests.browser import axe
from tests.browser.coming import Given, first_run
from tests.browser.conftest import SCREENSHOTS, WIDTHS, OpenPage
from tests.browser.stops import STOPS, Stop
from tests.browser.stops_beside import ACCOUNT, ELSEWHERE, EMAIL, OFFICE
from tests.office.factories import PASSWORD, officer, sign_in
from tests.office.urls import Route, routes

pytestmark = pytest.mark.django_db(transaction=True)

PARTS = {
    # Parts of pages, which their pages ask for anew.
    "desk_turnout_fragment", "job_fragment", "development_mail_html",
}
"""Addresses that end in a slash and are no pages."""

IN_PASSING = {
    # The step after the password, which the walk comes to by a form.
    "mfa_authenticate",
    # With a passkey, or by a link in a letter: tests/browser/test_desk.py, tests/office.
    "account_reset_password_from_key",
    "mfa_edit_webauthn", "mfa_login_webauthn", "mfa_reauthenticate_webauthn",
    "mfa_remove_webauthn",
    # A file.
    "mfa_download_recovery_codes",
}
"""Pages of signing in that no address alone leads to."""


@pytest.fixture
def origin(live_server: Any, settings: Any) -> Iterator[str]:
    settings.CSRF_TRUSTED_ORIGINS = [live_server.url]
    settings.EMAIL_BACKEND = "office.mail.DevelopmentOutboxBackend"
    cache.clear()
    yield live_server.url.replace("127.0.0.1", "localhost")


class Walk:
    """Somebody at the desk and somebody from the street, who look at each page and its links.

    wrong:  what is wrong, by the stop and the page.
    Where a link leads is followed once, at the page on which it is found first. What was destroyed
    is gone, and its page says when: that is no dead link.
    """

    def __init__(self, open_page: OpenPage, origin: str) -> None:
        self._origin = origin
        self._desk, self.street = open_page(), open_page()
        self._clerk, self._passer_by = (
            Client(raise_request_exception=False) for _ in range(2)
        )
        self._routes = {route.name: route for route in routes()}
        self.wrong: dict[str, Any] = {}
        self._linked: set[str] = set()
        SCREENSHOTS.mkdir(parents=True, exist_ok=True)

    def sit(self, person: StaffMember) -> None:
        """Let this person of the staff be the one at the desk."""
        name = str(configured.SESSION_COOKIE_NAME)
        value = sign_in(self._clerk, person).cookies[name].value
        self._desk.context.add_cookies([{"name": name, "value": value, "url": self._origin}])

    def stop(self, stop: Stop, given: Given) -> None:
        for name in stop.pages:
            route = self._routes[name]
            is_at_desk = bool(route.act) or stop.is_at_desk
            page = self._desk if is_at_desk else self.street
            path = address(route, given)
            answer = page.goto(self._origin + path)
            place = f"{stop.name}-{name}"
            if answer is None or answer.status != 200:
                self.wrong[place] = answer and answer.status
                continue
            self.judge(page, place)
            self._follow(page, self._clerk if is_at_desk else self._passer_by, place)

    def judge(self, page: Page, place: str) -> None:
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 900})
            wide = page.evaluate("document.documentElement.scrollWidth")
            if wide > width:
                self.wrong[f"{place}-{width}"] = f"it scrolls sideways: {wide} px"
            page.screenshot(path=SCREENSHOTS / f"{place}-{width}.png", full_page=True)
            if width != WIDTHS[1] and (found := axe.findings(page)):
                self.wrong[f"{place}-{width}-axe"] = found

    def _follow(self, page: Page, client: Client, place: str) -> None:
        leads = page.eval_on_selector_all(
            'a[href]:not([href^="#"])', "all => all.map(it => it.href)"
        )
        here = {
            lead.removeprefix(self._origin).split("#")[0].split("?")[0]
            for lead in leads if lead.startswith(f"{self._origin}/")
        }
        for path in sorted(here - self._linked):
            status = client.get(path).status_code
            if status >= 400 and status != HTTPStatus.GONE:
                self.wrong[f"{place}: {path}"] = status
        self._linked |= here


def is_page(route: Route) -> bool:
    return route.pattern.endswith(("/", "/$")) or not route.pattern


def address(route: Route, given: Given) -> str:
    path = "/" + route.pattern
    for name, value in given.items():
        for kind in ("int", "slug", "str"):
            path = path.replace(f"<{kind}:{name}>", str(value))
    assert "<" not in path, f"{path}: say at the stop what stands there"
    return path


def test_every_page_of_an_election_from_draft_to_archive(
    open_page: OpenPage, origin: str
) -> None:
    run = first_run()
    first = StaffMember.objects.get(pk=run.officers[0])
    walk = Walk(open_page, origin)

    for stop in STOPS:
        given = stop.come(run)
        walk.sit(stop.who() if stop.who else first)
        walk.stop(stop, given)
    walk.sit(first)
    for stop in ELSEWHERE:
        walk.stop(stop, stop.come())

    assert walk.wrong == {}


def test_every_page_of_the_list_of_the_office_and_of_signing_in(
    open_page: OpenPage, origin: str
) -> None:
    walk = Walk(open_page, origin)
    first = officer()

    for stop in (*OFFICE, *ACCOUNT):
        walk.sit(stop.who() if stop.who else first)
        walk.stop(stop, stop.come())
    walk.street.goto(f"{origin}/accounts/login/")
    walk.street.get_by_label("E-mail address").fill(EMAIL)
    walk.street.get_by_label("Password", exact=True).fill(PASSWORD)
    walk.street.get_by_role("button", name="Sign in", exact=True).click()
    walk.street.get_by_label("Code").wait_for()
    walk.judge(walk.street, "signing-in")

    assert walk.wrong == {}


def test_no_page_is_left_out_of_the_walk() -> None:
    """An address that ends in a slash is a page, unless it takes forms alone or gives a part."""
    walked = {name for stop in (*STOPS, *ELSEWHERE, *OFFICE, *ACCOUNT) for name in stop.pages}
    pages = {route.name for route in routes() if is_page(route)}
    client = sign_in(Client(), officer())

    takes_forms_alone = {
        route.name for route in routes()
        if is_page(route) and route.name not in walked
        and client.get(route.address).status_code == 405
    }

    assert pages - walked - takes_forms_alone == PARTS | IN_PASSING
    assert walked <= pages
