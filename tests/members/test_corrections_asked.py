"""Corrections that a member asks for from their own page, and what becomes of them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from members import letters, services
from members.models import Change, ContactFreeze, CorrectionRequest
from members.services.answer_enquiry import PURPOSE, REFERENCE
from members.services.contact_notices import PURPOSE as CONTACT_CHANGED
from office.models import Approval, Letter
from office.permissions import Role
from office.purposes import LetterToSend
from office.refusal import Refusal
from office.services.approvals import approve_act, refuse_act
from office.services.sending import send_letters
from office.times import hour_words
from tests.members.factories import imported, person
from tests.members.own_page import ask, link, member, now, page
from tests.office.factories import officer, sign_in, staff

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _no_limit_left_over() -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def keeper() -> Client:
    return sign_in(Client(), staff(Role.MEMBERSHIP_ADMINISTRATOR))


def test_a_request_waits_for_the_desk_and_its_progress_is_shown(client: Client) -> None:
    imported(person())
    token, keeper = link(), staff(Role.MEMBERSHIP_ADMINISTRATOR)

    assert ask(client, token).status_code == 302
    assert "Waiting for the membership office" in page(client, token)
    assert member().phone == ""

    asked = CorrectionRequest.objects.get()
    services.accept_correction(
        asked.pk, fields={"phone": "01632 960001"}, answer="", by=keeper.pk, now=now()
    )
    change = Change.objects.get()
    assert (change.source, change.by_id) == ("request", keeper.pk)
    assert (change.before, change.after) == ({"phone": ""}, {"phone": "01632 960001"})
    assert "Accepted" in page(client, token)


def test_a_refused_request_says_why_on_the_page_and_by_mail(client: Client) -> None:
    imported(person())
    token = link()
    ask(client, token)
    asked = CorrectionRequest.objects.get()

    with pytest.raises(Refusal, match=r"correction\.no-answer"):
        services.refuse_correction(asked.pk, answer=" ", by=officer().pk, now=now())
    services.refuse_correction(asked.pk, answer="Not a number.", by=officer().pk, now=now())

    assert "Not a number." in page(client, token)
    (envelope,) = letters.correction_answers([answer_letter(asked)]).values()
    assert "Not a number." in envelope.text
    assert not Change.objects.exists()
    with pytest.raises(Refusal, match=r"correction\.settled"):
        services.refuse_correction(asked.pk, answer="Again.", by=officer().pk, now=now())
    with pytest.raises(Refusal, match=r"correction\.unknown"):
        services.refuse_correction(10**9, answer="x", by=officer().pk, now=now())


def answer_letter(asked: CorrectionRequest) -> LetterToSend:
    return LetterToSend(1, "members.correction_answer", REFERENCE, f"correction:{asked.pk}", 1,
                        None)  # fmt: skip


def test_a_changed_address_is_answered_at_the_old_one(client: Client) -> None:
    imported(person())
    ask(client, link(), detail="email", wanted="thief@example.org")
    asked = CorrectionRequest.objects.get()

    services.accept_correction(
        asked.pk, fields={"email": "thief@example.org"}, answer="", by=officer().pk, now=now()
    )

    asked.refresh_from_db()
    assert member().email == "thief@example.org"
    (envelope,) = letters.correction_answers([answer_letter(asked)]).values()
    assert envelope.to == "carys@example.org"
    assert "thief" not in envelope.text


def frozen_contacts() -> None:
    ContactFreeze.objects.create(
        freezes_at=now() - timedelta(minutes=1), set_by=officer(), set_at=now()
    )


def accept(asked: CorrectionRequest, **fields: str) -> Any:
    return services.accept_correction(
        asked.pk, fields=fields, answer="Thank you.", by=officer().pk, now=now()
    )


def test_an_accepted_address_is_told_to_the_address_of_before_as_every_change_is(
    client: Client, mailoutbox: list[Any]
) -> None:
    imported(person())
    ask(client, link(), detail="email", wanted="new@example.org")

    change = accept(CorrectionRequest.objects.get(), email="new@example.org")

    assert isinstance(change, Change) and change.source == "request"
    for letter in Letter.objects.filter(purpose=CONTACT_CHANGED):
        send_letters(letter.dispatch_id)
    told = {to for message in mailoutbox for to in message.to}
    assert {"carys@example.org", "new@example.org"} <= told
    assert [m for m in mailoutbox if m.to == ["carys@example.org"] and "/roll/not-me/" in m.body]


def test_after_the_freeze_an_accepted_address_is_a_proposal_and_the_member_s_page_says_so(
    client: Client, keeper: Client
) -> None:
    imported(person())
    token = link()
    ask(client, token, detail="email", wanted="new@example.org")
    asked = CorrectionRequest.objects.get()
    address = reverse("correction", args=[asked.pk])
    frozen_contacts()
    page_of_it = keeper.get(address).content.decode()
    assert "Putting it right proposes it" in page_of_it
    assert "Propose to put it right" in page_of_it and "Put it right and tell" not in page_of_it

    sent = keeper.post(address, {"email": "new@example.org", "answer": "Thank you."}, follow=True)

    assert "put right once a second officer approves" in sent.content.decode()
    assert member().email == "carys@example.org"
    assert not Letter.objects.exists()
    shown = page(client, token)
    assert "a second must agree before it is changed" in shown
    assert "Thank you." not in shown
    assert "waits for a second officer" in keeper.get(address).content.decode()
    for settle in (
        lambda: accept(asked, email="other@example.org"),
        lambda: services.refuse_correction(asked.pk, answer="No.", by=officer().pk, now=now()),
    ):
        with pytest.raises(Refusal, match=r"correction\.proposed"):
            settle()

    approve_act(Approval.objects.get().pk, by=officer().pk, now=now())

    asked.refresh_from_db()
    assert (asked.state, asked.answer) == ("accepted", "Thank you.")
    assert asked.change is not None and asked.change.source == "request"
    assert asked.change.seconded_by_id
    assert member().email == "new@example.org"
    # The link that went to the old address is over; a new one goes to the new address.
    page(client, token, expected=404)
    assert "Accepted" in page(client, link())
    assert set(Letter.objects.values_list("purpose", flat=True)) == {
        CONTACT_CHANGED, "members.correction_answer"
    }
    (envelope,) = letters.correction_answers([answer_letter(asked)]).values()
    assert envelope.to == "carys@example.org"


def test_a_proposed_correction_that_is_not_approved_waits_as_before(client: Client) -> None:
    imported(person())
    token = link()
    ask(client, token, detail="email", wanted="new@example.org")
    asked = CorrectionRequest.objects.get()
    frozen_contacts()
    proposal = accept(asked, email="new@example.org")

    refuse_act(proposal.pk, by=officer().pk, now=now(), reason="Not confirmed by telephone.")

    shown = page(client, token)
    assert "Waiting for the membership office" in shown
    assert "Thank you." not in shown
    services.refuse_correction(asked.pk, answer="Ring us first.", by=officer().pk, now=now())
    assert "Ring us first." in page(client, token)
    assert member().email == "carys@example.org"


def answer_text() -> str:
    token = link()
    letter = LetterToSend(1, PURPOSE, REFERENCE, f"member:{member().pk}", 1, token.encode())
    envelope = letters.roll_answers([letter], now=now())[1]
    assert ("voting papers on" in envelope.text) == ("voting papers on" in envelope.html)
    return envelope.text


def test_the_page_and_the_mailed_answer_say_until_when_a_correction_counts_for_the_papers(
    client: Client,
) -> None:
    imported(person())
    assert "voting papers on" not in page(client, link()) + answer_text()

    to_come = now() + timedelta(days=10)
    services.set_contact_freeze(to_come, by=officer().pk, now=now())
    words = f"freeze for the voting papers on {hour_words(to_come)}. Ask in time"
    assert words in page(client, link()) and words in answer_text()

    frozen_contacts()
    assert "were frozen for the voting papers on" in page(client, link())
    assert "were frozen for the voting papers on" in answer_text()


def test_other_details_are_put_right_by_one_person_after_the_freeze_too(client: Client) -> None:
    imported(person())
    ask(client, link(), detail="date_of_birth", wanted="1 March 1980")
    frozen_contacts()

    services.accept_correction(
        CorrectionRequest.objects.get().pk, fields={"date_of_birth": date(1980, 3, 1)},
        answer="", by=officer().pk, now=now(),
    )  # fmt: skip

    assert member().date_of_birth == date(1980, 3, 1)
    assert not Approval.objects.exists()


def test_a_correction_touches_no_other_detail_and_must_change_something(client: Client) -> None:
    imported(person())
    ask(client, link())
    asked = CorrectionRequest.objects.get()

    with pytest.raises(ValueError, match="no other"):
        services.accept_correction(asked.pk, fields={"standing": "good"}, answer="",
                                   by=officer().pk, now=now())  # fmt: skip
    with pytest.raises(Refusal, match=r"correction\.nothing-changes"):
        services.accept_correction(asked.pk, fields={"phone": ""}, answer="", by=officer().pk,
                                   now=now())  # fmt: skip
    assert not Change.objects.exists()


def test_something_else_is_settled_with_words(client: Client) -> None:
    imported(person())
    ask(client, link(), detail="other", wanted="My branch is closed.")
    asked = CorrectionRequest.objects.get()

    with pytest.raises(Refusal, match=r"correction\.no-answer"):
        services.accept_correction(asked.pk, fields={}, answer="", by=officer().pk, now=now())
    services.accept_correction(asked.pk, fields={}, answer="Moved.", by=officer().pk, now=now())

    asked.refresh_from_db()
    assert (asked.state, asked.change) == ("accepted", None)


def test_what_is_missing_in_a_request_is_asked_for(client: Client) -> None:
    imported(person())

    response = ask(client, link(), detail="", wanted="")

    assert response.status_code == 400
    assert "Choose the detail that is wrong." in response.content.decode()
    with pytest.raises(Refusal, match=r"correction\.blank"):
        services.ask_correction(member().pk, detail="phone", wanted=" ", why="", now=now())
    assert not CorrectionRequest.objects.exists()


def test_a_sixth_request_waits_until_others_are_answered(client: Client) -> None:
    imported(person())
    token = link()

    codes = [ask(client, token).status_code for _ in range(6)]

    assert codes == [302] * 5 + [409]
    assert CorrectionRequest.objects.count() == 5


def test_forms_are_limited_for_each_member(client: Client) -> None:
    imported(person(), person(number="9", email="other@example.org"))
    token = link()

    codes = [ask(client, token, wanted="").status_code for _ in range(21)]

    assert codes == [400] * 20 + [429]
    assert ask(client, link("9")).status_code == 302
