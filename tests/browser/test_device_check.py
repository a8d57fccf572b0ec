"""A device checked by a second one: the real views, and a page of another origin."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.core.cache import cache
from django.core.management import call_command
from django.urls import reverse
from playwright.sync_api import Page, Route, expect

from ballot.models import Challenge, Entry, SealedBallot
from ballot.sealing.ballot import tracker_words
from ballot.sealing.codes import show_code
from ballot.services.board import append_ballots
from ballot.services.publish_board import publish_board
from members.models import Register
from tests.ballot.views.world import World, now, world
from tests.browser.axe import findings
from tests.browser.other_origin import serving
from tests.browser.steps import add, begin, check, open_to_check, seal_and_cast, words_of

pytestmark = pytest.mark.django_db(transaction=True)

BUILT = Path(__file__).resolve().parent.parent.parent / "static" / "build" / "sealing.js"
WIDTHS = (320, 768, 1280)

# A device that seals the first candidate whatever is marked. It answers a challenge either with the
# choice that was marked, or with what it truly sealed.
ANSWERS_WHAT_WAS_MARKED = """
export * from "./honest.js";
import { makePaper as honest } from "./honest.js";
export function makePaper(opening, given) {
  const votes = opening.votes.map((vote) => ({ ...vote, ranking: 1 }));
  return honest({ ...opening, votes }, given);
}
"""
ANSWERS_WHAT_WAS_SEALED = """
export * from "./honest.js";
import { drawOpening as honest } from "./honest.js";
export const drawOpening = (choices, given) => honest(choices.map(() => 1), given);
"""


@pytest.fixture
def origin(serve: Callable[[str], str], settings: Any) -> str:
    settings.ORIGIN = serve("config.urls")
    return str(settings.ORIGIN)


@pytest.fixture
def polling(origin: str) -> World:
    cache.clear()
    if not Register.objects.exists():
        # A test that commits ends with every table emptied, of what the migrations put there too.
        import_module("members.migrations.0003_standard_sections").add(apps, None)
    here = world().to("polling")
    publish_board(here.election_id, now=now())
    return here


@pytest.fixture
def elsewhere(origin: str, polling: World, settings: Any, tmp_path: Path) -> Iterator[str]:
    """The origin at which a scrutineer serves what `export_booth` wrote."""
    call_command("export_booth", tmp_path, "--election", polling.slug)
    with serving(tmp_path) as other:
        settings.BOOTH_ORIGINS = (other,)
        yield other


def sealed_by(page: Page, address: str, *names: str) -> list[str]:
    """Mark and seal a paper; gives its words as they are shown before any choice."""
    page.goto(address)
    begin(page)
    add(page, *names)
    check(page)
    return words_of(page, "check-words")


def checked_by(page: Page, address: str) -> tuple[list[str], list[str]]:
    """What a second device shows of an opened paper: its words and its choices."""
    page.goto(address)
    expect(page.get_by_role("heading", name="What the first device sealed")).to_be_focused()
    names = page.locator("#result-contests .booth-order__name").all_inner_texts()
    return words_of(page, "result-words"), names


def booth(origin: str, here: World) -> str:
    code = show_code(here.code(here.entries()[0]))
    return f"{origin}{reverse('booth', args=[here.slug])}#{code}"


def test_a_second_device_shows_from_another_origin_what_the_first_sealed_and_a_vote_follows(
    open_page: Callable[..., Page],
    origin: str,
    polling: World,
    elsewhere: str,
    screenshot: Callable[[Page, str], None],
) -> None:
    first, second = open_page(), open_page()
    asked: list[str] = []
    second.on("request", lambda request: asked.append(request.url))
    words = sealed_by(first, booth(origin, polling), "Cedar Cox", "Ash Amin")

    address = open_to_check(first)
    expect(first.locator("#challenge-told")).to_contain_text("goes on the public board")
    assert address.startswith(f"{elsewhere}/check/{polling.slug}/#")
    assert checked_by(second, address) == (words, ["Cedar Cox", "Ash Amin"])

    assert words_of(first, "challenge-words") == words
    assert second.url == address.partition("#")[0]
    expect(second.locator("#from-page")).to_have_text(elsewhere.removeprefix("http://"))
    expect(second.locator("#from-board")).to_have_text(origin.removeprefix("http://"))
    expect(second.locator("#from-same")).to_be_hidden()
    root = bytes(polling.election.checkpoints.order_by("-size")[0].root).hex()
    expect(second.locator("#from-root")).to_have_text(root)
    board = f"{origin}/board/{polling.slug}/"
    assert any(url.startswith(board) for url in asked)
    assert all(url.startswith((board, f"{elsewhere}/")) for url in asked)
    for width in WIDTHS:
        for name, page in (("first", first), ("second", second)):
            page.set_viewport_size({"width": width, "height": 900})
            assert findings(page) == []
            assert page.evaluate("document.documentElement.scrollWidth") <= width
            screenshot(page, f"device-check-{name}-{width}")

    first.get_by_role("button", name="Go back to my paper").click()
    expect(first.get_by_label("Your choice for Cedar Cox")).to_have_value("")
    add(first, "Birch Bell")
    check(first)
    assert set(words_of(first, "check-words")) != set(words)
    anew = words_of(first, "check-words")
    seal_and_cast(first)

    assert append_ballots(polling.election) == 2
    kinds = list(Entry.objects.order_by("-number").values_list("kind", flat=True)[:2])
    assert sorted(kinds) == ["ballot", "challenge"]
    assert list(tracker_words(bytes(SealedBallot.objects.get().tracker))) == anew
    assert list(tracker_words(bytes(Challenge.objects.get().tracker))) == words


@pytest.mark.parametrize("lie", [ANSWERS_WHAT_WAS_MARKED, ANSWERS_WHAT_WAS_SEALED])
def test_a_booth_that_seals_another_choice_is_found_out(
    open_page: Callable[..., Page], origin: str, polling: World, elsewhere: str, lie: str
) -> None:
    first, second = open_page(), open_page()

    def lying(route: Route) -> None:
        is_honest = route.request.url.endswith("honest.js")
        body = BUILT.read_text("utf-8") if is_honest else lie
        route.fulfill(body=body, content_type="text/javascript")

    first.route("**/build/sealing.js", lying)
    first.route("**/build/honest.js", lying)
    words = sealed_by(first, booth(origin, polling), "Cedar Cox")

    seen, names = checked_by(second, open_to_check(first))

    if lie is ANSWERS_WHAT_WAS_MARKED:
        assert names == ["Cedar Cox"] and seen != words
    else:
        assert seen == words and names == ["Ash Amin"]


def test_a_booth_from_another_origin_identifies_challenges_and_casts(
    open_page: Callable[..., Page], origin: str, polling: World, elsewhere: str
) -> None:
    first, second = open_page(), open_page()
    words = sealed_by(first, booth(elsewhere, polling), "Birch Bell")
    assert findings(first) == []

    address = open_to_check(first)
    expect(first.locator("#challenge-told")).to_contain_text("goes on the public board")
    assert address.startswith(f"{origin}/check/{polling.slug}/#")
    assert checked_by(second, address) == (words, ["Birch Bell"])
    expect(second.locator("#from-same")).to_be_visible()
    first.get_by_role("button", name="Go back to my paper").click()
    add(first, "Cedar Cox")
    check(first)
    seal_and_cast(first)

    assert (Challenge.objects.count(), SealedBallot.objects.count()) == (1, 1)


def test_what_is_no_paper_of_this_election_is_said_in_words_and_may_be_typed_again(
    open_page: Callable[..., Page],
    origin: str,
    polling: World,
    elsewhere: str,
    screenshot: Callable[[Page, str], None],
) -> None:
    first, second = open_page(), open_page(width=320)
    words = sealed_by(first, booth(origin, polling), "Birch Bell")
    address = open_to_check(first)
    page_url, _, text = address.partition("#")

    second.goto(page_url)
    expect(second.get_by_label("The opened paper")).to_be_visible()
    assert findings(second) == []
    for bad in ("", "hello", text[:-1], "A" * len(text)):
        second.get_by_label("The opened paper").fill(bad)
        second.get_by_role("button", name="Check it").click()
        expect(second.locator("#problem")).to_be_focused()
        expect(second.locator("#problem-text")).to_contain_text("no")
        expect(second.locator("#result")).to_be_hidden()
    screenshot(second, "device-check-refused-320")
    assert findings(second) == []
    second.get_by_label("The opened paper").fill(f" {address}\n")
    second.get_by_role("button", name="Check it").click()

    assert words_of(second, "result-words") == words
    expect(second.locator("#problem")).to_be_hidden()
