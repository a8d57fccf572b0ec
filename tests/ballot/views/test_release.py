"""The count told to a candidate before the declaration, by a link of their own."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from ballot.lifecycle import State
from ballot.models import Candidate, Election, Release, ReleaseLook
from ballot.services.count_papers import record_lot
from ballot.services.release_result import give_release
from ballot.services.set_up import create_election
from config.logs import strike
from office.permissions import Role
from tests.ballot.factories import no_triggers
from tests.ballot.views.world import World, first_contest, now, world
from tests.office.factories import sign_in, staff

pytestmark = pytest.mark.django_db

WINNER = "Ash Amin"


def counted() -> World:
    return world(rankings=[(0,)] * 8).to("counted")


def candidate() -> Candidate:
    return Candidate.objects.order_by("pk")[0]


def code(here: World) -> str:
    return give_release(
        candidate().pk, name="Ash Amin", embargo_until=now() + timedelta(hours=2), **here.by
    )


def page(here: World) -> str:
    return reverse("told_before", args=[here.slug])


def read(client: Client, path: str, secret: str) -> Any:
    """Press the button that agrees to the embargo."""
    return client.post(path, {"code": secret, "agreed": "yes"})


def test_looking_shows_the_embargo_alone_and_agreeing_shows_the_count_and_is_noted(
    client: Client,
) -> None:
    here = counted()
    secret, path = code(here), page(here)

    opened = client.get(path)
    assert "Your code" in opened.text and "Tell nobody" not in opened.text
    assert "Type the code" in client.post(path, {"code": " "}).text
    before = client.post(path, {"code": secret})
    assert "Tell nobody" in before.text and "8 votes" not in before.text
    assert not ReleaseLook.objects.exists()
    after = read(client, path, secret)

    assert f"<strong>{WINNER}.</strong>" in after.text
    assert ReleaseLook.objects.count() == 1
    assert "no-store" in after.headers["Cache-Control"]


def test_how_a_tie_was_settled_is_told_before_the_declaration_in_the_words_of_the_result(
    client: Client,
) -> None:
    tied = ((0,), (0,), (1,), (1,), (2,), (2,), (2,))
    here = world(rankings=tied, tie_rule="lot").to("opened")
    settled = "Ash Amin and Birch Bell were tied for the fewest votes, and the tie was settled by "
    record_lot(first_contest(here.election).pk, drawn=[0, 1], among=[0, 1],
               witnesses=("Dee Hall, agent", "Ed Orr, agent"), **here.by)
    here._counted()

    told = read(client, page(here), code(here)).text
    sign_in(client, here.officers[0])
    proposed = client.get(reverse("act_declare", args=[here.slug])).text
    here._declared()
    declared = client.get(reverse("result", args=[here.slug])).text

    for shown in (told, proposed, declared):
        assert f"{settled}lot" in shown


def test_a_link_dies_with_the_next_one_and_opens_no_other_election(client: Client) -> None:
    here = counted()
    first = code(here)
    second = code(here)
    other = create_election(title="Deputy 2026", party="The Party", demonstration=True, **here.by)
    with no_triggers():
        Election.objects.filter(pk=other).update(state=State.COUNTED)
    elsewhere = reverse("told_before", args=[Election.objects.get(pk=other).slug])

    assert read(client, page(here), first).status_code == 404
    assert client.get(elsewhere).status_code == 200
    assert read(client, elsewhere, second).status_code == 404
    assert read(client, page(here), second).status_code == 200
    assert ReleaseLook.objects.get().release.ended_at is None


def test_an_officer_gives_the_link_once_and_sees_who_has_read(client: Client) -> None:
    here = counted()
    sign_in(client, here.officers[0])
    path = reverse("desk_release", args=[here.slug, candidate().pk])
    later = timezone.localtime(now() + timedelta(days=1)).strftime("%Y-%m-%dT%H:%M")

    shown = client.post(path, {"name": "Ash Amin", "embargo_until": later}).text
    found = re.search(rf"{page(here)}#([^<\s]+)<", shown)
    assert found is not None
    secret = found.group(1)
    read(client, page(here), secret)
    listed = client.get(reverse("desk_releases", args=[here.slug])).text

    assert "Handed to Ash Amin" in listed and "Read on:" in listed
    assert secret not in listed
    late = client.post(path, {"name": "Ash Amin", "embargo_until": "2020-01-01T10:00"})
    assert "an hour still to come" in late.text
    client.post(reverse("desk_release_end", args=[here.slug, candidate().pk]))
    assert read(client, page(here), secret).status_code == 404


def test_nobody_but_officers_gives_links_and_the_declaration_ends_the_embargo(
    client: Client,
) -> None:
    here = counted()
    secret = code(here)
    for role in (Role.SCRUTINEER, Role.CANDIDATES_AGENT, Role.OBSERVER, Role.TRUSTEE):
        sign_in(client, staff(role))
        assert client.get(reverse("desk_releases", args=[here.slug])).status_code == 404
    client.logout()

    here._declared()
    answer = read(client, page(here), secret)

    assert answer.status_code == 302 and answer["Location"].endswith("/result/")
    assert not ReleaseLook.objects.exists()


def test_the_secret_is_kept_as_a_hash_and_no_address_that_is_sent_has_it() -> None:
    here = counted()
    secret = code(here)

    assert secret.encode() not in bytes(Release.objects.get().seat)
    assert Client().get(f"/told/{here.slug}/{secret}/").status_code == 404
    # Whoever types it into the path all the same does not leave it in the logs.
    assert secret not in strike(f"GET /told/{here.slug}/{secret}/ HTTP/1.1")
