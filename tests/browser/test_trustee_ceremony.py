"""A key ceremony with the true server: the officer's page, three trustees' pages, the real board.

What the pages find wrong is in test_trustee; here nothing is wrong, and nothing is replaced but the
worker that signs the board's checkpoints, which the test does in its place.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.core.cache import cache
from django.test import Client
from playwright.sync_api import Page, expect

from ballot.ceremonies import newest_ceremony, not_proved, said_in
from ballot.models import Entry
from ballot.sealing.ballot import tracker_words
from ballot.services.publish_board import publish_board
from members.models import Register
from office.models import StaffMember
from tests.ballot.factories import Run, election, now
from tests.browser import axe
from tests.browser.conftest import OpenPage
from tests.browser.test_trustee import begin, download, open_file, words_on
from tests.office.factories import sign_in

NAMES = ("Ann Ash", "Bob Birch", "Cai Cedar")
PATIENCE_S = 240

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def frozen() -> Run:
    """A contest whose roll is frozen: what a key ceremony waits for."""
    cache.clear()
    if not Register.objects.exists():
        # A test that commits ends with every table emptied, of what the migrations put there too.
        import_module("members.migrations.0003_standard_sections").add(apps, None)
    run = election(at="frozen", demonstration=False)
    publish_board(run.election_id, now=now())
    return run


def desk(page: Page, run: Run, origin: str) -> Page:
    """The first officer's browser, signed in."""
    client = sign_in(Client(), StaffMember.objects.get(pk=run.officers[0]))
    name = settings.SESSION_COOKIE_NAME
    page.context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": origin}])
    return page


def begin_ceremony(page: Page, run: Run, origin: str) -> None:
    page.goto(f"{origin}/desk/elections/{run.election.slug}/acts/set_key/")
    lines = [f"{name}, trustee{number}@example.org" for number, name in enumerate(NAMES, start=1)]
    page.get_by_label("Trustees").fill("\n".join(lines))
    page.get_by_label("How many must take part to open a box").fill("2")
    page.get_by_role("button", name="Begin the key ceremony").click()
    page.wait_for_load_state()


def seat_of(page: Page, run: Run, origin: str, number: int) -> str:
    page.goto(f"{origin}/desk/elections/{run.election.slug}/trustees/{number}/seat/")
    page.get_by_role("button", name="Show it to me, once").click()
    link = page.locator("code.app-hash").inner_text()
    return link[link.index("/trustee/") :]


def published_until(run: Run, pages: list[Page], title: str) -> None:
    """Sign the board's checkpoints, as the worker does, until every page shows a title."""
    for _ in range(PATIENCE_S):
        publish_board(run.election_id, now=now())
        shown = [page.get_by_role("heading", name=title, exact=True) for page in pages]
        if all(one.is_visible() for one in shown):
            return
        pages[0].wait_for_timeout(1_000)
    pytest.fail(f"Not every page came to “{title}”.")


def test_an_officer_begins_a_ceremony_and_three_trustees_hold_it_on_their_pages(
    open_page: OpenPage,
    serve: Callable[[str], str],
    frozen: Run,
    tmp_path: Path,
    screenshot: Callable[[Page, str], None],
) -> None:
    run, origin = frozen, serve("config.urls")
    officer = desk(open_page(), run, origin)
    begin_ceremony(officer, run, origin)
    pages = [open_page() for _ in NAMES]
    for number, page in enumerate(pages, start=1):
        page.goto(f"{origin}{seat_of(officer, run, origin, number)}")
    published_until(run, pages, "Choose a passphrase, and begin")
    for page in pages:
        begin(page)

    published_until(run, pages, "Keep your share of the key")
    slug = run.election.slug
    files = [download(page, tmp_path, at + 1, slug) for at, page in enumerate(pages)]
    for page, file in zip(pages, files, strict=True):
        open_file(page, file, "Check it and confirm")
    published_until(run, pages, "Prove that you still hold your share")
    words = [words_on(page) for page in pages]
    for page, file in zip(pages, files, strict=True):
        open_file(page, file, "Prove it")
    published_until(run, pages, "Nothing is due from you now")

    ceremony = newest_ceremony(run.election)
    assert ceremony is not None
    said = said_in(ceremony)
    expected = tracker_words(said.outcome.transcript)
    assert words == [list(expected)] * 3
    assert run.election.key is not None
    assert [one["name"] for one in run.election.key["trustees"]] == list(NAMES)
    assert Entry.objects.filter(election=run.election_id, kind="share-held").count() == 3
    assert not_proved(run.election, now=now()) == []
    officer.goto(f"{origin}/desk/elections/{run.election.slug}/trustees/")
    expect(officer.get_by_text("The key is on the board.")).to_be_visible()
    assert axe.findings(officer) == []
    screenshot(officer, "trustees-desk")
