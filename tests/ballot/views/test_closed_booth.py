"""The booth once the poll is over: when it closed, and where the result is read."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from ballot.services.declare import declare
from ballot.services.plan_dates import plan_dates
from ballot.showing.closed import closed_sentence, result_sentence
from ballot.times import in_zone
from tests.ballot.views.world import now, world

pytestmark = pytest.mark.django_db


def test_a_closed_booth_says_when_it_closed_and_when_and_where_the_result_is_read(
    client: Client,
) -> None:
    here = world()
    at = now() + timedelta(days=9)
    plan_dates(here.election_id, dates={"declaration": at}, **here.by)
    here.to("polling")
    path, public = (reverse(name, args=[here.slug]) for name in ("booth", "election"))
    closes_at = here.election.closes_at
    assert closes_at is not None and result_sentence(here.election, now=now()) == ""
    due = in_zone(closes_at, "Europe/London")
    assert closed_sentence(here.election, now=closes_at).startswith(f"The poll closed on {due}.")

    here._closed()
    shown = client.get(path).text
    late = result_sentence(here.election, now=at)
    for state in ("verified", "mixed", "opened", "counted", "declared"):
        getattr(here, f"_{state}")()
    declared = client.get(path).text

    assert f"The poll closed on {in_zone(now(), 'Europe/London')[:10]}" in shown
    assert due not in shown
    assert f"the result is declared on {in_zone(at, 'Europe/London')}." in shown
    assert f'href="{public}">The page of the election' in shown
    assert late == "Once the result is declared it stands on the page of the election."
    assert "The result is declared, and stands on the page of the election." in declared


def test_the_booth_of_an_unopposed_election_speaks_of_no_poll(client: Client) -> None:
    here = world(candidates=("Ash Amin",)).to("nominated")
    declare(here.election_id, **here.by_two)

    shown = client.get(reverse("booth", args=[here.slug])).text

    assert "No poll was held, since every contest is unopposed." in shown
    assert "The poll closed" not in shown
