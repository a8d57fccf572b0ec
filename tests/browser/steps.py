"""The steps of an elector through the booth."""

from __future__ import annotations

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
    page.get_by_role("button", name="Seal and cast").click()
    expect(page.get_by_role("heading", name="Your ballot is in the box")).to_be_visible()
