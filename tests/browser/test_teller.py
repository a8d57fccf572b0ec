"""Two tellers in real browsers: keys made there, a paper read alike, one apart, one doubted."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from django.conf import settings as configured
from django.test import Client
from playwright.sync_api import Page, expect

from ballot.models import Envelope, PostalReading, Teller
from ballot.services.account_for_post import account_for_post
from ballot.services.close_poll import close_poll_early
from ballot.services.name_tellers import name_tellers
from ballot.services.open_envelopes import open_envelopes
from ballot.services.rule_on_postal_paper import rule_on_postal_paper
from office.models import StaffMember
from office.permissions import Role
from tests.ballot.factories import REASON, Run, bring, content, election, entries
from tests.office.factories import sign_in, staff

pytestmark = pytest.mark.django_db(transaction=True)

OpenPage = Callable[..., Page]
Pictured = Callable[[Page, str], None]


@pytest.fixture
def at_desk(open_page: OpenPage, origin: str) -> Callable[[Run, StaffMember], Page]:
    """A page of one of the staff, signed in, at the election's part of the desk."""

    def sit(run: Run, person: StaffMember) -> Page:
        session = sign_in(Client(), person).cookies[configured.SESSION_COOKIE_NAME]
        page = open_page()
        page.context.add_cookies([{"name": session.key, "value": session.value, "url": origin}])
        page.goto(f"{origin}/desk/elections/{run.election.slug}/papers/")
        return page

    return sit


def make_key(page: Page) -> str:
    code = page.locator("#new-code").inner_text()
    page.get_by_label("Type the code").fill("0" * 21)
    page.get_by_role("button", name="I have written it down").click()
    expect(page.locator("#problem-text")).to_contain_text("That is not the code above")
    page.get_by_label("Type the code").fill(code.lower())
    page.get_by_role("button", name="I have written it down").click()
    expect(page.get_by_role("heading", name="Your key is made")).to_be_visible()
    return code


def read(page: Page, number: int, **marks: int | str) -> None:
    page.get_by_label("Number of the paper").fill(str(number))
    for name, mark in marks.items():
        page.get_by_label(name.replace("_", " "), exact=True).fill(str(mark))
    page.get_by_role("button", name="Seal and hand in").click()


def read_three(ann: Page, bob: Page) -> None:
    """The first paper is read alike, the second apart, and the third is doubted."""
    read(ann, 1, Ash_Amin=2, Cedar_Cox=2)
    expect(ann.locator("#problem-text")).to_contain_text("the numbers are not 1, 2, 3")
    read(ann, 1, Ash_Amin=2, Cedar_Cox=1)
    expect(ann.locator("#said")).to_contain_text("The other teller reads it next")
    read(bob, 1, Ash_Amin=2, Cedar_Cox=1)
    expect(bob.locator("#said")).to_contain_text("is settled")
    read(ann, 2, Ash_Amin=1)
    expect(ann.locator("#said")).to_contain_text("Paper 2 of Members is handed in")
    read(bob, 2, Birch_Bell=1)
    expect(bob.locator("#said")).to_contain_text("waits for the returning officer")
    ann.get_by_label("Number of the paper").fill("3")
    ann.get_by_text("It is doubtful, or there is no paper").click()
    ann.get_by_role("button", name="Hand it to the returning officer").click()
    expect(ann.locator("#problem-text")).to_contain_text("Say why you doubt the paper.")
    ann.get_by_label("Why you doubt it").select_option("no-official-mark")
    ann.get_by_role("button", name="Hand it to the returning officer").click()
    expect(ann.locator("#said")).to_contain_text("waits for the returning officer")
    expect(ann.get_by_label("Why you doubt it")).to_have_value("")


def scan_all(desk: Page) -> None:
    """A scanner types into the field that has the focus, and presses Enter."""
    for envelope in Envelope.objects.all():
        desk.keyboard.type(envelope.barcode)
        desk.keyboard.press("Enter")
        expect(desk.get_by_role("alert")).to_contain_text("Received.")


def issue_to_all(run: Run, desk: Page, second: Page, pictured: Pictured) -> None:
    """One officer proposes envelopes for all, another approves, and the labels are shown."""
    desk.goto(desk.url.replace("/papers/", "/acts/issue_envelopes/"))
    pictured(desk, "post-issue")
    desk.get_by_label("Membership numbers").fill("\n".join(one.number for one in entries(run)))
    desk.get_by_role("button", name="Propose to issue them").click()
    second.goto(second.url.replace("/papers/", "/post/envelopes/"))
    pictured(second, "post-envelopes")
    second.get_by_role("link", name="Go to approvals").click()
    second.get_by_role("button", name="Approve and carry out").click()
    desk.get_by_role("link", name="Voting by post").click()
    pictured(desk, "post-issued")
    desk.get_by_role("button", name="Take 3 labels").click()


def test_two_tellers_read_papers_and_the_server_is_told_only_whether_they_are_alike(
    at_desk: Callable[[Run, StaffMember], Page], origin: str, pictured: Pictured
) -> None:
    run = election(at="polling", electors=3)
    officer = StaffMember.objects.get(pk=run.officers[0])
    people = [staff(Role.TELLER, name=name) for name in ("Ann Lee", "Bob Ray")]
    tellers = [at_desk(run, person) for person in people]
    pictured(tellers[0], "teller-key")
    codes = [make_key(page) for page in tellers]
    assert Teller.objects.count() == 2
    name_tellers(run.election_id, **run.by)

    desk = at_desk(run, officer)
    address = f"{origin}/desk/elections/{run.election.slug}/post/"
    issue_to_all(run, desk, at_desk(run, StaffMember.objects.get(pk=run.officers[1])), pictured)
    expect(desk.locator(".app-label__bars")).to_have_count(3)
    pictured(desk, "post-labels")
    desk.goto(f"{address}receive/")
    scan_all(desk)
    pictured(desk, "post-receive")
    close_poll_early(run.election_id, reason=REASON, **run.by_two)
    open_envelopes(run.election_id, **run.by_two)

    for page, code in zip(tellers, codes, strict=True):
        page.reload()
        page.get_by_label("Your code").fill(code)
    pictured(tellers[0], "teller-read")
    read_three(*tellers)
    assert PostalReading.objects.filter(kind="sealed").count() == 4

    desk.goto(address)
    pictured(desk, "post")
    desk.get_by_role("link", name="Members, paper 3").click()
    pictured(desk, "post-ruling")
    rule = {"section": "member", "agents": 1, **run.by}
    rule_on_postal_paper(run.election_id, number=2, rejected={}, **rule)
    unmarked = {"contest-1": "no-official-mark"}
    rule_on_postal_paper(run.election_id, number=3, rejected=unmarked, **rule)
    for page in tellers:
        read(page, 2, Ash_Amin=1)
        expect(page.locator("#said")).to_contain_text(re.compile("Paper 2 .*(settled|handed in)"))
        page.get_by_label("Rejected in this contest").check()
        read(page, 3)
        expect(page.locator("#said")).to_contain_text(re.compile("Paper 3 .*(settled|handed in)"))
    account_for_post(run.election_id, **run.by_two)
    bring(run, to="opened")

    told = content(run, "profile")
    assert (told["papers"], told["papers_rejected"]) == (3, 1)
