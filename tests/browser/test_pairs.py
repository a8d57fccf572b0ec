"""Two records side by side in a real browser: decided by keyboard alone, readable at any width."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.conf import settings as configured
from django.core.cache import cache
from django.test import Client
from playwright.sync_api import Page

from members import services
from members.models import Member, Pair
from tests.browser.axe import findings
from tests.members.factories import NOW, imported, person
from tests.office.factories import officer, sign_in

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)

OpenPage = Callable[..., Page]


@pytest.fixture
def origin(live_server: Any, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    settings.CSRF_TRUSTED_ORIGINS = [live_server.url]
    monkeypatch.setattr("office.services.jobs.current_app.send_task", lambda *a, **k: None)
    cache.clear()
    yield live_server.url.replace("127.0.0.1", "localhost")


def signed_in(page: Page, origin: str) -> Page:
    session = sign_in(Client(), officer()).cookies[configured.SESSION_COOKIE_NAME]
    page.context.add_cookies([{"name": session.key, "value": session.value, "url": origin}])
    return page


def found() -> None:
    imported(
        person(number="0000001", phone="01990 000001"),
        person(number="0000002", unit="South Aldermoor", postcode="VX1 1AB"),
        person(number="A0000003", section="affiliated", unit="Union of Makers",
               email="a.second.long.address.of.carys.fallowes@post.example.org"),
    )  # fmt: skip
    services.find_pairs(by=None, now=NOW, is_whole=True)


def test_a_pair_is_decided_with_the_keyboard_alone_and_the_next_follows(
    open_page: OpenPage, origin: str
) -> None:
    found()
    page = signed_in(open_page(), origin)
    page.goto(f"{origin}/desk/members/")
    page.get_by_role("link", name="Records that may be one person").click()
    page.get_by_role("link", name="Very likely").first.click()
    first = page.url

    page.get_by_role("textbox").focus()
    page.keyboard.type("Moved in May")
    page.keyboard.press("Enter")
    page.wait_for_timeout(300)
    assert page.url == first
    assert not Pair.objects.exclude(state="open").exists()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: url != first)

    assert "/desk/members/duplicates/" in page.url
    page.get_by_text("It can be undone under “Decided”.").wait_for()
    assert Member.objects.filter(merged_into__isnull=False).count() == 1
    assert Pair.objects.get(state="same", is_implied=False).reason == "Moved in May"


@pytest.mark.parametrize("width", [320, 1280])
def test_every_page_of_the_pairs_is_clean_at_any_width(
    width: int, open_page: OpenPage, origin: str, screenshot: Callable[[Page, str], None]
) -> None:
    found()
    one, two, _ = Pair.objects.order_by("first", "second")
    services.settle_different(two.pk, by=None, now=NOW, reason="Namesakes")
    page = signed_in(open_page(width=width), origin)
    pages = {
        "members-duplicates": "duplicates/",
        "members-duplicate": f"duplicates/{one.pk}/",
        "members-duplicate-decided": f"duplicates/{two.pk}/",
        "members-duplicates-decided": "duplicates/decided/",
        "members-levy": "levy/",
    }

    for name, path in pages.items():
        response = page.goto(f"{origin}/desk/members/{path}")
        assert response is not None
        assert response.status == 200, name
        screenshot(page, f"{name}-{width}")
        assert findings(page) == [], name
        wide = page.evaluate("document.documentElement.scrollWidth")
        assert wide <= width, f"{name} scrolls sideways at {width}: {wide}"
