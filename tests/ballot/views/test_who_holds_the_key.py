"""The pages of an election say who holds its key: its trustees, or the server that rehearses."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from ballot.ceremonies import held_is_due
from tests.ballot.factories import election
from tests.ballot.views.world import now, world
from tests.office.factories import sign_in

pytestmark = pytest.mark.django_db

OF_THE_SERVER = "In this one the server holds the trustees’ shares itself"
OF_TRUSTEES = "The trustees of this one hold their shares themselves, and the server none."
OF_EITHER = "In some the server may hold the trustees’ shares itself"


def test_the_banner_of_a_trial_says_of_each_election_who_holds_its_key(client: Client) -> None:
    held = world().to("nominating")
    apart = world(title="Apart", demonstration=False).to("nominating")
    sign_in(client, held.officers[0])

    for name in ("election", "desk_election", "act_set_key"):
        of_the_server = client.get(reverse(name, args=[held.slug])).text
        of_trustees = client.get(reverse(name, args=[apart.slug])).text
        assert OF_THE_SERVER in of_the_server and OF_TRUSTEES not in of_the_server, name
        assert OF_TRUSTEES in of_trustees and OF_THE_SERVER not in of_trustees, name
    home = client.get("/").text
    assert OF_EITHER in home and OF_THE_SERVER not in home and OF_TRUSTEES not in home


@pytest.mark.parametrize(("is_held", "said", "unsaid"), [
    (True, "it sits for every trustee whom you name", "a link of their own"),
    (False, "Each is sent a link of their own", "it sits for every trustee"),
])
def test_setting_up_the_key_says_who_makes_it(
    client: Client, is_held: bool, said: str, unsaid: str
) -> None:
    here = world(demonstration=is_held).to("frozen")
    sign_in(client, here.officers[0])

    page = client.get(reverse("act_set_key", args=[here.slug])).text

    assert said in page and unsaid not in page


def test_what_is_said_after_the_button_is_no_more_than_was_done(client: Client) -> None:
    here = world(demonstration=False).to("frozen")
    held = world(title="Held").to("frozen")
    sign_in(client, here.officers[0])

    begun = client.post(reverse("act_set_key", args=[here.slug]),
                        {"trustees": "Ann, ann@example.org", "quorum": 1}, follow=True).text
    sign_in(client, held.officers[0])
    made = client.post(reverse("act_set_key", args=[held.slug]),
                       {"trustees": "Ann", "quorum": 1}, follow=True).text

    assert "The key ceremony has begun, and each trustee is sent a link." in begun
    assert "Set up the trustees’ key: done." not in begun
    assert "Set up the trustees’ key: done." in made


def test_the_trustees_of_a_demonstration_are_not_waited_for(client: Client) -> None:
    here = world().to("verified")
    sign_in(client, here.officers[0])

    page = client.get(reverse("desk_trustees", args=[here.slug])).text

    assert "the server sits for all of them, holds their shares and opens the boxes" in page
    assert "to mix" not in page and "to open a box." not in page


def test_nobody_is_asked_before_the_close_of_a_demonstration_whether_they_hold_a_share() -> None:
    held, apart = election(at="polling"), election(at="polling", demonstration=False, title="Apart")

    for run, is_due in ((held, False), (apart, True)):
        closes_at = run.election.closes_at
        assert closes_at is not None
        assert held_is_due(run.election, now=closes_at - timedelta(days=1)) is is_due
        assert not held_is_due(run.election, now=now())


def test_what_the_boxes_wait_for_names_who_mixes(client: Client) -> None:
    here = world().to("mixed")
    sign_in(client, here.officers[0])

    page = client.get(reverse("act_open_box", args=[here.slug])).text

    assert "The server has mixed every box in a trustee’s place, and signed it" in page
    assert "A trustee has mixed every box" not in page


def test_the_notice_of_a_demonstration_says_who_opens_its_boxes(client: Client) -> None:
    held, apart = election(at="keyed"), election(at="keyed", demonstration=False, title="Apart")

    pages = [client.get(reverse(name, args=[run.election.slug])).text
             for run in (held, apart) for name in ("election", "notice")]

    assert "The server sits for these, holds their shares and opens the boxes: Ann Lee" in pages[0]
    assert "the server holds the trustees’ shares, and opens each box itself" in pages[1]
    assert "It takes 2 of these to open a box: Ann Lee, Ben Ray, Cy Ode." in pages[2]
    assert "by a quorum of trustees" in pages[3] and "by a quorum of trustees" not in pages[1]
