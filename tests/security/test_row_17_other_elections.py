"""Row 17: an election's address with another election's object. Prevents: there is no such page.

One party an installation, so "another's" is another election's.
"""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from ballot.models import CastDispute, Contest
from ballot.showing.dispute_links import dispute_path
from tests.ballot.factories import bring, cast, content, election, entries
from tests.office.factories import officer, sign_in

pytestmark = pytest.mark.django_db


def test_a_desk_page_of_one_election_reaches_no_object_of_another(client: Client) -> None:
    own, other = election(at="nominating"), election(at="draft", title="Deputy leader")
    theirs = other.contest.candidates.order_by("pk")[0]
    sign_in(client, officer())

    def pages(slug: str) -> list[str]:
        return [
            reverse("desk_candidate", args=[slug, theirs.pk]),
            reverse("desk_candidate_withdraw", args=[slug, theirs.pk]),
            reverse("desk_candidate_new", args=[slug, other.contest.pk]),
            reverse("desk_contest_remove", args=[slug, other.contest.pk]),
        ]

    for address in pages(own.election.slug):
        # What takes no GET says so before it looks for anything.
        assert client.get(address).status_code in {404, 405}, address
        assert client.post(address, {"name": "Changed", "statement": ""}).status_code == 404
    for address in pages(other.election.slug):
        assert client.get(address).status_code in {200, 405}, address
    theirs.refresh_from_db()

    assert theirs.name == "Ash Amin" and theirs.withdrawn_at is None
    assert Contest.objects.count() == 2


def test_a_photograph_and_an_entry_are_found_under_their_own_election_alone(
    client: Client,
) -> None:
    own, other = election(at="nominated"), election(at="coded", title="Deputy leader")
    theirs = other.contest.candidates.order_by("pk")[0]

    # The board of the other has five entries, and ours two.
    for slug, status in ((own.election.slug, 404), (other.election.slug, 200)):
        assert client.get(reverse("entry_json", args=[slug, 4])).status_code == status
    assert client.get(
        reverse("candidate_photo", args=[own.election.slug, theirs.pk])
    ).status_code == 404


def test_a_link_to_dispute_a_cast_is_good_in_its_own_election_alone(client: Client) -> None:
    own, other = election(at="polling"), election(at="polling", title="Deputy leader")
    for run in (own, other):
        cast(run, entries(run)[0], (0,))
    address = dispute_path(entries(other)[0].public_id, election=own.election)

    assert client.get(address).status_code == 404
    assert client.post(address).status_code == 404
    assert not CastDispute.objects.exists()
    right = dispute_path(entries(other)[0].public_id, election=other.election)
    assert client.post(right).status_code == 302

    assert CastDispute.objects.get().election_id == other.election_id


def test_an_election_that_is_a_draft_is_nowhere_in_public(client: Client) -> None:
    run = election(title="Secret plans")
    names = ("election", "booth", "board", "result", "reissue")

    for name in names:
        assert client.get(reverse(name, args=[run.election.slug])).status_code == 404, name
    assert "Secret plans" not in client.get("/").content.decode()
    bring(run, to="nominating")
    assert client.get(reverse("election", args=[run.election.slug])).status_code == 200

    assert content(run, "notice")["title"] == "Secret plans"
