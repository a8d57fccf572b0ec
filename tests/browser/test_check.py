"""A contest checked in a real browser: Python, the verifier and the bundle, from one origin."""

from __future__ import annotations

import json
import time
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, Request, expect

from ballot.views import check as views
from tests.ballot.factories import Run, election
from tests.browser.axe import findings
from tests.verifier.bundles import verified, written
from verifier.report import REHEARSAL

pytestmark = pytest.mark.django_db(transaction=True)

OpenPage = Callable[..., Page]
WIDTHS = (320, 768, 1280)
PATIENCE_MS = 240_000
RANKINGS = ((0, 1),) * 14 + ((1,),) * 9 + ((2, 1),) * 7


@pytest.fixture
def run(origin: str) -> Run:
    return election(at="declared", electors=36, rankings=RANKINGS)


def page_of(open_page: OpenPage, origin: str, run: Run, **options: Any) -> Page:
    page = open_page(**options)
    page.goto(f"{origin}/board/{run.election.slug}/check/")
    return page


def start(page: Page) -> None:
    page.get_by_role("button", name="Start the check").click()


def verdict_of(page: Page) -> str:
    title = page.locator("#check-verdict-title")
    expect(title).to_be_visible(timeout=PATIENCE_MS)
    expect(title).to_be_focused()
    return title.inner_text()


def states_of(page: Page) -> list[str]:
    return page.locator("#check-rows [data-state]").all_inner_texts()


def too_wide(page: Page) -> list[str]:
    """What reaches over the edge of the page, unless it scrolls within a frame of its own."""
    found: list[str] = page.evaluate(
        """() => document.documentElement.scrollWidth <= innerWidth ? [] :
          [...document.querySelectorAll("body *")]
            .filter((one) => one.getBoundingClientRect().right > innerWidth)
            .map((one) => one.outerHTML.slice(0, 120))"""
    )
    return found


