"""Contests for several places and of weighted sections, on the pages of office and public."""

from __future__ import annotations

import csv
import io

import pytest
from django.test import Client
from django.urls import reverse
from pypdf import PdfReader

from tests.ballot.ridings import POOLED, ridings
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
    assert "Weighted votes decide, not these votes: they stand in the count sheet." in page


def test_the_result_in_points_shows_them_beside_the_votes_for_each_riding_too(
    client: Client
) -> None:
    run = ridings(at="declared")
    slug = run.election.slug

    page = client.get(reverse("result", args=[slug])).text
    rows = list(csv.DictReader(io.StringIO(
        client.get(reverse("count_csv", args=[slug, 1])).content.decode())))
    paper = client.get(reverse("result_version_pdf", args=[slug, 1])).content
    text = " ".join(sheet.extract_text() for sheet in PdfReader(io.BytesIO(paper)).pages)

    assert "207.55 points, 34.6%" in page and "387.78 points, 64.6%" in page
    assert "percentages are of all points" in page
    assert "Points decide, not these votes: they stand in the count sheet." in page
    assert f"Leader, {POOLED}" in page and "66.67 points" in page
    of_pool = [row["weighted"] for row in rows if row["section"] == POOLED and row["stage"] == "1"]
    assert of_pool == ["66.67", "66.67", "66.66", ""]
    assert "387.78 points" in text and "Birch Bell: elected." in text


def test_the_notice_says_what_sections_are_worth_and_how_many_are_elected(client: Client) -> None:
    college = world(weights=COLLEGE).to("nominated")

    page = client.get(reverse("election", args=[college.slug])).text

    assert "Sections are weighted: of 2 parts of the whole" in page
    assert "with their parts added" in page


def test_an_officer_adds_contests_with_places_with_weights_and_with_points(
    client: Client
) -> None:
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
    both = client.post(address, form | {"title": "Ridings", "method": "av", "places": "",
                                        "weights": "member = 1", "points": "100"})
    many = client.post(address, form | {"title": "Ridings", "method": "av", "points": "1001"})
    client.post(address, form | {"title": "Ridings", "method": "av", "places": "",
                                 "points": "100", "points_floor": "40"})

    assert "There is no section “nowhere”." in wrong.text
    assert "Give section “member” one whole number of parts." in twice.text
    assert here.election.contests.get(title="Committee").places == 3
    assert here.election.contests.get(title="College").weights == {"member": 1, "affiliated": 2}
    assert "without weights, and not under the single" in both.text
    assert "less than or equal to 1000" in many.text
    made = here.election.contests.get(title="Ridings")
    assert (made.points, made.points_floor, made.weights) == (100, 40, None)
    page = client.get(reverse("desk_paper", args=[here.slug])).text
    assert "Every section is worth 100 points" in page
    assert "with fewer than 40 votes at the first stage" in page
