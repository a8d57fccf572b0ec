"""Standing decisions and a member's own page in a real browser, at any width."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.conf import settings as configured
from django.core.cache import cache
from django.test import Client
from playwright.sync_api import Page

from members import services
from members.models import Appeal, CorrectionRequest, Member
from members.services.own_page import make_link
from office.models import Approval
from office.services.approvals import approve_act
from tests.browser.axe import findings
from tests.members.factories import frozen, imported, people, person
from tests.office.factories import officer, sign_in

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)

OpenPage = Callable[..., Page]
REASONS = ("abuse", "conduct", "other-party")


@pytest.fixture
def origin(live_server: Any, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    settings.CSRF_TRUSTED_ORIGINS = [live_server.url]
    monkeypatch.setattr("office.services.jobs.current_app.send_task", lambda *a, **k: None)
    cache.clear()
    yield live_server.url.replace("127.0.0.1", "localhost")


def decided(member: Member, *, reason: str = "abuse", weeks_ago: int = 0) -> int:
    at = datetime.now(UTC) - timedelta(weeks=weeks_ago)
    decision_id = services.propose_standing(
        member.pk, kind="suspension", reason=reason, evidence="Minute 7 of the panel.",
        by=officer().pk, now=at,
    )  # fmt: skip
    approve_act(Approval.objects.latest("pk").pk, by=officer().pk, now=at)
    return decision_id


def test_a_member_appeals_and_asks_for_a_correction_by_the_link_alone(
    open_page: OpenPage, origin: str
) -> None:
    imported(person())
    decided(Member.objects.get())
    page = open_page(width=320)

    page.goto(f"{origin}/roll/mine/{make_link(Member.objects.get(), now=datetime.now(UTC))}/")
    page.get_by_label("Why the decision is wrong").fill("It was not me.")
    page.get_by_role("button", name="Appeal").click()
    page.get_by_text("It waits for its outcome.").wait_for()
    page.get_by_label("Which detail is wrong").select_option("phone")
    page.get_by_label("What it should be").fill("01632 960001")
    page.get_by_role("button", name="Ask for the correction").click()
    page.get_by_text("Waiting for the membership office").wait_for()

    assert Appeal.objects.get().grounds == "It was not me."
    assert CorrectionRequest.objects.get().wanted == "01632 960001"


@pytest.mark.parametrize("width", [320, 1280])
def test_every_page_of_decisions_is_clean_at_any_width(
    width: int, open_page: OpenPage, origin: str, screenshot: Callable[[Page, str], None]
) -> None:
    imported(person(joined_on="2016-03-01"), *people(12))
    frozen()
    members = list(Member.objects.order_by("pk"))
    for n, member in enumerate(members[1:]):
        decided(member, reason=REASONS[n % 3], weeks_ago=n % 5 * 2)
    decision_id = decided(members[0])
    services.lodge_appeal(decision_id, grounds="Not me.", by=None, now=datetime.now(UTC))
    request_id = services.ask_correction(
        members[0].pk, detail="address", wanted="5 Inkle Row", why="", now=datetime.now(UTC)
    )
    pages = {
        "decisions": "desk/members/decisions/",
        "decision": f"desk/members/decisions/{decision_id}/",
        "decide": f"desk/members/{members[0].pk}/decide/",
        "corrections": "desk/members/requests/",
        "correction": f"desk/members/requests/{request_id}/",
        "decision-totals": "roll/decisions/",
        "own-page": f"roll/mine/{make_link(members[0], now=datetime.now(UTC))}/",
    }
    session = sign_in(Client(), officer()).cookies[configured.SESSION_COOKIE_NAME]
    page = open_page(width=width)
    page.context.add_cookies([{"name": session.key, "value": session.value, "url": origin}])

    for name, path in pages.items():
        response = page.goto(f"{origin}/{path}")
        assert response is not None
        assert response.status == 200, name
        screenshot(page, f"{name}-{width}")
        assert findings(page) == [], name
        wide = page.evaluate("document.documentElement.scrollWidth")
        assert wide <= width, f"{name} scrolls sideways at {width}: {wide}"