def changed(archive: Path, into: Path) -> Path:
    """The same bundle, whole as a zip, with one byte changed of the largest blob it holds."""
    with zipfile.ZipFile(archive) as old, zipfile.ZipFile(into, "w") as new:
        blobs = [one for one in old.infolist() if one.filename.startswith("blob/")]
        largest = max(blobs, key=lambda one: one.file_size).filename
        for name in old.namelist():
            octets = bytearray(old.read(name))
            if name == largest:
                octets[len(octets) // 2] ^= 1
            new.writestr(zipfile.ZipInfo(name), bytes(octets))
    return into


def test_a_good_contest_passes_and_nothing_is_asked_of_another_site(
    open_page: OpenPage, origin: str, run: Run, tmp_path: Path,
    screenshot: Callable[[Page, str], None],
) -> None:  # fmt: skip
    archive = written(run, tmp_path)
    page = page_of(open_page, origin, run)
    asked: list[Request] = []
    page.context.on("request", lambda request: asked.append(request))  # noqa: PLW0108
    expect(page.locator("#check-rehearsal")).to_be_hidden()
    start(page)
    expect(page.locator("#check-rehearsal")).to_contain_text(REHEARSAL, timeout=PATIENCE_MS)

    assert verdict_of(page) == "PASS"

    # It is said last, too (bundle §5.3).
    expect(page.locator("#check-rehearsal")).to_be_visible()
    expect(page.locator("#check-verdict")).to_contain_text(REHEARSAL)
    assert states_of(page) == ["PASS"] * 16
    expect(page.locator("#check-next")).to_be_hidden()
    with page.expect_download() as kept:
        page.get_by_role("link", name="Keep the report as a file").click()
    assert json.loads(Path(kept.value.path()).read_text()) == verified(archive)
    addresses = [one.url for one in asked if not one.url.startswith("blob:")]
    for ending in ("pyodide.asm.wasm", "verifier.zip", "everything.zip"):
        assert any(address.endswith(ending) for address in addresses), addresses
    assert [address for address in addresses if not address.startswith(f"{origin}/")] == []
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        assert too_wide(page) == []
        assert findings(page) == []
        screenshot(page, f"check-passed-{width}")


def test_a_bundle_with_one_changed_byte_fails_with_what_and_where(
    open_page: OpenPage, origin: str, run: Run, tmp_path: Path,
    screenshot: Callable[[Page, str], None],
) -> None:  # fmt: skip
    file = changed(written(run, tmp_path), tmp_path / "changed.zip")
    report = verified(file)
    page = page_of(open_page, origin, run)
    page.get_by_text("Witnesses, older states").click()
    page.get_by_label("A download that you have already").set_input_files(file)
    start(page)

    assert verdict_of(page) == "FAIL"

    assert states_of(page) == [one["result"] for one in report["checks"]]
    expect(page.get_by_text("Download everything once more")).to_be_visible()
    failed = page.locator("#check-rows li", has=page.locator(".govuk-tag--red"))
    expect(failed).to_have_count(1)
    expect(failed).to_contain_text("blob.hash")
    assert findings(page) == []
    screenshot(page, "check-failed")


def test_a_key_that_is_none_is_said_at_its_field_and_another_board_s_key_fails(
    open_page: OpenPage, origin: str, run: Run, tmp_path: Path
) -> None:
    page = page_of(open_page, origin, run)
    page.get_by_label("The board’s key").fill("nonsense")
    page.get_by_text("Witnesses, older states").click()
    page.get_by_label("How many witnesses").fill("2")
    start(page)
    expect(page.locator("#problem")).to_contain_text("Write a number from 0 to 0")
    page.get_by_label("How many witnesses").fill("")

    start(page)
    expect(page.locator("#problem")).to_be_visible(timeout=PATIENCE_MS)
    expect(page.locator("#problem")).to_contain_text("The board’s key: A key is written")
    page.locator("#problem a").click()
    expect(page.get_by_label("The board’s key")).to_be_focused()

    other = election(at="polling", title="Chair 2026")
    notes = verified(written(other, tmp_path))["notes"]
    (said,) = [one for one in notes if "that key given" in one]
    page.get_by_label("The board’s key").fill(said.rpartition(" ")[2])
    start(page)
    assert verdict_of(page) == "FAIL"
    assert states_of(page) == ["FAIL", *["NOT MADE"] * 15]


def test_it_can_be_stopped_and_says_so(open_page: OpenPage, origin: str, run: Run) -> None:
    page = page_of(open_page, origin, run)
    start(page)
    page.get_by_role("button", name="Stop").click()

    expect(page.locator("#check-now")).to_have_text("Stopped. Nothing was decided.")
    expect(page.get_by_role("button", name="Start the check")).to_be_focused()
    give_up_at = time.monotonic() + 60
    while page.workers and time.monotonic() < give_up_at:
        page.wait_for_timeout(50)  # The browser tells of its end a little later.
    assert page.workers == []


def test_without_the_worker_s_own_policy_python_does_not_run_and_the_page_says_why(
    open_page: OpenPage, origin: str, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    strict = views.WORKER_POLICY.replace(" 'wasm-unsafe-eval'", "")
    assert strict != views.WORKER_POLICY
    monkeypatch.setattr(views, "WORKER_POLICY", strict)
    page = page_of(open_page, origin, run)
    start(page)

    problem = page.locator("#problem")
    expect(problem).to_contain_text("does not run WebAssembly", timeout=PATIENCE_MS)


@pytest.mark.parametrize("width", WIDTHS)
def test_the_pages_fit_and_break_no_rule_before_anything_is_started(
    open_page: OpenPage, origin: str, run: Run, width: int,
    screenshot: Callable[[Page, str], None],
) -> None:  # fmt: skip
    page = page_of(open_page, origin, run, width=width)
    for name in ("check", "watch"):
        page.goto(f"{origin}/board/{run.election.slug}/{name}/")
        assert too_wide(page) == []
        assert findings(page) == []
        screenshot(page, f"{name}-{width}")
