"""Decisions beside a frozen roll: which amendment each calls for."""

from __future__ import annotations

import pytest

from members.models.decisions import Kind, Reason
from members.selectors.amendments_due import amendment_due, rolls_at_odds
from tests.members.deciding import appealed, made, member, proposed, settled
from tests.members.factories import frozen, imported, merged, person

pytestmark = pytest.mark.django_db


def test_a_reinstatement_gives_the_vote_back_and_names_the_frozen_roll_to_amend() -> None:
    imported(person(), person(number="2"))
    made()
    roll_id = frozen()
    assert rolls_at_odds(member().pk) == []

    made(Kind.REINSTATEMENT, Reason.MADE_IN_ERROR)

    assert member().standing == "good"
    (odds,) = rolls_at_odds(member().pk)
    assert (odds.roll.pk, odds.is_on_it) == (roll_id, False)
    assert "every rule for this contest is met" in odds.sentence_today


def test_a_decision_after_the_freeze_is_said_to_be_at_odds_with_the_roll() -> None:
    imported(person(), person(number="2"))
    frozen()

    made()

    (odds,) = rolls_at_odds(member().pk)
    assert odds.is_on_it
    assert rolls_at_odds(member("2").pk) == []


@pytest.mark.parametrize(
    ("kind", "reason", "published"),
    [
        (Kind.EXCLUSION, Reason.ABUSE, "excluded"),
        (Kind.DEATH, Reason.DEATH_NOTIFIED, "died"),
        (Kind.RESIGNATION, Reason.RESIGNED, "resigned"),
        (Kind.ARREARS, Reason.ARREARS, "not-entitled"),
    ],
)
def test_each_kind_of_decision_calls_for_its_amendment_of_the_roll(
    kind: Kind, reason: Reason, published: str
) -> None:
    imported(person(), person(number="2"))
    roll_id = frozen()

    decision = made(kind, reason)

    due = amendment_due(decision.pk, roll_id=roll_id)
    assert due is not None
    assert (due.member_id, due.kind, due.reason) == (member().pk, "remove", published)
    assert f"Decision {decision.pk} ({kind.label}), approved on" in due.grounds
    assert "Fallowes" not in due.grounds


def test_what_a_decision_did_not_cause_it_does_not_ask_to_amend() -> None:
    imported(person(), person(number="2"))
    decision = made()
    roll_id = frozen()
    # The person stands on no roll, and the decision stands: nothing is due.
    assert amendment_due(decision.pk, roll_id=roll_id) is None
    assert amendment_due(proposed(number="2").pk, roll_id=roll_id) is None
    assert amendment_due(10**9, roll_id=roll_id) is None

    settled(appealed(decision))

    due = amendment_due(decision.pk, roll_id=roll_id)
    assert due is not None and (due.kind, due.reason) == ("add", "reinstated")
    assert f"Appeal against decision {decision.pk} (suspension), upheld on" in due.grounds


def test_who_is_on_a_roll_under_their_other_record_is_on_it() -> None:
    imported(person(number="1", section="affiliated"), person(number="2", standing="arrears"))
    roll_id = frozen(sections=["member", "affiliated"])
    merged("1", into="2")
    assert rolls_at_odds(member("2").pk) == []

    decision = made(number="2")

    (odds,) = rolls_at_odds(member("2").pk)
    assert odds.is_on_it
    due = amendment_due(decision.pk, roll_id=roll_id)
    assert due is not None and due.member_id == member("1").pk
