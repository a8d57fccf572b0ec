"""The result known before it is declared. Prevents, on every page that anybody can open."""

from __future__ import annotations

import hashlib
import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from ballot.mapping.entry import entry_digest
from ballot.models import Blob, Count, Entry, PartialOpening
from ballot.services.void_election import void_election
from tests.ballot.views.world import World, world
from tests.office.factories import sign_in, staff

pytestmark = pytest.mark.django_db

REVEALING = {"part", "profile", "count"}
WINNER = "Ash Amin"


def _rows(here: World, kinds: set[str]) -> list[Entry]:
    return list(Entry.objects.filter(election=here.election, kind__in=kinds).order_by("number"))


def _statuses(client: Client, here: World, kinds: set[str]) -> set[int]:
    return {
        client.get(reverse("entry_json", args=[here.slug, row.number])).status_code
        for row in _rows(here, kinds)
    }


def _blob(client: Client, here: World, blob: Blob) -> Any:
    return client.get(reverse("blob", args=[here.slug, bytes(blob.sha256).hex()]))


def _named_by(here: World, kind: str) -> Blob:
    body = bytes(_rows(here, {kind})[0].body)
    found = re.search(rb'"sha256":"([0-9a-f]{64})"', body)
    assert found is not None
    return Blob.objects.get(sha256=bytes.fromhex(found[1].decode()))


@pytest.mark.parametrize(
    ("state", "kinds"),
    [("opened", {"part", "profile"}), ("counted", REVEALING)],
)
def test_before_the_declaration_the_board_tells_the_result_by_hash_alone(
    client: Client, state: str, kinds: set[str]
) -> None:
    here = world(rankings=[(0,)] * 8).to(state)

    page = client.get(reverse("board", args=[here.slug])).text
    rows = _rows(here, kinds)

    assert {row.kind for row in rows} == kinds
    assert all(entry_digest(row.kind, bytes(row.body)).hex() in page for row in rows)
    assert page.count("is published with the declaration of the result") == len(rows)
    assert f"stages: {WINNER}" not in page and f"stage: {WINNER}" not in page
    assert "papers, 0 of them rejected" not in page
    assert _statuses(client, here, kinds) == {404}
    assert _blob(client, here, _named_by(here, "part")).status_code == 404
    assert _blob(client, here, _named_by(here, "profile")).status_code == 404
    # What gives nothing away stays open to all.
    assert _statuses(client, here, {"notice", "roll", "mix", "reconciliation"}) == {200}
    assert _blob(client, here, _named_by(here, "mix")).status_code == 200


def test_with_the_declaration_everything_is_shown_and_has_the_hash_shown_before(
    client: Client,
) -> None:
    here = world(rankings=[(0,)] * 8).to("counted")
    before = client.get(reverse("board", args=[here.slug])).text
    here._declared()

    page = client.get(reverse("board", args=[here.slug])).text
    bodies = [
        (row.kind, client.get(reverse("entry_json", args=[here.slug, row.number])).content)
        for row in _rows(here, REVEALING)
    ]

    assert f"stage: {WINNER}" in page
    assert bodies and all(entry_digest(kind, body).hex() in before for kind, body in bodies)
    profile = _named_by(here, "profile")
    content = b"".join(_blob(client, here, profile).streaming_content)
    assert hashlib.sha256(content).digest() == bytes(profile.sha256)


def test_a_trustees_part_is_not_handed_out_while_the_boxes_are_only_mixed(client: Client) -> None:
    here = world().to("opened")
    parts = PartialOpening.objects.exclude(content=None)

    answers = {_blob(client, here, part.content).status_code for part in parts if part.content}

    assert answers == {404}


def test_who_guesses_what_is_withheld_is_not_told_that_it_was_right(client: Client) -> None:
    here = world(rankings=[(0,)] * 8).to("counted")
    right = _named_by(here, "profile")
    wrong = Blob(sha256=bytes(32))

    answers = [_blob(client, here, guess) for guess in (right, wrong)]

    assert [answer.status_code for answer in answers] == [404, 404]
    assert answers[0].content == answers[1].content
    for row in _rows(here, {"profile", "count", "lot"}):
        assert re.search(rb'"salt":"[0-9a-f]{64}"', bytes(row.body))


def test_an_election_declared_void_after_its_count_never_shows_it(client: Client) -> None:
    here = world(rankings=[(0,)] * 8).to("counted")
    void_election(here.election_id, reason="The list was wrong.", **here.by_two)

    pages = [client.get(reverse("board", args=[here.slug]), {"from": number}).text
             for number in (0, Entry.objects.get(kind="void").number)]  # fmt: skip
    page = "".join(pages)

    assert "The list was wrong." in page
    assert f"stage: {WINNER}" not in page
    assert _statuses(client, here, REVEALING) == {404}


def test_the_officers_who_are_to_declare_see_the_count_and_a_watcher_does_not(
    client: Client,
) -> None:
    here = world(rankings=[(0,)] * 8).to("counted")
    address = reverse("act_declare", args=[here.slug])

    sign_in(client, staff("observer"))
    as_observer = client.get(address)
    client.logout()
    sign_in(client, here.officers[1])
    as_officer = client.get(address).text

    assert as_observer.status_code == 404
    assert f"<strong>{WINNER}.</strong>" in as_officer
    assert Count.objects.get().sheet["stages"][-1]["sentence"] in as_officer


def test_bytes_are_found_under_the_election_whose_board_names_them_alone(client: Client) -> None:
    here = world().to("declared")
    other = world(title="Deputy 2026", electors=9, candidates=("Oak", "Yew")).to("nominating")
    blob = _named_by(here, "profile")

    assert _blob(client, other, blob).status_code == 404
    assert _blob(client, here, blob).status_code == 200
