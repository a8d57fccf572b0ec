"""Every page opens at every state of an election, or says with a refusal's status why not."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from ballot.views.act_table import ACTS
from tests.ballot.views.world import STATES, named, world
from tests.office.factories import sign_in

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("state", STATES)
def test_every_page_of_the_desk_opens_at_every_state(client: Client, state: str) -> None:
    here = world().to(state)
    sign_in(client, here.officers[0])
    candidate = named("Ash Amin")
    contest = candidate.contest

    paths = [reverse("elections"), reverse("desk_begin")]
    names = ("desk_election", "desk_set_up", "desk_paper", "desk_contest_new", "desk_turnout",
             "desk_incidents", "desk_incident_new", "desk_helpdesk", "desk_amendments",
             "desk_bulk_new", "desk_set_aside", "desk_attestations",
             "desk_lot", *(f"act_{act}" for act in ACTS))
    paths += [reverse(name, args=[here.slug]) for name in names]
    paths += [
        reverse("desk_candidate_new", args=[here.slug, contest.pk]),
        reverse("desk_candidate", args=[here.slug, candidate.pk]),
        reverse("desk_candidate_withdraw", args=[here.slug, candidate.pk]),
    ]
    answers = {path: client.get(path).status_code for path in paths}

    assert set(answers.values()) == {200}, answers


@pytest.mark.parametrize("state", STATES)
def test_the_public_pages_open_from_the_notice_on_and_the_result_once_declared(
    client: Client, state: str
) -> None:
    here = world().to(state)
    slug = here.slug

    home = client.get(reverse("home"))
    pages = {
        name: client.get(reverse(name, args=[slug])).status_code
        for name in ("election", "board", "booth", "reissue", "reissue_asked", "device_check")
    }
    results = {
        client.get(reverse("result", args=[slug])).status_code,
        client.get(reverse("result_json", args=[slug])).status_code,
        *(client.get(reverse(name, args=[slug, 1])).status_code
          for name in ("count_csv", "count_rctab", "papers_blt")),
    }

    assert home.status_code == 200
    assert ("Leader 2026" in home.text) == (state != "draft")
    assert set(pages.values()) == ({404} if state == "draft" else {200}), pages
    assert results == ({200} if state == "declared" else {404})
