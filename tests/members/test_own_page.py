"""A member's own page: what it shows of them, and appeals that are lodged from it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from members import services
from members.models import Appeal, Member
from tests.members.factories import NOW, frozen, imported, merged, officers, person, rules
from tests.members.own_page import decision_on, link, member, now, page
from tests.office.factories import officer

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _no_limit_left_over() -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


# --- what it shows ---------------------------------------------------------------------------


def test_the_page_shows_what_is_held_and_each_verdict_in_words(client: Client) -> None:
    imported(person(joined_on="2016-03-01"), person(number="9", email="other@example.org"))
    frozen()
    rules("Deputy 2016", joined_by="2016-06-01")

    shown = page(client, link())

    for held in ("0000123", "carys@example.org", "4 Inkle Row", "29 February 1980"):
        assert held in shown
    assert "Roll frozen on 22 August 2016. Not eligible: you joined on 1 March 2016" in shown
    assert "If it were frozen now: You are eligible to vote" in shown


def test_what_changed_since_the_freeze_is_said_beside_what_the_roll_says(client: Client) -> None:
    imported(person())
    frozen()
    token = link()
    assert "Something has changed since." not in page(client, token)

    decision_id = decision_on()

    shown = page(client, token)
    assert f"Decision {decision_id}: suspension" in shown
    assert "Roll frozen on 22 August 2016. You are eligible to vote" in shown
    assert "If the roll were frozen now: Not eligible: your standing is recorded" in shown


def test_whoever_joined_after_the_freeze_is_told_so_and_what_it_would_be_today(
    client: Client,
) -> None:
    imported(person(number="9"))
    frozen()
    imported(person(number="9"), person())

    shown = page(client, link())

    assert "You were not on the membership list when this roll was frozen" in shown
    assert "If the roll were frozen now: You are eligible to vote" in shown
    assert "Something has changed since." not in shown
    assert "No rules for an election have been written yet" not in shown


def test_a_roll_that_is_destroyed_says_nothing_of_anybody(client: Client) -> None:
    imported(person())
    by, seconded_by = officers()
    roll_id = frozen()
    assert "Roll frozen on 22 August 2016." in page(client, link())
    services.set_destruction_date(
        roll_id, destroy_on=date(2017, 9, 24), by=by, seconded_by=seconded_by, now=NOW
    )
    services.destroy_roll(roll_id, now=NOW)

    shown = page(client, link())

    assert "You were not on the membership list" not in shown
    assert "Roll frozen on" not in shown


def test_a_number_that_came_after_the_freeze_names_the_one_that_is_on_the_roll(
    client: Client,
) -> None:
    imported(person(number="9"))
    frozen()
    imported(person(number="9"), person())
    merged("0000123", into="9")

    shown = page(client, link())

    assert "This number was not on the membership list when the roll was frozen." in shown
    assert "You are on it under your other number, 9." in shown


def test_in_a_shared_mailbox_the_page_names_one_person_and_shows_details_in_part(
    client: Client,
) -> None:
    imported(person(phone="01632 960001"),
             person(number="9", given_name="Owen", email="CARYS@example.org"))  # fmt: skip

    shown = page(client, link())

    assert "This page is about Ms Carys Fallowes and nobody else." in shown
    for hidden in ("Owen", "carys@example.org", "4 Inkle Row", "960001", "29 February 1980"):
        assert hidden not in shown
    for hint in ("c…@example.org", "… QA1", "… 01", "in 1980"):
        assert hint in shown


def test_two_records_of_one_person_do_not_make_a_mailbox_shared(client: Client) -> None:
    imported(person(), person(number="9"))
    Member.objects.filter(number="9").update(merged_into=member())

    assert "carys@example.org" in page(client, link())
    assert "carys@example.org" in page(client, link("9"))


# --- appeals ---------------------------------------------------------------------------------


def test_a_member_appeals_from_their_page_and_follows_it(client: Client) -> None:
    imported(person())
    decision_id, token = decision_on(), link()
    shown = page(client, token)
    assert "abuse of another person" in shown
    assert "You can appeal before" in shown
    assert "Minute 7" not in shown

    address = reverse("own_page_appeal", args=[token, decision_id])
    assert client.post(address, {"grounds": ""}).status_code == 400
    assert client.post(address, {"grounds": "It was not me."}).status_code == 302

    appeal = Appeal.objects.get()
    assert appeal.lodged_by is None
    assert "It waits for its outcome." in page(client, token)
    services.decide_appeal(appeal.pk, upheld=True, answer="Mistaken.", by=officer().pk, now=now())
    shown = page(client, token)
    assert "It was upheld" in shown
    assert "Mistaken." in shown
    assert member().standing == "good"


def test_after_the_deadline_the_page_says_so_and_takes_no_appeal(client: Client) -> None:
    imported(person())
    decision_id, token = decision_on(days_ago=15), link()

    assert "It cannot be lodged any more." in page(client, token)
    late = client.post(reverse("own_page_appeal", args=[token, decision_id]), {"grounds": "x"})

    assert late.status_code == 409
    assert "An appeal had to be lodged before" in late.content.decode()
    assert not Appeal.objects.exists()


def test_a_proposal_is_not_shown_to_its_member(client: Client) -> None:
    imported(person())
    services.propose_standing(member().pk, kind="suspension", reason="abuse", evidence="x",
                              by=officer().pk, now=now())  # fmt: skip

    assert "Decisions about you" not in page(client, link())
