"""The steps of an elector through the booth."""

from __future__ import annotations

import re
import time

import pytest
from playwright.sync_api import Page, expect


def begin(page: Page) -> None:
    page.get_by_role("button", name="This is me").click()
    expect(page.get_by_role("heading", name="Mark your paper")).to_be_visible()


def add(page: Page, *names: str) -> None:
    for name in names:
        page.get_by_role("button", name=f"Add as next choice {name}").click()


def check(page: Page) -> None:
    page.get_by_role("button", name="Check your paper").click()
    expect(page.get_by_role("heading", name="Check your paper")).to_be_visible()


def seal_and_cast(page: Page) -> None:
    page.get_by_role("button", name="Cast", exact=True).click()
    expect(page.get_by_role("heading", name="Your ballot is in the box")).to_be_visible()


def open_to_check(page: Page) -> str:
    """Open the sealed paper to check the device; gives the address that the picture holds."""
    page.get_by_text("Check my device first").click()
    page.get_by_role("button", name="Open this paper to check it").click()
    expect(page.get_by_role("heading", name="Check this device with a second one")).to_be_visible()
    return page.locator("#challenge-address").text_content() or ""


def words_of(page: Page, place: str) -> list[str]:
    """The twelve words of a paper, as they stand in a place of the page."""
    expect(page.locator(f"#{place} li")).to_have_count(12)
    return page.locator(f"#{place} li").all_inner_texts()


def tab_to(page: Page, name: str) -> None:
    """Go by the Tab key to what begins with these words."""
    for _ in range(80):
        page.keyboard.press("Tab")
        said = page.evaluate("document.activeElement.innerText || ''").replace("\n", " ")
        if said.startswith(name):
            return
    raise AssertionError(f"no way to {name} by the Tab key")


def link_in_letter(page: Page, origin: str, address: str, path: str) -> str:
    """The link with a secret, below a path, in the newest letter to an address in the outbox."""
    give_up_at = time.monotonic() + 90
    while time.monotonic() < give_up_at:
        page.goto(f"{origin}/outbox/?address={address}")
        letters = page.locator("table").get_by_role("link")
        if letters.count():
            letters.first.click()
            found = re.search(rf"http://\S+{path}#\S+", page.inner_text("main"))
            assert found, page.inner_text("main")
            return found.group()
        time.sleep(1)
    pytest.fail(f"No letter came to {address}.")
