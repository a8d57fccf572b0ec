"""A vote as an elector casts it: the real views, the real database, a real browser."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module

import pytest
from django.apps import apps
from django.core.cache import cache
from django.urls import reverse
from playwright.sync_api import Page, expect

from ballot.models import RegisterMark, SealedBallot
from ballot.sealing.codes import show_code
from ballot.services.reissue_code import PURPOSE as CODE_AGAIN
from ballot.services.reissue_code import reissue_code
from members.models import Register
from tests.ballot.views.world import World, now, world
from tests.browser.axe import findings
from tests.browser.steps import add, begin, check, seal_and_cast

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def polling() -> World:
    cache.clear()
    if not Register.objects.exists():
        # A test that commits ends with every table emptied, of what the migrations put there too.
        import_module("members.migrations.0003_standard_sections").add(apps, None)
    return world().to("polling")


@pytest.fixture
def origin(serve: Callable[[str], str]) -> str:
    return serve("config.urls")


def link(origin: str, here: World, code: str) -> str:
    return f"{origin}{reverse('booth', args=[here.slug])}#{show_code(code)}"


def test_a_ballot_cast_in_the_browser_is_in_the_box_and_its_receipt_stays_the_same(
    open_page: Callable[..., Page],
    origin: str,
    polling: World,
    screenshot: Callable[[Page, str], None],
) -> None:
    entry = polling.entries()[0]
    page = open_page()
    page.goto(link(origin, polling, polling.code(entry)))
    begin(page)
    add(page, "Cedar Cox", "Ash Amin")
    assert findings(page) == []
    check(page)
    seal_and_cast(page)
    assert findings(page) == []
    screenshot(page, "vote-receipt")

    ballot = SealedBallot.objects.get()
    assert bytes(ballot.tracker).hex() == page.locator("#receipt-full").inner_text()
    assert RegisterMark.objects.get().roll_entry_id == entry.pk

    again = open_page()
    again.goto(link(origin, polling, polling.code(entry)))
    expect(again.locator("#identify-refused")).to_contain_text("has been cast in your name")
    assert findings(again) == []


def test_a_second_ballot_under_one_code_is_refused_in_words_and_the_first_stands(
    open_page: Callable[..., Page], origin: str, polling: World
) -> None:
    entry = polling.entries()[0]
    first, second = open_page(), open_page()
    for page, name in ((first, "Ash Amin"), (second, "Birch Bell")):
        page.goto(link(origin, polling, polling.code(entry)))
        begin(page)
        add(page, name)
        check(page)
    seal_and_cast(first)
    stands = bytes(SealedBallot.objects.get().tracker)

    second.get_by_role("button", name="Cast", exact=True).click()

    expect(second.locator("#problem")).to_contain_text("Your ballot was not accepted")
    expect(second.locator("#problem")).to_be_focused()
    assert bytes(SealedBallot.objects.get().tracker) == stands


def test_a_code_sent_again_is_brought_into_force_from_the_booth(
    open_page: Callable[..., Page], origin: str, polling: World
) -> None:
    entry = polling.entries()[0]
    old = polling.code(entry)
    reissue_code(polling.election_id, recipient=entry.public_id, by=None, now=now())
    page = open_page()
    page.goto(link(origin, polling, polling.code(entry, CODE_AGAIN)))
    expect(page.locator("#identify-waiting")).to_contain_text("This is a new code")
    assert findings(page) == []

    page.get_by_role("button", name="Use this new code").click()
    begin(page)
    add(page, "Birch Bell")
    check(page)
    seal_and_cast(page)

    assert SealedBallot.objects.count() == 1
    dead = open_page()
    dead.goto(link(origin, polling, old))
    expect(dead.locator("#identify-refused")).to_be_visible()


def test_a_poll_closed_meanwhile_refuses_the_ballot_in_words(
    open_page: Callable[..., Page], origin: str, polling: World
) -> None:
    entry = polling.entries()[0]
    page = open_page()
    page.goto(link(origin, polling, polling.code(entry)))
    begin(page)
    check(page)
    polling.rankings = ()
    polling._closed()

    page.get_by_role("button", name="Cast", exact=True).click()

    expect(page.locator("#problem")).to_contain_text("closed")
    assert SealedBallot.objects.count() == 0
