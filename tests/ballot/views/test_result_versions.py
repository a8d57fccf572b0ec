"""The declared result in its versions, on the page and on paper."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from pypdf import PdfReader

from ballot.services.correct_result import correct_result
from ballot.times import in_zone
from tests.ballot.factories import election
from tests.ballot.views.world import world

pytestmark = pytest.mark.django_db

REASON = "The printed sheet gave another hour of the close."


def test_every_version_can_be_read_and_says_which_is_in_force(client: Client) -> None:
    here = world().to("declared")
    alone = client.get(reverse("result", args=[here.slug])).text
    when = in_zone(here.election.declarations.get().declared_at, here.election.zone)
    assert "Versions" not in alone and f"returning officer, on {when}." in alone
    correct_result(here.election_id, reason=REASON, **here.by_two)

    newest = client.get(reverse("result", args=[here.slug])).text
    first = client.get(reverse("result_version", args=[here.slug, 1])).text
    told = json.loads(client.get(reverse("result_version_json", args=[here.slug, 2])).content)

    assert "version 2" in newest and REASON in newest and "no longer in force" not in newest
    assert "no longer in force" in first and "Version 1," in first
    assert told["reason"] == REASON and told["version"] == 2
    assert client.get(reverse("result_version", args=[here.slug, 3])).status_code == 404


def test_the_declaration_on_paper_says_what_the_page_says(client: Client) -> None:
    here = world().to("declared")
    path = reverse("result_pdf", args=[here.slug])

    answer = client.get(path)

    pages = PdfReader(io.BytesIO(answer.content)).pages
    text = " ".join("\n".join(page.extract_text() for page in pages).split())
    sheet = here.election.contests.get().count.sheet
    assert f"{sheet['elected'][0]}: elected." in text
    assert all(name in text for name in sheet["candidates"])
    assert "Counted twice in the same run, by two programs that agree." in text
    assert "papers issued)." in text
    assert answer.headers["Content-Type"] == "application/pdf"


def test_the_result_of_a_demonstration_says_that_it_does_not_count_on_every_server(
    client: Client, settings: Any
) -> None:
    rehearsed = reverse("result", args=[world().to("declared").slug])
    for settings.DEVELOPMENT in (True, False):  # With the banner of a trial server and without.
        assert "No result of it counts." in client.get(rehearsed).text


def test_the_result_of_a_real_election_calls_itself_no_demonstration(client: Client) -> None:
    run = election(at="declared", demonstration=False)

    shown = client.get(reverse("result", args=[run.election.slug])).text

    assert "elected" in shown and "No result of it counts" not in shown


def test_nothing_of_the_result_is_there_before_the_declaration(client: Client) -> None:
    here = world().to("counted")

    names = ("result", "result_json", "result_pdf")
    assert {client.get(reverse(name, args=[here.slug])).status_code for name in names} == {404}
    assert client.get(reverse("result_version", args=[here.slug, 1])).status_code == 404
