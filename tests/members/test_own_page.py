"""A member's own page: the link that opens it, what it shows, and what can be asked there."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from config.logs import strike
from members import letters, services
from members.models import (
    Appeal,
    Change,
    ContactFreeze,
    CorrectionRequest,
    Member,
    OwnPageLink,
    RollEnquiry,
)
from members.selectors.own_page import hash_of
from members.services.answer_enquiry import PURPOSE, REFERENCE
from members.services.contact_notices import PURPOSE as CONTACT_CHANGED
from members.services.own_page import make_link
from office.models import Approval, Letter
from office.permissions import Role
from office.purposes import LetterToSend
from office.refusal import Refusal
from office.services.approvals import approve_act, refuse_act
from office.services.sending import send_letters
from tests.members.factories import NOW, frozen, imported, merged, officers, person, rules
from tests.office.factories import officer, sign_in, staff

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _no_limit_left_over() -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


def now() -> datetime:
    """The views read the clock themselves, so what is to be in time is made from it."""
    return datetime.now(UTC)


def member(number: str = "0000123") -> Member:
    return Member.objects.get(number=number)


def link(number: str = "0000123", *, ago: timedelta = timedelta(0)) -> str:
    return make_link(member(number), now=now() - ago)


def page(client: Client, token: str, *, expected: int = 200) -> str:
    response = client.get(reverse("own_page", args=[token]))
    assert response.status_code == expected
    return response.content.decode()


def without_token(text: str) -> str:
    return re.sub(r'name="csrfmiddlewaretoken" value="[^"]*"', "", text)


def decision_on(number: str = "0000123", *, days_ago: int = 0) -> int:
    at = now() - timedelta(days=days_ago)
    decision_id = services.propose_standing(
        member(number).pk, kind="suspension", reason="abuse", evidence="Minute 7.",
        by=staff(Role.MEMBERSHIP_ADMINISTRATOR).pk, now=at,
    )  # fmt: skip
    approve_act(Approval.objects.latest("pk").pk, by=officer().pk, now=at)
    return decision_id


def ask(client: Client, token: str, **given: str) -> Any:
    cells = {"detail": "phone", "wanted": "01632 960001", "why": "", **given}
    return client.post(reverse("own_page_correction", args=[token]), cells)


# --- the link --------------------------------------------------------------------------------


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


# --- what it shows ---------------------------------------------------------------------------


def test_the_page_shows_what_is_held_and_each_verdict_in_words(client: Client) -> None:
    imported(person(joined_on="2016-03-01"), person(number="9", email="other@example.org"))
    frozen()
    rules("Deputy 2016", joined_by="2016-06-01")

    shown = page(client, link())

    for held in ("0000123", "carys@example.org", "4 Inkle Row", "29 February 1980"):
        assert held in shown
    assert "Roll frozen on 22 August 2016. Not eligible: you joined on 1 March 2016" in shown
    assert "If it were frozen now: You are eligible to vote" in shown


def test_what_changed_since_the_freeze_is_said_beside_what_the_roll_says(client: Client) -> None:
    imported(person())
    frozen()
    token = link()
    assert "Something has changed since." not in page(client, token)

    decision_id = decision_on()

    shown = page(client, token)
    assert f"Decision {decision_id}: suspension" in shown
    assert "Roll frozen on 22 August 2016. You are eligible to vote" in shown
    assert "If the roll were frozen now: Not eligible: your standing is recorded" in shown


def test_whoever_joined_after_the_freeze_is_told_so_and_what_it_would_be_today(
    client: Client,
) -> None:
    imported(person(number="9"))
    frozen()
    imported(person(number="9"), person())

    shown = page(client, link())

    assert "You were not on the membership list when this roll was frozen" in shown
    assert "If the roll were frozen now: You are eligible to vote" in shown
    assert "Something has changed since." not in shown
    assert "No rules for an election have been written yet" not in shown


def test_a_roll_that_is_destroyed_says_nothing_of_anybody(client: Client) -> None:
    imported(person())
    by, seconded_by = officers()
    roll_id = frozen()
    assert "Roll frozen on 22 August 2016." in page(client, link())
    services.set_destruction_date(
        roll_id, destroy_on=date(2017, 9, 24), by=by, seconded_by=seconded_by, now=NOW
    )
    services.destroy_roll(roll_id, now=NOW)

    shown = page(client, link())

    assert "You were not on the membership list" not in shown
    assert "Roll frozen on" not in shown


def test_a_number_that_came_after_the_freeze_names_the_one_that_is_on_the_roll(
    client: Client,
) -> None:
    imported(person(number="9"))
    frozen()
    imported(person(number="9"), person())
    merged("0000123", into="9")

    shown = page(client, link())

    assert "This number was not on the membership list when the roll was frozen." in shown
    assert "You are on it under your other number, 9." in shown


def test_in_a_shared_mailbox_the_page_names_one_person_and_shows_details_in_part(
    client: Client,
) -> None:
    imported(person(phone="01632 960001"),
             person(number="9", given_name="Owen", email="CARYS@example.org"))  # fmt: skip

    shown = page(client, link())

    assert "This page is about Ms Carys Fallowes and nobody else." in shown
    for hidden in ("Owen", "carys@example.org", "4 Inkle Row", "960001", "29 February 1980"):
        assert hidden not in shown
    for hint in ("c…@example.org", "… QA1", "… 01", "in 1980"):
        assert hint in shown


def test_two_records_of_one_person_do_not_make_a_mailbox_shared(client: Client) -> None:
    imported(person(), person(number="9"))
    Member.objects.filter(number="9").update(merged_into=member())

    assert "carys@example.org" in page(client, link())
    assert "carys@example.org" in page(client, link("9"))


# --- corrections -----------------------------------------------------------------------------


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
    words = f"freeze for the voting papers on {to_come.day} {to_come:%B %Y, %H:%M} UTC. Ask in time"
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


# --- appeals ---------------------------------------------------------------------------------


def test_a_member_appeals_from_their_page_and_follows_it(client: Client) -> None:
    imported(person())
    decision_id, token = decision_on(), link()
    shown = page(client, token)
    assert "abuse of another person" in shown
    assert "You can appeal before" in shown
    assert "Minute 7" not in shown

    address = reverse("own_page_appeal", args=[token, decision_id])
    assert client.post(address, {"grounds": ""}).status_code == 400
    assert client.post(address, {"grounds": "It was not me."}).status_code == 302

    appeal = Appeal.objects.get()
    assert appeal.lodged_by is None
    assert "It waits for its outcome." in page(client, token)
    services.decide_appeal(appeal.pk, upheld=True, answer="Mistaken.", by=officer().pk, now=now())
    shown = page(client, token)
    assert "It was upheld" in shown
    assert "Mistaken." in shown
    assert member().standing == "good"


def test_after_the_deadline_the_page_says_so_and_takes_no_appeal(client: Client) -> None:
    imported(person())
    decision_id, token = decision_on(days_ago=15), link()

    assert "It cannot be lodged any more." in page(client, token)
    late = client.post(reverse("own_page_appeal", args=[token, decision_id]), {"grounds": "x"})

    assert late.status_code == 409
    assert "An appeal had to be lodged before" in late.content.decode()
    assert not Appeal.objects.exists()


def test_a_proposal_is_not_shown_to_its_member(client: Client) -> None:
    imported(person())
    services.propose_standing(member().pk, kind="suspension", reason="abuse", evidence="x",
                              by=officer().pk, now=now())  # fmt: skip

    assert "Decisions about you" not in page(client, link())


# --- the desk's queue ------------------------------------------------------------------------


@pytest.fixture
def keeper(client: Client) -> Client:
    return sign_in(Client(), staff(Role.MEMBERSHIP_ADMINISTRATOR))


def test_the_desk_puts_a_request_right_from_its_queue(client: Client, keeper: Client) -> None:
    imported(person())
    ask(client, link(), detail="name", wanted="Carys Pemberley", why="Married in May.")
    asked = CorrectionRequest.objects.get()

    assert "Fallowes" in keeper.get(reverse("corrections")).content.decode()
    shown = keeper.get(reverse("correction", args=[asked.pk])).content.decode()
    assert "Carys Pemberley" in shown
    assert 'value="Fallowes"' in shown
    sent = keeper.post(
        reverse("correction", args=[asked.pk]),
        {"title": "Ms", "given_name": "Carys", "family_name": " Pember  ley ", "answer": ""},
    )

    assert sent.status_code == 302
    assert (member().family_name, member().name_key) == ("Pember ley", "pember ley carys")
    shown = keeper.get(reverse("correction", args=[asked.pk])).content.decode()
    assert "Pember ley" in shown
    assert "Put it right and tell the member" not in shown


def test_the_desk_refuses_a_request_with_a_reason(client: Client, keeper: Client) -> None:
    imported(person())
    ask(client, link())
    asked = CorrectionRequest.objects.get()
    address = reverse("correction_refuse", args=[asked.pk])

    assert keeper.post(address, {"answer": ""}).status_code == 400
    assert keeper.post(address, {"answer": "Ring us."}).status_code == 302

    asked.refresh_from_db()
    assert (asked.state, asked.answer) == ("refused", "Ring us.")
    assert "No request waits." in keeper.get(reverse("corrections")).content.decode()


@pytest.mark.parametrize("wanted", ["Pember\u202eley", "x" * 101])
def test_a_name_that_lists_would_refuse_is_refused_at_the_desk(
    client: Client, keeper: Client, wanted: str
) -> None:
    imported(person())
    ask(client, link(), detail="name", wanted="Pemberley")
    asked = CorrectionRequest.objects.get()
    cells = {"title": "", "given_name": "Carys", "answer": ""}

    address = reverse("correction", args=[asked.pk])
    assert keeper.post(address, {**cells, "family_name": wanted}).status_code == 400
    assert member().family_name == "Fallowes"
    assert keeper.post(address, {**cells, "family_name": "Pemberley"}).status_code == 302


def test_a_date_is_put_right(client: Client, keeper: Client) -> None:
    imported(person())
    ask(client, link(), detail="date_of_birth", wanted="1 March 1980")
    asked = CorrectionRequest.objects.get()

    keeper.post(reverse("correction", args=[asked.pk]), {"date_of_birth": "1980-03-01"})

    assert member().date_of_birth == date(1980, 3, 1)


def test_the_queue_is_closed_to_other_roles(client: Client) -> None:
    imported(person())
    ask(client, link())
    asked = CorrectionRequest.objects.get()
    other = sign_in(Client(), staff(Role.OBSERVER))

    pages = [reverse("corrections"), reverse("correction", args=[asked.pk])]
    assert {other.get(each).status_code for each in pages} == {404}
    assert other.post(pages[1], {"phone": "1"}).status_code == 404
    assert other.post(reverse("correction_refuse", args=[asked.pk])).status_code == 404
