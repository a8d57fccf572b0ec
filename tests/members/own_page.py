"""A member's own page in tests: the link to it, the page as it is opened, what is asked from it."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

from django.test import Client
from django.urls import reverse

from members import services
from members.models import Member
from members.services.own_page import make_link
from office.models import Approval
from office.permissions import Role
from office.services.approvals import approve_act
from tests.office.factories import officer, staff


def now() -> datetime:
    """The views read the clock themselves, so what is to be in time is made from it."""
    return datetime.now(UTC)


def member(number: str = "0000123") -> Member:
    return Member.objects.get(number=number)


def link(number: str = "0000123", *, ago: timedelta = timedelta(0)) -> str:
    return make_link(member(number), now=now() - ago)


def page(client: Client, token: str, *, expected: int = 200) -> str:
    response = client.get(reverse("own_page", args=[token]))
    assert response.status_code == expected
    return response.content.decode()


def without_token(text: str) -> str:
    return re.sub(r'name="csrfmiddlewaretoken" value="[^"]*"', "", text)


def decision_on(number: str = "0000123", *, days_ago: int = 0) -> int:
    at = now() - timedelta(days=days_ago)
    decision_id = services.propose_standing(
        member(number).pk, kind="suspension", reason="abuse", evidence="Minute 7.",
        by=staff(Role.MEMBERSHIP_ADMINISTRATOR).pk, now=at,
    )  # fmt: skip
    approve_act(Approval.objects.latest("pk").pk, by=officer().pk, now=at)
    return decision_id


def ask(client: Client, token: str, **given: str) -> Any:
    cells = {"detail": "phone", "wanted": "01632 960001", "why": "", **given}
    return client.post(reverse("own_page_correction", args=[token]), cells)
