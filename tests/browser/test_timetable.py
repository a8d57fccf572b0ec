"""The timetable, the notice and its amendment in a real browser, at every width and through axe."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Page, expect

from ballot.services.amend_notice import amend_notice
from ballot.services.plan_dates import plan_dates
from ballot.services.suspend_poll import suspend_poll
from tests.ballot.views.world import World, now, world
from tests.office.factories import sign_in

pytestmark = pytest.mark.django_db(transaction=True)

OpenPage = Callable[..., Page]
ORDER = {"court": "High Court", "dated": "2016-08-08", "reference": "[2016] EWHC 2058 (QB)"}


def at_desk(page: Page, origin: str, here: World) -> None:
    """Sign the first officer in, as the tests of the pages do."""
    name = str(settings.SESSION_COOKIE_NAME)
    value = sign_in(Client(), here.officers[0]).cookies[name].value
    page.context.add_cookies([{"name": name, "value": value, "url": origin}])


def test_the_timetable_and_the_notice_are_read_on_any_screen(
    open_page: OpenPage, origin: str, pictured: Callable[[Page, str], None]
) -> None:
    here = world()
    page = open_page()
    at_desk(page, origin, here)

    def look(name: str) -> None:
        page.goto(origin + reverse(name, args=[here.slug]))
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        pictured(page, name.replace("_", "-"))

    look("desk_dates")
    plan_dates(here.election_id, dates={
        "freeze": now() - timedelta(hours=2), "declaration": now() + timedelta(days=9),
    }, **here.by)
    here.to("nominated")
    look("desk_timetable")
    look("act_amend_notice")
    amend_notice(here.election_id, changes={"complaints": "Write to the panel, by Friday."},
                 reason="The old address is closed.", **here.by_two)
    look("notice")


def test_whose_order_suspends_the_poll_is_read_on_any_screen(
    open_page: OpenPage, origin: str, pictured: Callable[[Page, str], None]
) -> None:
    here = world().to("polling")
    page = open_page()
    at_desk(page, origin, here)

    page.goto(origin + reverse("desk_mistake", args=[here.slug]) + "?wrong=paper")
    pictured(page, "mistake")
    page.goto(origin + reverse("act_correct_candidate", args=[here.slug]))
    pictured(page, "correct-candidate")
    page.goto(origin + reverse("act_suspend_poll", args=[here.slug]))
    pictured(page, "suspend")
    suspend_poll(here.election_id, reason="The court has stopped the poll.", order=ORDER,
                 **here.by_two)
    page.goto(origin + reverse("booth", args=[here.slug]))

    expect(page.get_by_text("By order of High Court of 8 August 2016")).to_be_visible()
    pictured(page, "booth-suspended")
