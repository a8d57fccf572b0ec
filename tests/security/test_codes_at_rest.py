"""Beyond the table: voting codes rest encrypted, no member of staff can see one, and they are
erased once handed over.
"""

from __future__ import annotations

import re

import pytest
from django.test import Client
from django.urls import reverse

from ballot.sealing.codes import show_code
from office.models import Letter
from office.permissions import Role
from tests.ballot.factories import bring, code_of, election, entries
from tests.office.factories import sign_in, staff
from tests.security.looking import (
    all_routes,
    dump,
    forget_limits,
    logged,
    send_everything,
    whole,
)

pytestmark = pytest.mark.django_db(transaction=True)


def forms(code: str) -> tuple[str, ...]:
    return code, show_code(code), code[:20], code.encode().hex()


def test_a_code_stands_in_no_table_and_no_log_and_its_letter_loses_it_when_handed_over() -> None:
    run = election(at="keyed", electors=4)
    with logged() as log:
        bring(run, to="coded")
        codes = [code_of(entry) for entry in entries(run)]
        text = dump()
        assert not any(form in text for code in codes for form in forms(code))
        bring(run, to="polling")
        mails = send_everything()

    assert sum(show_code(code) in whole(mail) for code in codes for mail in mails) == 4
    assert not any(form in log.getvalue() for code in codes for form in forms(code))
    handed_over = Letter.objects.filter(purpose="voting-code")
    assert set(handed_over.values_list("state", "enclosure")) == {("handed_over", None)}
    assert not any(form in dump() for code in codes for form in forms(code))


def test_no_page_shows_a_member_of_staff_a_code() -> None:
    forget_limits()
    run = election(at="coded", electors=2)
    found = [form for entry in entries(run) for form in forms(code_of(entry))]
    guarded = [route for route in all_routes() if route.act]

    for role in sorted(Role):
        client = sign_in(Client(), staff(role))
        seen = 0
        for route in guarded:
            names = re.findall(r"<(?:\w+:)?(\w+)>", route.pattern)
            if set(names) - {"slug"}:
                continue
            page = client.get(reverse(route.name, kwargs=dict.fromkeys(names, run.election.slug)))
            body = (b"".join(page.streaming_content) if page.streaming  # type: ignore[attr-defined]
                    else page.content).decode()
            seen += page.status_code == 200
            assert not any(form in body for form in found), (role, route.pattern)
        assert seen >= 3, role
