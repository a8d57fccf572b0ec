"""Joint tickets in a real browser: the desk's pages, the second person's link, paper and result."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.conf import settings as configured
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Page, expect

from ballot.models import Candidate
from ballot.services.nomination_seats import SECOND_PURPOSE, ask_consent
from office.enclosure import open_enclosure
from office.models import Letter
from tests.ballot.factories import Run, bring, election
from tests.ballot.tickets import PAIRS, TICKET
from tests.office.factories import officer, sign_in

pytestmark = pytest.mark.django_db(transaction=True)

OpenPage = Callable[..., Page]
Pictured = Callable[[Page, str], None]


@pytest.fixture
def origin(live_server: Any) -> Iterator[str]:
    cache.clear()
    yield live_server.url.replace("127.0.0.1", "localhost")


def tickets(at: str) -> Run:
    return election(at=at, candidates=PAIRS, ticket=TICKET, title="Leaders 2026")


def code_of_second(run: Run) -> str:
    ash = Candidate.objects.get(name=PAIRS[0])
    ask_consent(ash.pk, address="dee@example.org", of_second=True, **run.by)
    letter = Letter.objects.get(purpose=SECOND_PURPOSE)
    assert letter.enclosure is not None
    return open_enclosure(bytes(letter.enclosure), purpose=letter.purpose,
                          recipient=letter.recipient, attempt=letter.attempt).decode()


def test_the_second_person_consents_by_a_link_and_the_desks_pages_are_fit_to_be_read(
    open_page: OpenPage, origin: str, pictured: Pictured
) -> None:
    run = tickets("draft")
    slug = run.election.slug
    page = open_page()
    session = sign_in(Client(), officer()).cookies[configured.SESSION_COOKIE_NAME]
    page.context.add_cookies([{"name": session.key, "value": session.value, "url": origin}])
    ash = Candidate.objects.get(name=PAIRS[0])
    page.goto(origin + reverse("desk_contest_new", args=[slug]))
    pictured(page, "ticket-contest")
    page.goto(origin + reverse("desk_candidate", args=[slug, ash.pk]))
    pictured(page, "ticket-candidate")
    bring(run, to="nominating")
    code = code_of_second(run)
    Candidate.objects.filter(pk=ash.pk).update(statement="We stand together.", agent_name="Gus")
    for name, more in (("desk_nominations", ()), ("desk_ask_second", (ash.pk,)),
                       ("desk_paper_consent", (ash.pk,)),
                       ("desk_candidate_withdraw", (ash.pk,)), ("desk_paper", ())):
        page.goto(origin + reverse(name, args=[slug, *more]))
        pictured(page, f"ticket-{name}")

    page.goto(f"{origin}/consent/{slug}/#{code}")
    page.get_by_role("button", name="Continue").click()
    pictured(page, "ticket-consent")
    expect(page.get_by_text("We stand together.")).to_be_visible()
    page.get_by_label("I consent to stand").check()
    page.get_by_role("button", name="Consent", exact=True).click()

    expect(page.get_by_role("heading", name="Your consent is taken")).to_be_visible()
    pictured(page, "ticket-consented")
    ash.refresh_from_db()
    assert ash.second_consented_at is not None and ash.consented_at is None


@pytest.mark.parametrize("at", ["polling", "declared"])
def test_paper_notice_and_result_name_two_people_in_one_place(
    open_page: OpenPage, origin: str, pictured: Pictured, at: str
) -> None:
    run = tickets(at)
    page = open_page()
    pages = {"polling": ("election", "notice"), "declared": ("result",)}[at]
    for name in pages:
        page.goto(origin + reverse(name, args=[run.election.slug]))
        pictured(page, f"ticket-{name}")
        expect(page.locator("body")).to_contain_text("Dee Day" if name != "notice" else "vote is")
