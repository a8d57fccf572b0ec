"""The pages from the close to the declaration, at every width and judged by axe."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Page, expect

from ballot.services.correct_result import correct_result
from ballot.services.explain_difference import explain_difference
from ballot.services.record_dispute import record_dispute
from ballot.services.recount import ask_recount, decide_recount
from ballot.services.release_result import give_release
from office.models import StaffMember
from tests.ballot.factories import REASON, Run, bring, election, entries, now
from tests.office.factories import sign_in

pytestmark = pytest.mark.django_db(transaction=True)

OpenPage = Callable[..., Page]
Pictured = Callable[[Page, str], None]


@pytest.fixture
def desk(open_page: OpenPage, origin: str) -> Callable[[Run], Page]:
    """A page at which the first officer is signed in."""

    def open_(run: Run) -> Page:
        client = Client()
        sign_in(client, StaffMember.objects.get(pk=run.officers[0]))
        page = open_page()
        name = settings.SESSION_COOKIE_NAME
        page.context.add_cookies([{"name": name, "value": client.cookies[name].value,
                                   "url": origin}])
        return page

    return open_


def test_from_the_close_to_the_recount(
    desk: Callable[[Run], Page], origin: str, pictured: Pictured
) -> None:
    run = election(at="closed", sections=("member", "affiliated"))
    record_dispute(run.election_id, recipient=entries(run)[0].public_id, now=now())
    page = desk(run)
    slug = run.election.slug
    page.goto(origin + reverse("desk_verification", args=[slug]))
    pictured(page, "verification")
    page.get_by_role("link", name="Explain it").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Explain a difference")
    pictured(page, "explain")

    explain_difference(run.election_id, difference="disputed", section="member", number=1,
                       explanation=REASON, **run.by_two)
    bring(run, to="counted")
    number = ask_recount(run.contest.pk, grounds=REASON, **run.by)
    page.goto(origin + reverse("desk_recounts", args=[slug]))
    pictured(page, "recounts")
    page.get_by_role("link", name="Decide it").click()
    expect(page.get_by_role("radio")).to_have_count(2)
    pictured(page, "recount")
    decide_recount(number, granted=True, reason=REASON, **run.by)


def test_from_the_count_to_a_corrected_result(
    desk: Callable[[Run], Page], origin: str, pictured: Pictured
) -> None:
    run = election(at="counted")
    page = desk(run)
    slug = run.election.slug
    candidate = run.contest.candidates.order_by("position")[0]
    ends = now() + timedelta(hours=2)
    secret = give_release(candidate.pk, name="Ash Amin", embargo_until=ends, **run.by)
    page.goto(f"{origin}{reverse('told_before', args=[slug])}#{secret}")
    expect(page.get_by_label("Your code")).to_have_value(secret)
    assert secret not in page.url
    page.get_by_role("button", name="Continue").click()
    pictured(page, "told-before")
    page.get_by_role("button", name="I shall tell nobody").click()
    expect(page.get_by_role("table")).to_be_visible()
    pictured(page, "told")
    page.goto(origin + reverse("desk_releases", args=[slug]))
    pictured(page, "releases")
    page.goto(origin + reverse("desk_release", args=[slug, candidate.pk]))
    pictured(page, "release")

    bring(run, to="declared")
    correct_result(run.election_id, reason=REASON, **run.by_two)
    page.goto(origin + reverse("result", args=[slug]))
    expect(page.get_by_role("heading", name="Versions")).to_be_visible()
    pictured(page, "result-corrected")
