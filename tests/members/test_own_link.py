"""The mailed link to a member's own page: what it opens, for how long, and for nobody else."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from config.logs import strike
from members import letters, services
from members.models import Appeal, CorrectionRequest, OwnPageLink, RollEnquiry
from members.selectors.own_page import hash_of
from members.services.answer_enquiry import PURPOSE, REFERENCE
from office.models import Letter
from office.purposes import LetterToSend
from office.services.sending import send_letters
from tests.members.factories import imported, person
from tests.members.own_page import ask, decision_on, link, member, now, page, without_token
from tests.office.factories import officer

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _no_limit_left_over() -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


def test_the_answer_by_mail_carries_the_link_and_only_its_hash_is_kept(
    client: Client, mailoutbox: list[Any]
) -> None:
    imported(person())
    services.record_enquiry("123", proof="QA1 2BD", now=now())
    services.answer_enquiry(RollEnquiry.objects.get().pk, now=now())

    send_letters(Letter.objects.get().dispatch_id)

    (message,) = mailoutbox
    (path,) = set(re.findall(r"/roll/mine/[^\s\"<]+", message.body))
    assert "Carys Fallowes" in client.get(path).content.decode()
    token = path.split("/")[-2]
    kept = OwnPageLink.objects.get()
    assert kept.token_hash == hash_of(token)
    assert token not in str(OwnPageLink.objects.values())
    assert Letter.objects.get().enclosure is None


def test_nobody_is_made_a_link_who_did_not_prove_who_they_are() -> None:
    imported(person())
    services.record_enquiry("123", proof="ZZ9 9ZZ", now=now())

    services.answer_enquiry(RollEnquiry.objects.get().pk, now=now())

    assert not OwnPageLink.objects.exists()


def test_a_letter_that_waited_too_long_offers_no_dead_link() -> None:
    imported(person())
    enclosure = link(ago=timedelta(days=8)).encode()
    letter = LetterToSend(1, PURPOSE, REFERENCE, f"member:{member().pk}", 1, enclosure)

    (envelope,) = letters.roll_answers([letter], now=now()).values()

    assert "own page" not in envelope.text
    assert "You are on the membership list" in envelope.text


def test_a_link_works_for_a_week_and_not_longer(client: Client) -> None:
    imported(person())

    assert "Carys Fallowes" in page(client, link(ago=timedelta(days=6, hours=23)))
    assert "Carys" not in page(client, link(ago=timedelta(days=7, seconds=1)), expected=404)


def test_a_link_is_over_once_the_address_that_it_was_mailed_to_is_not_the_members(
    client: Client,
) -> None:
    imported(person())
    token = link(ago=timedelta(hours=1))
    services.edit_contact(member().pk, fields={"phone": "01632 960001"}, reason="By letter.",
                          by=officer().pk, now=now())  # fmt: skip
    assert "Carys Fallowes" in page(client, token)

    services.edit_contact(member().pk, fields={"email": "new@example.org"}, reason="By letter.",
                          by=officer().pk, now=now())  # fmt: skip

    assert "Carys" not in page(client, token, expected=404)
    assert ask(client, token).status_code == 404
    assert "Carys Fallowes" in page(client, link())


def test_a_guess_and_an_expired_link_get_the_same_page(client: Client) -> None:
    imported(person())
    over = link(ago=timedelta(days=8))

    pages = {
        without_token(page(client, token, expected=404))
        for token in (over, "x", "a" * 43, hash_of(link()), link() + "x")
    }

    assert len(pages) == 1


def test_a_link_opens_the_page_of_its_member_alone(client: Client) -> None:
    imported(person(), person(number="9", family_name="Pemberley", email="other@example.org"))
    decision_id = decision_on("9")

    assert "Pemberley" not in page(client, link())
    appeal = client.post(
        reverse("own_page_appeal", args=[link(), decision_id]), {"grounds": "Not me."}
    )
    assert appeal.status_code == 404
    assert not Appeal.objects.exists()

    own = reverse("own_page_appeal", args=[link("9"), decision_id])
    assert client.post(own, {"grounds": "Not me."}).status_code == 302


def test_too_many_guesses_from_one_address_wait_and_a_good_link_does_not() -> None:
    imported(person())
    client, token = Client(), link()

    codes = [client.get(reverse("own_page", args=[f"x{n}"])).status_code for n in range(61)]

    assert codes == [404] * 60 + [429]
    assert client.get(reverse("own_page", args=[token])).status_code == 200


def test_forms_without_a_good_link_do_nothing(client: Client) -> None:
    imported(person())
    over = link(ago=timedelta(days=8))

    assert ask(client, over).status_code == 404
    late = client.post(reverse("own_page_appeal", args=[over, 1]), {"grounds": "x"})
    assert late.status_code == 404
    assert not CorrectionRequest.objects.exists()
    assert ask(client, link()).status_code == 302


def test_looking_at_the_page_uses_nothing_up_and_it_is_kept_nowhere(client: Client) -> None:
    imported(person())
    token = link()

    for _ in range(3):
        response = client.get(reverse("own_page", args=[token]))
        assert response.status_code == 200
    assert "no-store" in response.headers["Cache-Control"]
    assert response.headers["Referrer-Policy"] == "same-origin"
    assert client.get(reverse("own_page_correction", args=[token])).status_code == 405
    assert OwnPageLink.objects.count() == 1


def test_links_that_are_over_are_forgotten() -> None:
    imported(person())
    link(ago=timedelta(days=8))

    link()

    assert OwnPageLink.objects.count() == 1


def test_a_link_is_struck_out_of_the_logs() -> None:
    token = "Zr3-_x9"

    said = strike(f"Not Found: /roll/mine/{token}/correction/")

    assert said == "Not Found: /roll/mine/[link]/correction/"
