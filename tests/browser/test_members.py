"""The membership list in a real browser: a person who has only the pages imports a list."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as configured
from django.core.cache import cache
from django.test import Client
from playwright.sync_api import Page

from members import services
from members.models import EligibilityRules, ImportBatch, Member
from office.selectors import live_jobs
from office.services.working import work_job
from tests.browser.axe import findings
from tests.members.factories import frozen, imported, listing, people, person
from tests.office.factories import officer, sign_in

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)

OpenPage = Callable[..., Page]
SAMPLE = Path(configured.BASE_DIR) / "demonstration" / "sample-members.csv"


@pytest.fixture
def origin(live_server: Any, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    settings.CSRF_TRUSTED_ORIGINS = [live_server.url]
    monkeypatch.setattr("office.services.jobs.current_app.send_task", lambda *a, **k: None)
    cache.clear()
    yield live_server.url.replace("127.0.0.1", "localhost")


@pytest.fixture
def at_desk(open_page: OpenPage, origin: str) -> OpenPage:
    """A page of somebody who is signed in as a returning officer."""
    session = sign_in(Client(), officer()).cookies[configured.SESSION_COOKIE_NAME]

    def open_(**options: Any) -> Page:
        page = open_page(**options)
        page.context.add_cookies(
            [{"name": session.key, "value": session.value, "url": origin}]
        )
        return page

    return open_


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name).click()


def work_what_is_open() -> None:
    """Work what is open, and once more what that opens: a file is looked at, then read."""
    for _ in range(2):
        for job in live_jobs():
            work_job(job.pk)


def test_somebody_with_only_the_pages_imports_a_list_and_writes_rules(
    at_desk: OpenPage, origin: str, screenshot: Callable[[Page, str], None]
) -> None:
    page = at_desk()
    page.goto(f"{origin}/desk/")
    page.get_by_role("link", name="Members").click()
    page.get_by_role("link", name="Import a membership list").first.click()
    page.get_by_label("The list, as a file").set_input_files(SAMPLE)
    page.get_by_label("The whole membership list", exact=True).check()
    press(page, "Send the list")

    page.get_by_text("Nothing changes until you have looked").wait_for()
    assert findings(page) == []
    screenshot(page, "members-import-reading-1280")
    work_what_is_open()
    press_apply = page.get_by_role("button", name="Apply: add 534")
    press_apply.wait_for()
    screenshot(page, "members-import-preview-1280")
    assert not Member.objects.exists()
    press_apply.click()
    page.get_by_text("Until it is finished").wait_for()
    work_what_is_open()
    page.get_by_text("534 people are on the list now").wait_for()
    assert ImportBatch.objects.get().state == "applied"

    page.goto(f"{origin}/desk/members/")
    page.get_by_role("link", name="Rules: who may vote").click()
    page.get_by_role("button", name="Write rules").click()
    page.get_by_label("Name").fill("Leadership 2026")
    page.locator("#id_joined_by").fill("2026-05-27")
    press(page, "Save the rules")
    page.get_by_text("Have joined on or before 27 May 2026.", exact=True).wait_for()
    assert EligibilityRules.objects.count() == 1


@pytest.mark.parametrize("width", [320, 1280])
def test_every_page_of_the_membership_list_is_clean_at_any_width(
    width: int, at_desk: OpenPage, origin: str, screenshot: Callable[[Page, str], None]
) -> None:
    imported(*people(60), person(joined_on="2016-03-01", given_name="Siân"))
    batch_id = services.upload_import(
        [listing(*people(20), person(number="?"), person(email="new@example.org"))],
        file_name="may.csv", scope="whole", by=None, now=ImportBatch.objects.get().uploaded_at,
    )  # fmt: skip
    work_what_is_open()
    roll_id = frozen()
    pages = {
        "members": "",
        "members-search": "?q=fallowes",
        "member": f"{Member.objects.get(given_name='Siân').pk}/",
        "member-access": f"{Member.objects.get(given_name='Siân').pk}/access/",
        "members-exports": "exports/",
        "members-look-ups": "look-ups/",
        "members-imports": "imports/",
        "members-import-preview": f"imports/{batch_id}/",
        "members-sections": "sections/",
        "members-rules": "rules/",
        "members-rules-new": "rules/new/",
        "members-rules-version": f"rules/{EligibilityRules.objects.get().pk}/",
        "members-rolls": "rolls/",
        "members-roll": f"rolls/{roll_id}/",
        "roll-enquiry": "../../roll/",
        "roll-enquiry-asked": "../../roll/asked/",
    }
    page = at_desk(width=width)

    for name, path in pages.items():
        response = page.goto(f"{origin}/desk/members/{path}")
        assert response is not None
        assert response.status == 200, name
        screenshot(page, f"{name}-{width}")
        assert findings(page) == [], name
        wide = page.evaluate("document.documentElement.scrollWidth")
        assert wide <= width, f"{name} scrolls sideways at {width}: {wide}"
