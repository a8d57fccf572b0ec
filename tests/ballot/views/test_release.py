"""The count told to a candidate before the declaration, by a link of their own."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from ballot.models import Candidate, Release, ReleaseLook
from ballot.services.release_result import give_release
from config.logs import strike
from office.permissions import Role
from tests.ballot.views.world import World, now, world
from tests.office.factories import sign_in, staff

pytestmark = pytest.mark.django_db

WINNER = "Ash Amin"


def counted() -> World:
    return world(rankings=[(0,)] * 8).to("counted")


def candidate() -> Candidate:
    return Candidate.objects.order_by("pk")[0]


def link(here: World) -> str:
    secret = give_release(
        candidate().pk, name="Ash Amin", embargo_until=now() + timedelta(hours=2), **here.by
    )
    return reverse("told_before", args=[here.slug, secret])


def test_looking_shows_the_embargo_alone_and_agreeing_shows_the_count_and_is_noted(
    client: Client,
) -> None:
    here = counted()
    path = link(here)

    before = client.get(path)
    assert "Tell nobody" in before.text and "8 votes" not in before.text
    assert not ReleaseLook.objects.exists()
    after = client.post(path)

    assert f"<strong>{WINNER}.</strong>" in after.text
    assert ReleaseLook.objects.count() == 1
    assert after.headers["Referrer-Policy"] == "same-origin"
    assert "no-store" in after.headers["Cache-Control"]


def test_a_link_dies_with_the_next_one_and_opens_no_other_election(client: Client) -> None:
    here = counted()
    first = link(here)
    second = link(here)

    assert client.post(first).status_code == 404
    assert client.post(reverse("told_before", args=["another", "x"])).status_code == 404
    assert client.post(second).status_code == 200
    assert ReleaseLook.objects.get().release.ended_at is None


def test_an_officer_gives_the_link_once_and_sees_who_has_read(client: Client) -> None:
    here = counted()
    sign_in(client, here.officers[0])
    path = reverse("desk_release", args=[here.slug, candidate().pk])
    later = timezone.localtime(now() + timedelta(days=1)).strftime("%Y-%m-%dT%H:%M")

    shown = client.post(path, {"name": "Ash Amin", "embargo_until": later}).text
    found = re.search(r"/told/[^<\s]+", shown)
    assert found is not None
    client.post(found.group(0))
    page = client.get(reverse("desk_releases", args=[here.slug])).text

    assert "Handed to Ash Amin" in page and "Read on:" in page
    assert found.group(0) not in page
    late = client.post(path, {"name": "Ash Amin", "embargo_until": "2020-01-01T10:00"})
    assert "an hour still to come" in late.text
    client.post(reverse("desk_release_end", args=[here.slug, candidate().pk]))
    assert client.post(found.group(0)).status_code == 404


def test_nobody_but_officers_gives_links_and_the_declaration_ends_the_embargo(
    client: Client,
) -> None:
    here = counted()
    path = link(here)
    for role in (Role.SCRUTINEER, Role.CANDIDATES_AGENT, Role.OBSERVER, Role.TRUSTEE):
        sign_in(client, staff(role))
        assert client.get(reverse("desk_releases", args=[here.slug])).status_code == 404
    client.logout()

    here._declared()
    answer = client.get(path)

    assert answer.status_code == 302 and answer["Location"].endswith("/result/")
    assert not ReleaseLook.objects.exists()


def test_the_secret_is_kept_as_a_hash_and_struck_out_of_the_logs() -> None:
    here = counted()
    path = link(here)
    secret = path.split("/")[-2]

    assert secret.encode() not in bytes(Release.objects.get().seat)
    assert secret not in strike(f"GET {path} HTTP/1.1") and "/told/" in strike(path)
