"""The officer's page of the trustees in a real browser, at any width."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.conf import settings as configured
from django.test import Client
from playwright.sync_api import Page, expect

from office.models import StaffMember
from tests.ballot.factories import begin, election
from tests.office.factories import sign_in

pytestmark = pytest.mark.django_db(transaction=True)

OpenPage = Callable[..., Page]
TRUSTEES = ("Gwenllian Angharad Llywelyn-Prydderch ap Gruffydd", "Pádraig Ó Súilleabháin")


def test_long_names_and_hidden_words_in_a_table_push_no_page_sideways(
    open_page: OpenPage, origin: str, pictured: Callable[[Page, str], None]
) -> None:
    run = election(at="frozen", demonstration=False, electors=1)
    begin(run, trustees=TRUSTEES)
    officer = StaffMember.objects.get(pk=run.officers[0])
    session = sign_in(Client(), officer).cookies[configured.SESSION_COOKIE_NAME]
    page = open_page()
    page.context.add_cookies([{"name": session.key, "value": session.value, "url": origin}])

    page.goto(f"{origin}/desk/elections/{run.election.slug}/trustees/")

    expect(page.get_by_role("link", name=f"New seat for {TRUSTEES[0]}")).to_be_visible()
    pictured(page, "desk-trustees")
