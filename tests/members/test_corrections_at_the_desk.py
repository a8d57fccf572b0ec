"""The desk's queue of corrections that members asked for."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from members.models import CorrectionRequest
from office.permissions import Role
from tests.members.factories import imported, person
from tests.members.own_page import ask, link, member
from tests.office.factories import sign_in, staff

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _no_limit_left_over() -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def keeper(client: Client) -> Client:
    return sign_in(Client(), staff(Role.MEMBERSHIP_ADMINISTRATOR))


def test_the_desk_puts_a_request_right_from_its_queue(client: Client, keeper: Client) -> None:
    imported(person())
    ask(client, link(), detail="name", wanted="Carys Pemberley", why="Married in May.")
    asked = CorrectionRequest.objects.get()

    assert "Fallowes" in keeper.get(reverse("corrections")).content.decode()
    shown = keeper.get(reverse("correction", args=[asked.pk])).content.decode()
    assert "Carys Pemberley" in shown
    assert 'value="Fallowes"' in shown
    sent = keeper.post(
        reverse("correction", args=[asked.pk]),
        {"title": "Ms", "given_name": "Carys", "family_name": " Pember  ley ", "answer": ""},
    )

    assert sent.status_code == 302
    assert (member().family_name, member().name_key) == ("Pember ley", "pember ley carys")
    shown = keeper.get(reverse("correction", args=[asked.pk])).content.decode()
    assert "Pember ley" in shown
    assert "Put it right and tell the member" not in shown


def test_the_desk_refuses_a_request_with_a_reason(client: Client, keeper: Client) -> None:
    imported(person())
    ask(client, link())
    asked = CorrectionRequest.objects.get()
    address = reverse("correction_refuse", args=[asked.pk])

    assert keeper.post(address, {"answer": ""}).status_code == 400
    assert keeper.post(address, {"answer": "Ring us."}).status_code == 302

    asked.refresh_from_db()
    assert (asked.state, asked.answer) == ("refused", "Ring us.")
    assert "No request waits." in keeper.get(reverse("corrections")).content.decode()


@pytest.mark.parametrize("wanted", ["Pember\u202eley", "x" * 101])
def test_a_name_that_lists_would_refuse_is_refused_at_the_desk(
    client: Client, keeper: Client, wanted: str
) -> None:
    imported(person())
    ask(client, link(), detail="name", wanted="Pemberley")
    asked = CorrectionRequest.objects.get()
    cells = {"title": "", "given_name": "Carys", "answer": ""}

    address = reverse("correction", args=[asked.pk])
    assert keeper.post(address, {**cells, "family_name": wanted}).status_code == 400
    assert member().family_name == "Fallowes"
    assert keeper.post(address, {**cells, "family_name": "Pemberley"}).status_code == 302


def test_a_date_is_put_right(client: Client, keeper: Client) -> None:
    imported(person())
    ask(client, link(), detail="date_of_birth", wanted="1 March 1980")
    asked = CorrectionRequest.objects.get()

    keeper.post(reverse("correction", args=[asked.pk]), {"date_of_birth": "1980-03-01"})

    assert member().date_of_birth == date(1980, 3, 1)


def test_the_queue_is_closed_to_other_roles(client: Client) -> None:
    imported(person())
    ask(client, link())
    asked = CorrectionRequest.objects.get()
    other = sign_in(Client(), staff(Role.OBSERVER))

    pages = [reverse("corrections"), reverse("correction", args=[asked.pk])]
    assert {other.get(each).status_code for each in pages} == {404}
    assert other.post(pages[1], {"phone": "1"}).status_code == 404
    assert other.post(reverse("correction_refuse", args=[asked.pk])).status_code == 404
