"""The frame of every page and the shared partials, in a real browser under the real headers."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.axe import findings

WIDTHS = (320, 1280)


@pytest.fixture
def gallery(serve: Callable[[str], str]) -> str:
    return serve("tests.browser.gallery")


def fits(page: Page, width: int) -> bool:
    return int(page.evaluate("document.documentElement.scrollWidth")) <= width


@pytest.mark.parametrize("width", WIDTHS)
def test_every_partial_is_accessible_and_stays_on_the_page(
    open_page: Callable[..., Page],
    gallery: str,
    screenshot: Callable[[Page, str], None],
    width: int,
) -> None:
    page = open_page(width=width)

    page.goto(f"{gallery}/parts/")

    screenshot(page, f"parts-{width}")
    shown = page.locator("body").inner_text()
    assert "1,200 of 5,000 codes" in shown
    assert not any(mark in shown for mark in ("{#", "{%", "{{"))
    assert findings(page) == []
    assert fits(page, width)


@pytest.mark.parametrize("width", WIDTHS)
def test_every_kind_of_field_says_what_is_wrong_with_it(
    open_page: Callable[..., Page],
    gallery: str,
    screenshot: Callable[[Page, str], None],
    width: int,
) -> None:
    page = open_page(width=width)
    page.goto(f"{gallery}/form/")
    assert findings(page) == []

    page.get_by_role("button", name="Save").click()

    summary = page.locator(".govuk-error-summary")
    expect(summary).to_be_focused()
    expect(summary.locator("li")).to_have_count(6)
    expect(page.locator(".govuk-error-message")).to_have_count(6)
    summary.locator("a").first.click()
    expect(page.get_by_label("Name")).to_be_focused()
    expect(page.get_by_label("Name")).to_have_attribute("aria-invalid", "true")
    summary.locator("a").nth(3).click()
    expect(page.get_by_label("Alternative vote")).to_be_focused()
    screenshot(page, f"form-{width}")
    assert findings(page) == []
    assert fits(page, width)


def test_the_skip_link_comes_first_and_goes_to_the_content(
    open_page: Callable[..., Page], gallery: str
) -> None:
    page = open_page()
    page.goto(f"{gallery}/form/")

    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to main content")).to_be_focused()
    page.keyboard.press("Enter")

    expect(page.locator("#main-content")).to_be_focused()


def test_pages_work_without_script(open_page: Callable[..., Page], gallery: str) -> None:
    page = open_page(java_script_enabled=False)

    page.goto(f"{gallery}/parts/")

    expect(page.get_by_text("First panel")).to_be_visible()
    expect(page.get_by_text("Second panel")).to_be_visible()
    expect(page.get_by_role("heading", name="Every part")).to_be_visible()


def test_nothing_comes_from_elsewhere_and_no_policy_is_broken(
    open_page: Callable[..., Page], gallery: str
) -> None:
    page = open_page()
    hosts: set[str] = set()

    def keep(request: object) -> None:
        hosts.add(request.url.split("/")[2])  # type: ignore[attr-defined]

    page.on("request", keep)
    response = page.goto(f"{gallery}/parts/")
    page.wait_for_load_state("networkidle")

    assert hosts == {gallery.split("/")[2]}
    assert response is not None
    assert "unsafe" not in response.headers["content-security-policy"]
    assert "default-src 'none'" in response.headers["content-security-policy"]
