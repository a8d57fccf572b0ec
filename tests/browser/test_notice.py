"""The notice of poll in a real browser, on a screen and on paper."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from ballot.published import board_key
from tests.ballot.factories import election

pytestmark = pytest.mark.django_db(transaction=True)

OpenPage = Callable[..., Page]


def test_the_notice_prints_with_the_boards_key_and_a_place_to_sign(
    open_page: OpenPage, origin: str, pictured: Callable[[Page, str], None]
) -> None:
    run = election(at="nominated", electors=1)
    page = open_page()
    page.goto(f"{origin}/elections/{run.election.slug}/")
    key = page.get_by_text(board_key(run.election).text(), exact=True)
    code = page.locator(".app-board-key svg")
    to_sign = page.get_by_text("Signed by the returning officer")
    expect(key).to_be_visible()
    expect(code).to_be_visible()
    expect(to_sign).to_be_hidden()
    pictured(page, "notice")

    page.emulate_media(media="print")

    for shown in (key, code, to_sign):
        expect(shown).to_be_visible()
    for left_off in ("navigation", "contentinfo"):
        expect(page.get_by_role(left_off)).to_have_count(0)
