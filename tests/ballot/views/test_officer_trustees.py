"""The officer's page of the trustees: who is named, whose seat is sent, what names a key takes."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from office.models import AuditRecord, Letter
from tests.ballot.views.desk import press
from tests.ballot.views.world import world
from tests.office.factories import sign_in

pytestmark = pytest.mark.django_db


def test_the_key_ceremony_of_a_real_election_is_begun_with_the_trustees_addresses(
    client: Client,
) -> None:
    here = world(demonstration=False).to("frozen")
    sign_in(client, here.officers[0])

    for wrong, words in (
        ("Ann\nBen", "does not end in a comma and an e-mail address"),
        ("ann@example.org\nBen, ben@example.org", "gives no name"),
        (", ann@example.org", "gives no name"),
        ("Ann, ann@example.org\nAnn, a@example.org", "each once"),
    ):
        refused = press(client, here, "set_key", trustees=wrong, quorum=1)
        assert refused.status_code == 200 and words in refused.text, wrong
    assert not here.election.trustees.exists()
    press(client, here, "set_key", trustees="Ann, ann@example.org\nBen, ben@example.org", quorum=2)

    seated = here.election.trustees.values_list("name", "address")
    assert set(seated) == {("Ann", "ann@example.org"), ("Ben", "ben@example.org")}
    assert here.election.key is None
    page = client.get(reverse("desk_trustees", args=[here.slug])).text
    assert page.count("to commit") == 2 and "It takes 2 of 2 to open a box" in page
    # While it goes on, neither the dashboard nor a stale page of the act begins another over it.
    assert "The key ceremony has begun." in client.get(
        reverse("desk_election", args=[here.slug])).text
    assert "Begin the key ceremony" not in client.get(
        reverse("act_set_key", args=[here.slug])).text
    stale = press(client, here, "set_key", trustees="Cy, cy@example.org", quorum=1)
    assert "A key ceremony has begun already." in stale.text
    assert here.election.ceremonies.count() == 1
    # Begun anew, it is with whom the officer names now.
    again = {"trustees": "Ann, ann@example.org", "quorum": 1}
    client.post(reverse("desk_ceremony_anew", args=[here.slug]), again)
    assert [one.name for one in here.election.trustees.all()] == ["Ann"]


def test_a_new_seat_is_sent_or_shown_once_and_the_former_dies(client: Client) -> None:
    here = world(demonstration=False).to("frozen")
    sign_in(client, here.officers[0])
    press(client, here, "set_key", trustees="Ann, ann@example.org", quorum=1)
    address = reverse("trustee_seat", args=[here.slug])

    shown = client.post(reverse("desk_seat_shown", args=[here.slug, 1])).text
    found = re.search(rf"/trustee/{here.slug}/#([\w-]+)", shown)
    assert found is not None and len(found[1]) == 32
    seat = {"Authorization": f"Seat {found[1]}"}
    answer = Client().get(address, headers=seat)
    assert answer.json()["trustee"] == {"name": "Ann", "number": 1}
    assert answer.json()["due"] == "commitment"
    assert found[1] not in client.get(reverse("desk_trustees", args=[here.slug])).text
    client.post(reverse("desk_seat_sent", args=[here.slug, 1]))

    refused = Client().get(address, headers=seat)
    assert (refused.status_code, refused.json()["code"]) == (403, "seat.unknown")
    assert Client().get(address).status_code == 403
    elsewhere = reverse("trustee_seat", args=["none-such"])
    assert Client().get(elsewhere, headers=seat).json() == refused.json()
    letters = Letter.objects.filter(purpose="trustee-seat").order_by("attempt")
    assert list(letters.values_list("state", flat=True)) == ["cancelled", "waiting"]
    assert [one.act for one in AuditRecord.objects.filter(act="give_seat")] == ["give_seat"] * 2


def test_a_demonstration_on_a_real_installation_says_on_its_pages_that_it_is_one(
    client: Client, settings: Any
) -> None:
    here = world().to("frozen")
    sign_in(client, here.officers[0])
    settings.DEVELOPMENT = False

    press(client, here, "set_key", trustees="Ann\nBen\nCy", quorum=2)

    assert here.election.key is not None
    assert "the server holds the trustees’ shares" in client.get(
        reverse("desk_election", args=[here.slug])).text
    assert "This is a demonstration" in client.get(reverse("election", args=[here.slug])).text


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("n" * 65, "at most 64 bytes"),
        ("é" * 33, "at most 64 bytes"),
        ("Be\u200bn", "would not show"),
    ],
)
def test_a_trustee_whose_name_the_key_cannot_carry_is_refused_in_words(
    client: Client, name: str, words: str
) -> None:
    here = world().to("frozen")
    sign_in(client, here.officers[0])

    refused = press(client, here, "set_key", trustees=f"Ann\n{name}\nCy", quorum=2)
    assert (refused.status_code, here.election.key) == (200, None)
    assert words in refused.text

    press(client, here, "set_key", trustees="Ann\n" + "e\u0301" * 32 + "\nCy", quorum=2)
    assert [one.name for one in here.election.trustees.order_by("number")] == [
        "Ann", "é" * 32, "Cy",
    ]  # fmt: skip
