"""What two officers decided of a person is not moved or taken off by one person who merges."""

from __future__ import annotations

import pytest

from members import services
from members.models import Member, Pair, RollEntry
from members.models.decisions import Kind, Reason
from members.selectors import decisions as asked
from office.models import Approval
from office.refusal import Refusal
from office.services.approvals import approve_act, refuse_act
from tests.members.deciding import made, proposed
from tests.members.factories import NOW, frozen, imported, merged, person
from tests.office.factories import officer

pytestmark = pytest.mark.django_db


def numbered(number: str) -> Member:
    return Member.objects.get(number=number)


def pair() -> Pair:
    imported(person(number="1"), person(number="2", unit="South Aldermoor"))
    services.find_pairs(by=None, now=NOW)
    return Pair.objects.get()


def settle(found: Pair, *, keep: str) -> None:
    services.settle_same(found.pk, keep=numbered(keep).pk, by=None, now=NOW)


def approve_last() -> None:
    approve_act(Approval.objects.latest("pk").pk, by=officer().pk, now=NOW)


@pytest.mark.parametrize("keep", ["1", "2"])
def test_somebody_excluded_does_not_vote_as_another_record_by_a_merge(keep: str) -> None:
    found = pair()
    decision = made(Kind.EXCLUSION, Reason.ABUSE, number="1")

    with pytest.raises(Refusal, match=f"Decision {decision.pk} .* stands on") as refused:
        settle(found, keep=keep)

    assert refused.value.code == "pair.decision-stands"
    assert numbered("1").merged_into is numbered("2").merged_into is None
    assert asked.standing_decision(numbered("1").pk) == decision
    made(Kind.REINSTATEMENT, Reason.MADE_IN_ERROR, number="1")
    settle(found, keep=keep)
    assert Member.objects.filter(merged_into__isnull=False).count() == 1


def test_two_records_that_are_both_excluded_have_no_vote_and_wait_to_be_merged() -> None:
    found = pair()
    made(Kind.EXCLUSION, Reason.ABUSE, number="1")
    made(Kind.EXCLUSION, Reason.ABUSE, number="2")

    with pytest.raises(Refusal, match=r"pair\.decision-stands"):
        settle(found, keep="2")

    assert not Member.objects.exclude(standing="excluded").exists()


def test_while_a_decision_is_proposed_its_record_is_not_merged() -> None:
    found = pair()
    decision = proposed(number="1")

    with pytest.raises(Refusal, match=f"Decision {decision.pk} .* is proposed on") as refused:
        settle(found, keep="2")

    assert refused.value.code == "pair.decision-stands"
    refuse_act(Approval.objects.get().pk, by=officer().pk, now=NOW, reason="No evidence.")
    settle(found, keep="2")
    assert numbered("1").merged_into == numbered("2")


def test_a_decision_on_a_record_that_was_merged_meanwhile_is_not_imposed_on_it_alone() -> None:
    imported(person(number="1"), person(number="2"))
    decision = proposed(Kind.EXCLUSION, Reason.ABUSE, number="1")
    merged("1", into="2")

    with pytest.raises(Refusal, match=r"decision\.merged-meanwhile"):
        approve_last()

    decision.refresh_from_db()
    assert decision.decided_at is None
    assert {row.standing for row in Member.objects.all()} == {"good"}
    refuse_act(Approval.objects.get().pk, by=officer().pk, now=NOW, reason="Merged since.")
    anew = made(Kind.EXCLUSION, Reason.ABUSE, number="1")
    assert anew.member == numbered("2")
    assert {row.standing for row in Member.objects.all()} == {"excluded"}


def test_a_wrong_merge_is_not_undone_while_the_decision_is_on_both() -> None:
    found = pair()
    settle(found, keep="1")
    decision = made(Kind.EXCLUSION, Reason.ABUSE, number="1")

    with pytest.raises(Refusal, match=f"Decision {decision.pk}") as refused:
        services.unsettle(found.pk, by=None, now=NOW)

    assert refused.value.code == "pair.decision-stands"
    found.refresh_from_db()
    assert found.state == Pair.State.SAME
    made(Kind.REINSTATEMENT, Reason.MADE_IN_ERROR, number="1")
    services.unsettle(found.pk, by=None, now=NOW)
    made(Kind.EXCLUSION, Reason.ABUSE, number="1")
    assert (numbered("1").standing, numbered("2").standing) == ("excluded", "good")


def test_that_two_are_not_the_same_is_said_and_taken_back_whatever_was_decided() -> None:
    found = pair()
    made(Kind.EXCLUSION, Reason.ABUSE, number="1")

    services.settle_different(found.pk, by=None, now=NOW)
    services.unsettle(found.pk, by=None, now=NOW)

    found.refresh_from_db()
    assert found.state == Pair.State.OPEN


def test_a_roll_frozen_after_the_refused_merge_does_not_have_the_excluded_record() -> None:
    found = pair()
    made(Kind.EXCLUSION, Reason.ABUSE, number="1")
    with pytest.raises(Refusal):
        settle(found, keep="2")

    roll_id = frozen()

    assert [row.number for row in RollEntry.objects.filter(roll_id=roll_id)] == ["2"]
