"""Nominations in a real browser: the code out of the link's fragment, and every page looked at."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.conf import settings as configured
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Page, expect

from ballot.nominations import newest_nominations
from ballot.services.nomination_seats import CANDIDATE_PURPOSE, ask_consent, show_body_link
from ballot.services.rule_on_paper import rule_on_nomination
from office.enclosure import open_enclosure
from office.models import Letter
from tests.ballot.factories import Run, bring, now
from tests.ballot.services.nominating import body, give, nominating, person, rule
from tests.office.factories import officer, sign_in

pytestmark = pytest.mark.django_db(transaction=True)

OpenPage = Callable[..., Page]
Pictured = Callable[[Page, str], None]


def under_way() -> Run:
    """Nominations of some days, one of them rejected, and a candidate whose papers were."""
    run = nominating(electors=1, gates="50% of MP\n30% of CLP or 1 of affiliate/union")
    first = now() - timedelta(days=4)
    for days, name, whom in ((0, "Barking", "Ash Amin"), (0, "Mair Prys", "Birch Bell"),
                             (1, "Aberavon", "Ash Amin"), (3, "Dockers", "Birch Bell"),
                             (4, "Ned Orr", "Ash Amin"), (4, "Barking", "Birch Bell")):
        give(run, name, whom, now=first + timedelta(days=days))
    (dockers,) = [one for one in newest_nominations(run.contest) if one.body.name == "Dockers"]
    rule_on_nomination(dockers.pk, is_valid=False, reason="The executive did not meet.", **run.by)
    rule(run, "Cedar Cox", is_valid=False, reason="Cedar Cox joined after the freeze date.")
    return run


def test_the_code_comes_out_of_the_link_into_the_form_and_out_of_the_address(
    open_page: OpenPage, origin: str, pictured: Pictured
) -> None:
    run = under_way()
    code = show_body_link(body("Cardiff South").pk, **run.by)
    page = open_page()
    place = f"{origin}/nominate/{run.election.slug}/"

    page.goto(f"{place}#{code}")
    expect(page.get_by_label("Your code")).to_have_value(code)
    assert page.url == place
    pictured(page, "nominate-code")
    page.get_by_role("button", name="Continue").click()
    pictured(page, "nominate-form")
    page.get_by_label("Ash Amin").check()
    page.get_by_role("button", name="Hand in the nomination").click()
    expect(page.get_by_role("heading", name="The nomination is taken")).to_be_visible()
    pictured(page, "nominate-taken")

    assert "Cardiff South" in {
        one.body.name for one in newest_nominations(run.contest)
        if one.candidate_id == person("Ash Amin").pk
    }


def test_the_public_table_and_the_desks_pages_are_fit_to_be_read(
    open_page: OpenPage, origin: str, pictured: Pictured
) -> None:
    run = under_way()
    slug = run.election.slug
    public = open_page()
    public.goto(f"{origin}/elections/{slug}/nominations/")
    for summary in public.locator("summary").all():
        summary.click()
    pictured(public, "nominations")

    desk = open_page()
    _as_officer(desk, origin)
    pages = {
        "desk-nominations": ("desk_nominations", ()),
        "desk-bodies": ("desk_bodies", ()),
        "desk-body-new": ("desk_body_new", ()),
        "desk-body": ("desk_body", (body("Barking").pk,)),
        "desk-paper-of": ("desk_paper_of", (person("Birch Bell").pk,)),
        "desk-nomination": ("desk_nomination", (newest_nominations(run.contest)[0].pk,)),
        "desk-ask-consent": ("desk_ask_consent", (person("Ash Amin").pk,)),
    }
    for name, (view, more) in pages.items():
        desk.goto(origin + reverse(view, args=[slug, *more]))
        pictured(desk, name)


def test_a_candidate_consents_and_the_acts_around_the_names_are_fit_to_be_read(
    open_page: OpenPage, origin: str, pictured: Pictured
) -> None:
    run = nominating(electors=1, names_order="lot")
    rule(run, "Cedar Cox", is_valid=False, reason="Cedar Cox joined after the freeze date.")
    ask_consent(person("Ash Amin").pk, address="ash@example.org", **run.by)
    code = _code_in_letter()
    slug = run.election.slug
    candidate = open_page()
    candidate.goto(f"{origin}/consent/{slug}/#{code}")
    candidate.get_by_role("button", name="Continue").click()
    pictured(candidate, "consent-form")
    candidate.get_by_label("I consent to stand").check()
    candidate.get_by_label("Statement").fill("I listen.")
    candidate.get_by_role("button", name="Consent, and hand this in").click()
    expect(candidate.get_by_role("heading", name="Your consent is taken")).to_be_visible()
    pictured(candidate, "consent-taken")

    bring(run, to="nominated")
    public = open_page()
    public.goto(f"{origin}/elections/{slug}/")
    pictured(public, "election-with-rejected")
    desk = open_page()
    _as_officer(desk, origin)
    for name, view, more in (
        ("desk-draw-names", "act_draw_names", ()),
        ("desk-withdraw", "desk_candidate_withdraw", (person("Ash Amin").pk,)),
        ("desk-paper-by-lot", "desk_paper", ()),
    ):
        desk.goto(origin + reverse(view, args=[slug, *more]))
        pictured(desk, name)


def _code_in_letter() -> str:
    """The code of the newest link to a candidate, as its letter will carry it."""
    letter = Letter.objects.filter(purpose=CANDIDATE_PURPOSE).latest("pk")
    assert letter.enclosure is not None
    return open_enclosure(
        bytes(letter.enclosure), purpose=letter.purpose, recipient=letter.recipient,
        attempt=letter.attempt,
    ).decode()


def _as_officer(page: Page, origin: str) -> None:
    session = sign_in(Client(), officer()).cookies[configured.SESSION_COOKIE_NAME]
    page.context.add_cookies([{"name": session.key, "value": session.value, "url": origin}])
