"""The paper where its names are shuffled on the device, or somebody on it has withdrawn."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.booth_desk import DEPUTY_CONTEST, LEADER, LEADER_CONTEST, Desk, standing
from tests.browser.steps import add, begin, check, seal_and_cast

OpenPage = Callable[..., Page]
Pictured = Callable[[Page, str], None]
GONE = "Has withdrawn, and can no longer be chosen."
# Whole numbers are drawn for nothing but the order of the rows: with zeros the first goes last.
ZEROS = """
const draw = crypto.getRandomValues.bind(crypto);
crypto.getRandomValues = (into) => (into instanceof Uint32Array ? into.fill(0) : draw(into));
"""


@pytest.fixture
def desk() -> Desk:
    standing.desk = Desk()
    return standing.desk


@pytest.fixture
def booth(
    open_page: OpenPage, serve: Callable[[str], str], desk: Desk
) -> Callable[..., Page]:
    """The page where a paper is marked."""
    origin = serve("tests.browser.booth_desk")

    def open_(*, script: str = "") -> Page:
        page = open_page()
        if script:
            page.add_init_script(script)
        page.goto(f"{origin}/vote/leader/#{desk.shown_code}")
        begin(page)
        return page

    return open_


def names(page: Page) -> list[str]:
    rows = page.locator("[data-contest]").first.locator("[data-position]")
    return [row.get_attribute("data-name") or "" for row in rows.all()]


def test_shuffled_rows_seal_the_places_of_the_paper_and_ron_stays_last(
    booth: Callable[..., Page], desk: Desk
) -> None:
    desk.contests = [{**LEADER_CONTEST, "is_shuffled": True, "has_ron": True}]

    page = booth(script=ZEROS)

    assert names(page) == [*LEADER[1:4], LEADER[0], LEADER[4]]
    add(page, LEADER[3], LEADER[0])
    check(page)
    expect(page.locator("#check-contests li")).to_have_text([f"1st{LEADER[3]}", f"2nd{LEADER[0]}"])
    seal_and_cast(page)
    assert desk.opened() == [(3, 0)]


def test_who_withdrew_is_marked_and_cannot_be_chosen_and_the_others_keep_their_places(
    booth: Callable[..., Page], desk: Desk, pictured: Pictured
) -> None:
    def gone(contest: dict[str, object], place: int) -> dict[str, object]:
        people = [dict(one) for one in contest["candidates"]]  # type: ignore[attr-defined]
        people[place] |= {"withdrawn_sentence": GONE, "withdrawal_entry": 9}
        return {**contest, "candidates": people}

    desk.contests = [gone(LEADER_CONTEST, 1), gone(DEPUTY_CONTEST, 0)]
    page = booth()

    pictured(page, "booth-withdrawn")
    for name in (LEADER[1], DEPUTY_CONTEST["candidates"][0]["name"]):
        row = page.locator(f'[data-name="{name}"]')
        expect(row).to_contain_text(GONE)
        expect(row.locator("select, input, button")).to_have_count(0)
    add(page, LEADER[2], LEADER[0])
    page.get_by_label("Owen Pryce").check()
    check(page)
    seal_and_cast(page)

    assert desk.opened() == [(2, 0), (1,)]


def test_where_votes_stand_who_withdrew_can_be_chosen_beside_a_warning(
    booth: Callable[..., Page], desk: Desk
) -> None:
    people = [dict(one) for one in LEADER_CONTEST["candidates"]]
    people[1] |= {"withdrawn_sentence": "Has withdrawn. A vote counts all the same."}
    desk.contests = [{**LEADER_CONTEST, "candidates": people}]
    page = booth()

    expect(page.locator(f'[data-name="{LEADER[1]}"]')).to_contain_text("Has withdrawn.")
    add(page, LEADER[1])
    check(page)
    seal_and_cast(page)

    assert desk.opened() == [(1,)]
