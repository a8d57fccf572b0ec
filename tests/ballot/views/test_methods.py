"""Contests for several places and of weighted sections, on the pages of office and public."""

from __future__ import annotations

import csv
import io

import pytest
from django.test import Client
from django.urls import reverse

from tests.ballot.views.world import world
from tests.office.factories import sign_in

pytestmark = pytest.mark.django_db

COLLEGE = {"member": 1, "affiliated": 1}


@pytest.fixture
def committee(client: Client) -> str:
    rankings = ((0, 1), (0, 1), (0, 1), (0, 1), (1,), (2,), (2, 1), (0,))
    here = world(title="Committee 2026", rankings=rankings, method="stv", places=2).to("declared")
    return here.slug


def test_the_result_of_several_places_names_all_elected_and_every_value(
    client: Client, committee: str
) -> None:
    page = client.get(reverse("result", args=[committee])).text

    assert page.count("reached the quota") >= 2
    assert "surplus of" in page
    assert "3.00" in page
    summary = client.get(reverse("count_rctab", args=[committee, 1])).json()
    assert summary["results"][0]["tally"]["Ash Amin"].endswith(".00")


def test_the_result_of_weighted_sections_shows_raw_votes_beside_weights(client: Client) -> None:
    rankings = ((0,), (0,), (1,), (0,), (0,), (2, 1), (1,), (0,))
    here = world(rankings=rankings, weights=COLLEGE, smallest_box=1).to("declared")

    page = client.get(reverse("result", args=[here.slug])).text
    rows = list(csv.DictReader(io.StringIO(
        client.get(reverse("count_csv", args=[here.slug, 1])).content.decode())))

    first = here.election.contests.get().count.sheet["stages"][0]
    for name, figure in first["weighted"].items():
        assert f"{figure}% by weight" in page
        assert any(row["name"] == name and row["weighted"] == figure for row in rows)
    assert "of weighted votes" in page


def test_the_notice_says_what_sections_are_worth_and_how_many_are_elected(client: Client) -> None:
    college = world(weights=COLLEGE).to("nominated")

    page = client.get(reverse("election", args=[college.slug])).text

    assert "Sections are weighted: of 2 parts of the whole" in page
    assert "with their parts added" in page


def test_an_officer_adds_a_contest_with_places_and_one_with_weights(client: Client) -> None:
    here = world()
    sign_in(client, here.officers[0])
    address = reverse("desk_contest_new", args=[here.slug])
    form = {"title": "Committee", "method": "stv", "stop": "majority",
            "tie_rule": "earlier-stages-then-lot", "places": "3", "weights": ""}

    wrong = client.post(address, form | {"weights": "nowhere = 1"})
    twice = client.post(address, form | {"weights": "member = 1\nmember = 2"})
    client.post(address, form)
    client.post(address, form | {"title": "College", "method": "av", "places": "",
                                 "weights": "member = 1\naffiliated = 2"})

    assert "There is no section “nowhere”." in wrong.text
    assert "Give section “member” one whole number of parts." in twice.text
    assert here.election.contests.get(title="Committee").places == 3
    assert here.election.contests.get(title="College").weights == {"member": 1, "affiliated": 2}
