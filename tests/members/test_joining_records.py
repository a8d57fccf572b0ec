"""Whose address a voting paper goes to follows from which records are one person's: so joining
them is told to every address, and takes two people once contact details are frozen."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from members import letters, services
from members.models import Change, ContactFlag, ContactFreeze, Member, Pair, RollEntry
from members.selectors.flag_hands import has_a_hand_in
from members.services.joined_notices import PURPOSE
from office.acts import sentence_on_page
from office.models import Approval, Letter
from office.permissions import Role
from office.purposes import Envelope, LetterToSend
from office.refusal import Refusal
from office.services.approvals import approve_act
from tests.members.factories import NOW, frozen, imported, person
from tests.office.factories import now, officer, sign_in, staff

pytestmark = pytest.mark.django_db

OWN = person(section="affiliated")
OTHER = person(number="9999", email="thief@example.com")


def numbered(number: str) -> Member:
    return Member.objects.get(number=number)


def found(*rows: dict[str, str]) -> Pair:
    imported(*(rows or (OWN, OTHER)))
    services.find_pairs(by=None, now=NOW, is_whole=True)
    return Pair.objects.get()


def contacts_frozen() -> None:
    ContactFreeze.objects.create(freezes_at=NOW, reason="", set_by=officer(), set_at=NOW)


def settle(pair: Pair, **given: int) -> None:
    services.settle_same(
        pair.pk, keep=numbered("0000123").pk, by=officer().pk, now=NOW, **given
    )


def told() -> dict[str, Envelope]:
    """The notices by the address they go to, rendered as a sender renders them."""
    rows = Letter.objects.filter(purpose=PURPOSE).select_related("dispatch").order_by("pk")
    batch = [
        LetterToSend(row.pk, PURPOSE, row.dispatch.reference, row.recipient, row.attempt, None)
        for row in rows
    ]
    return {each.to: each for each in letters.joined_notices(batch).values()}


# --- the notice ------------------------------------------------------------------------------


def test_whoever_is_joined_to_another_record_is_told_at_every_address() -> None:
    """The record that is kept is not the one that is entered: neither may go untold."""
    settle(found())
    frozen(sections=["member", "affiliated"])

    assert RollEntry.objects.get().email == "thief@example.com"
    notices = told()
    assert set(notices) == {"carys@example.org", "thief@example.com"}
    assert "t…@example.com" in notices["carys@example.org"].text
    assert "0000123" in notices["carys@example.org"].text
    assert "thief@example.com" not in notices["carys@example.org"].text
    assert "carys@example.org" not in notices["thief@example.com"].text


def test_records_with_one_address_or_none_have_no_notice() -> None:
    settle(found(OWN, person(number="9999", email=" CARYS@example.org")))

    assert not Letter.objects.filter(purpose=PURPOSE).exists()


def test_records_that_are_parted_before_the_notice_goes_out_have_none() -> None:
    pair = found()
    settle(pair)
    assert len(told()) == 2

    services.unsettle(pair.pk, by=officer().pk, now=NOW)

    assert told() == {}


def test_whoever_joined_the_records_does_not_close_the_flag_of_its_dispute() -> None:
    by, second, third = officer(), officer(), officer()
    pair = found()
    services.settle_same(pair.pk, keep=numbered("9999").pk, by=by.pk, seconded_by=second.pk,
                         now=NOW)  # fmt: skip
    services.record_contact_dispute(Change.objects.latest("pk").pk, now=NOW)

    flag = ContactFlag.objects.get()
    assert [has_a_hand_in(flag, each.pk) for each in (by, second, third)] == [True, True, False]


# --- after the freeze of contact details -----------------------------------------------------


def test_once_contact_details_are_frozen_nobody_alone_joins_records() -> None:
    pair = found()
    contacts_frozen()

    with pytest.raises(Refusal) as refused:
        settle(pair)

    assert refused.value.code == "contacts.frozen"
    assert not Member.objects.filter(merged_into__isnull=False).exists()
    assert not Letter.objects.filter(purpose=PURPOSE).exists()


def test_two_people_join_records_after_the_freeze_and_part_them_again() -> None:
    pair, by, second = found(), officer(), officer()
    contacts_frozen()
    kept = numbered("0000123").pk

    joining = services.propose_settling(pair.pk, keep=kept, reason="Rang her", by=by.pk, now=NOW)
    assert joining.sentence.endswith(f"what stands is member record {kept}.")
    assert "Rang her" not in joining.sentence
    shown = sentence_on_page(joining.act, joining.sentence)
    assert "membership number 9999" in shown and "member record" not in shown
    assert shown.endswith("what stands is membership number 0000123.")
    approve_act(joining.pk, by=second.pk, now=NOW)

    pair.refresh_from_db()
    assert (pair.state, pair.reason) == (Pair.State.SAME, "Rang her")
    change = Change.objects.latest("pk")
    assert (change.by, change.seconded_by) == (by, second)
    with pytest.raises(Refusal) as refused:
        services.unsettle(pair.pk, by=by.pk, now=NOW)
    assert refused.value.code == "contacts.frozen"

    parting = services.propose_settling(pair.pk, keep=None, by=by.pk, now=NOW)
    approve_act(parting.pk, by=second.pk, now=NOW)
    pair.refresh_from_db()
    assert pair.state == Pair.State.OPEN
    assert not Member.objects.filter(merged_into__isnull=False).exists()


def test_a_proposal_is_not_carried_out_on_other_records_than_it_names() -> None:
    imported(OWN, OTHER, person(number="5", email="five@example.org"))
    services.find_pairs(by=None, now=NOW, is_whole=True)
    first, second, third = numbered("0000123"), numbered("9999"), numbered("5")
    pair, other = (
        Pair.objects.get(first__in=both, second__in=both)
        for both in ((first, second), (second, third))
    )
    contacts_frozen()
    approval = services.propose_settling(pair.pk, keep=first.pk, by=officer().pk, now=NOW)
    services.settle_same(other.pk, keep=second.pk, by=officer().pk, seconded_by=officer().pk,
                         now=NOW)  # fmt: skip

    with pytest.raises(Refusal) as refused:
        approve_act(approval.pk, by=officer().pk, now=NOW)

    assert refused.value.code == "approval.changed"


def test_two_that_are_not_the_same_need_one_person_after_the_freeze_as_well() -> None:
    pair = found()
    contacts_frozen()

    services.settle_different(pair.pk, by=officer().pk, now=NOW)
    services.unsettle(pair.pk, by=officer().pk, now=NOW)

    pair.refresh_from_db()
    assert pair.state == Pair.State.OPEN


def test_a_pair_whose_proposal_was_overtaken_says_so_and_leads_to_where_it_is_removed(
    client: Client,
) -> None:
    pair = found()
    contacts_frozen()
    services.propose_settling(pair.pk, keep=numbered("0000123").pk, by=officer().pk, now=now())
    keeper = sign_in(client, staff(Role.MEMBERSHIP_ADMINISTRATOR))
    path = reverse("duplicate", args=[pair.pk])
    assert "waits for another officer" in keeper.get(path).text

    services.settle_different(pair.pk, by=officer().pk, now=NOW)
    page = keeper.get(path).text

    assert "This can no longer be carried out." in page and "Remove it under approvals" in page
    assert "waits for another officer" not in page and "Undo this decision" not in page


def test_the_pair_s_page_proposes_after_the_freeze_and_says_what_waits(client: Client) -> None:
    pair = found()
    contacts_frozen()
    keeper = sign_in(client, staff(Role.MEMBERSHIP_ADMINISTRATOR))
    path = reverse("duplicate", args=[pair.pk])
    assert "is only proposed here" in keeper.get(path).text

    told = keeper.post(path, {"keep": numbered("0000123").pk, "reason": "Rang her"}, follow=True)
    assert "Not decided yet" in told.text and "Please note" in told.text

    approval = Approval.objects.get()
    assert approval.act == "settle_pair_late"
    page = keeper.get(path).content.decode()
    assert "waits for another officer" in page and "The reason: Rang her" in page
    assert 'name="keep"' not in page
    approve_act(approval.pk, by=officer().pk, now=NOW)
    settled = reverse("duplicates_settled")
    assert "Undo<span" in keeper.get(settled).text
    keeper.post(reverse("duplicate_undo", args=[pair.pk]))
    assert Approval.objects.latest("pk").parameters == {"keep": None}
    assert "Undo this decision" not in keeper.get(path).text
    waiting = keeper.get(settled).text
    assert "See what is proposed" in waiting and "Undo<span" not in waiting
    pair.refresh_from_db()
    assert pair.state == Pair.State.SAME
