"""The booth before the choice and after a challenge, with real sealing and one desk behind it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.http import JsonResponse
from playwright.sync_api import Page, expect

from ballot.sealing.ballot import tracker_hash, tracker_words
from tests.browser.axe import findings
from tests.browser.booth_desk import DEPUTY_CONTEST, LEADER_CONTEST, Desk, standing
from tests.browser.steps import add, begin, check, open_to_check, seal_and_cast, tab_to, words_of

OpenPage = Callable[..., Page]


@pytest.fixture
def desk() -> Desk:
    standing.desk = Desk()
    return standing.desk


@pytest.fixture
def booth(
    open_page: OpenPage, serve: Callable[[str], str], desk: Desk
) -> Callable[..., Page]:
    origin = serve("tests.browser.booth_desk")

    def open_(**options: object) -> Page:
        page = open_page(**options)
        page.goto(f"{origin}/vote/leader/#{desk.shown_code}")
        begin(page)
        return page

    return open_


def test_the_words_shown_before_the_choice_are_those_of_the_ballot_that_is_cast(
    booth: Callable[..., Page], desk: Desk, screenshot: Callable[[Page, str], None]
) -> None:
    page = booth()
    add(page, "Jin Chun")
    check(page)
    words = words_of(page, "check-words")
    page.get_by_text("Check my device first").click()
    for width in (320, 768, 1280):
        page.set_viewport_size({"width": width, "height": 900})
        assert findings(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        screenshot(page, f"booth-sealed-{width}")
    assert desk.posted == desk.opened_texts == []

    seal_and_cast(page)

    ballot = desk.checked
    cast = tracker_words(tracker_hash(ballot.credential, ballot.votes, setting=desk.setting))
    assert words_of(page, "receipt-words") == words == list(cast)


def test_an_opened_paper_sends_its_opening_alone_and_is_never_the_one_that_is_cast(
    booth: Callable[..., Page], desk: Desk
) -> None:
    desk.contests = [LEADER_CONTEST, DEPUTY_CONTEST]
    page = booth()
    page.wait_for_load_state("networkidle")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(f"{request.method} {request.url}"))
    add(page, "Tamsin Vale", "Jin Chun")
    page.get_by_label("Owen Pryce").check()
    check(page)
    words = words_of(page, "check-words")
    assert asked == []

    address = open_to_check(page)
    expect(page.locator("#challenge-told")).to_contain_text("goes on the public board")

    opening, paper = desk.challenged
    assert [line.rpartition("/")[2] for line in asked] == ["challenge"]
    assert address == f"https://scrutineer.example/check/leader/#{desk.opened_texts[0]}"
    assert list(tracker_words(paper.tracker)) == words
    chosen = [
        space.ranking(vote.ranking)
        for space, vote in zip(desk.spaces, opening.votes, strict=True)
    ]
    assert chosen == [(4, 1), (1,)]
    assert desk.posted == []

    page.get_by_role("button", name="Go back to my paper").click()
    expect(page.get_by_label("Your choice for Tamsin Vale")).to_have_value("")
    expect(page.get_by_label("Owen Pryce")).not_to_be_checked()
    add(page, "Tamsin Vale", "Jin Chun")
    page.get_by_label("Owen Pryce").check()
    for left in ("address", "picture", "words", "contests", "told"):
        assert page.locator(f"#challenge-{left}").inner_html() == ""
    check(page)
    anew = words_of(page, "check-words")
    seal_and_cast(page)

    cast = {vote.c1 for vote in desk.checked.votes} | {vote.c2 for vote in desk.checked.votes}
    opened = {vote.c1 for vote in paper.votes} | {vote.c2 for vote in paper.votes}
    assert cast & opened == set()
    assert anew != words and desk.opened() == [(4, 1), (1,)]
    assert len(desk.opened_texts) == len(desk.posted) == 1


def test_the_picture_stays_whatever_the_server_says_and_the_board_may_be_told_again(
    booth: Callable[..., Page], desk: Desk
) -> None:
    desk.challenge_answers = [
        JsonResponse({"code": "limit.too-often", "sentence": "Wait a few minutes."}, status=429)
    ]
    page = booth()
    add(page, "Mair Puw")
    check(page)
    open_to_check(page)
    expect(page.locator("#challenge-told")).to_have_text("Wait a few minutes.")
    expect(page.locator("#challenge-picture svg")).to_be_visible()

    page.route("**/challenge", lambda route: route.abort())
    page.get_by_role("button", name="Tell the board again").click()
    expect(page.locator("#challenge-told")).to_contain_text("could not be told")
    page.unroute("**/challenge")
    page.get_by_role("button", name="Tell the board again").click()
    expect(page.locator("#challenge-told")).to_contain_text("goes on the public board")

    expect(page.get_by_role("button", name="Tell the board again")).to_be_hidden()
    assert len(set(desk.opened_texts)) == 1 and desk.posted == []


def test_back_from_an_opened_paper_leads_to_a_blank_one_and_never_to_that_paper(
    booth: Callable[..., Page], desk: Desk
) -> None:
    page = booth()
    add(page, "Mair Puw")
    check(page)
    first = words_of(page, "check-words")
    open_to_check(page)
    expect(page.locator("#challenge-told")).to_contain_text("goes on the public board")

    page.go_back()
    expect(page.get_by_role("heading", name="Mark your paper")).to_be_visible()
    page.go_forward()
    expect(page.locator("#screen-challenge")).to_be_hidden()
    expect(page.locator("#screen-mark")).to_be_visible()
    expect(page.get_by_label("Your choice for Mair Puw")).to_have_value("")
    add(page, "Mair Puw")
    check(page)

    assert words_of(page, "check-words") != first
    seal_and_cast(page)
    assert desk.opened() == [(2,)]


def test_a_paper_is_sealed_anew_each_time_it_is_to_be_checked(
    booth: Callable[..., Page], desk: Desk
) -> None:
    page = booth()
    add(page, "Mair Puw")
    check(page)
    first = words_of(page, "check-words")
    page.get_by_role("button", name="Go back and change").click()
    check(page)
    assert words_of(page, "check-words") != first

    page.get_by_role("button", name="Go back and change").click()
    page.evaluate("() => { crypto.getRandomValues = () => { throw new Error('no randomness'); }; }")
    check(page)
    expect(page.locator("#check-sealed")).to_be_hidden()
    expect(page.locator("#check-device")).to_be_hidden()
    page.get_by_role("button", name="Cast", exact=True).click()
    expect(page.locator("#problem")).to_contain_text("could not be sealed on this device")
    assert desk.posted == []


def test_a_device_is_checked_by_keyboard_alone(booth: Callable[..., Page], desk: Desk) -> None:
    page = booth(width=320)

    tab_to(page, "Add as next choice Jin Chun")
    page.keyboard.press("Enter")
    tab_to(page, "Check your paper")
    page.keyboard.press("Enter")
    tab_to(page, "Check my device first")
    page.keyboard.press("Enter")
    tab_to(page, "Open this paper to check it")
    page.keyboard.press("Enter")
    expect(page.locator("#challenge-title")).to_be_focused()
    expect(page.locator("#challenge-told")).to_contain_text("goes on the public board")
    tab_to(page, "Without a camera")
    page.keyboard.press("Enter")
    expect(page.locator("#challenge-address")).to_be_visible()
    assert findings(page) == []
    tab_to(page, "Go back to my paper")
    page.keyboard.press("Enter")
    expect(page.locator("#mark-title")).to_be_focused()
    assert len(desk.opened_texts) == 1
