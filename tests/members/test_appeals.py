"""Appeals against a decision: by when, on what grounds, who decides, what is given back."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import Error, transaction

from members import letters, services
from members.models import Appeal
from members.models.decisions import Kind, Reason
from members.selectors import decisions as asked
from members.services.decide_standing import REFERENCE
from office.models import Approval, AuditRecord, Letter
from office.purposes import LetterToSend
from office.refusal import Refusal
from office.services.approvals import approve_act
from tests.members.deciding import LATER, appealed, made, member, proposed, settled
from tests.members.factories import NOW, imported, person
from tests.office.factories import officer

pytestmark = pytest.mark.django_db


def test_an_appeal_is_lodged_before_the_deadline_and_not_at_it() -> None:
    imported(person())
    decision = made()
    deadline = decision.appeal_until
    assert deadline == NOW + timedelta(days=14)

    with pytest.raises(Refusal, match=r"before 5 September 2016, 10:00 \(BST\)") as refused:
        appealed(decision, now=deadline)
    assert refused.value.code == "appeal.too-late"

    assert appealed(decision, now=deadline - timedelta(seconds=1)).decision == decision


@pytest.mark.parametrize(
    ("given", "code"),
    [({"grounds": " "}, "appeal.no-grounds"), ({"member_id": 10**9}, "appeal.none")],
)
def test_an_appeal_needs_grounds_and_ones_own_decision(given: dict[str, Any], code: str) -> None:
    imported(person())
    decision = made()

    with pytest.raises(Refusal) as refused:
        appealed(decision, **given)
    assert refused.value.code == code

    assert appealed(decision, member_id=member().pk)
    with pytest.raises(Refusal, match=r"appeal\.twice"):
        appealed(decision)


def test_there_is_no_appeal_against_a_proposal_or_a_reinstatement() -> None:
    imported(person())
    waiting = proposed()
    with pytest.raises(Refusal, match=r"appeal\.none"):
        appealed(waiting)
    approve_act(Approval.objects.get().pk, by=officer().pk, now=NOW)

    lifting = made(Kind.REINSTATEMENT, Reason.MADE_IN_ERROR)

    with pytest.raises(Refusal, match=r"appeal\.none"):
        appealed(lifting)


def test_neither_of_the_two_who_decided_decides_the_appeal() -> None:
    imported(person())
    keeper, second, third = officer(), officer(), officer()
    decision = proposed(by=keeper)
    approve_act(Approval.objects.get().pk, by=second.pk, now=NOW)
    appeal = appealed(decision)

    for one in (keeper, second):
        with pytest.raises(Refusal, match=r"appeal\.own-decision"):
            settled(appeal, by=one)
    assert member().standing == "suspended"

    settled(appeal, by=third)
    assert member().standing == "good"
    with pytest.raises(Refusal, match=r"appeal\.decided"):
        settled(appeal)


def test_who_lodged_an_appeal_for_a_member_does_not_decide_it() -> None:
    imported(person())
    lodger, third = officer(), officer()
    appeal = appealed(made(), by=lodger.pk)

    with pytest.raises(Refusal, match=r"appeal\.lodged-by-you"):
        settled(appeal, by=lodger)
    with pytest.raises(Error, match="did not lodge"), transaction.atomic():
        Appeal.objects.filter(pk=appeal.pk).update(
            outcome="upheld", answer="x", decided_by=lodger, decided_at=LATER
        )
    assert member().standing == "suspended"

    settled(appeal, by=third)
    assert member().standing == "good"


def outcome_letter(appeal: Appeal) -> str:
    given = LetterToSend(1, "members.appeal_outcome", REFERENCE, f"appeal:{appeal.pk}", 1, None)
    return letters.appeal_outcomes([given])[1].text


def test_the_outcome_says_what_was_given_back_and_what_was_not() -> None:
    imported(person())
    first = made()
    second = made(Kind.EXPULSION, Reason.ABUSE)

    settled(one := appealed(first))
    settled(other := appealed(second))

    assert "your standing is what it was before it" in outcome_letter(other)
    first.refresh_from_db()
    assert "does not change by this." in (text := outcome_letter(one))
    assert "your standing is what it was" not in text
    acts = AuditRecord.objects.filter(act="decide_appeal").order_by("pk")
    assert [act.parameters["gave_back"] for act in acts] == [False, True]


def test_the_outcome_names_the_later_decision_that_stands() -> None:
    imported(person())
    first = made()
    made(Kind.EXPULSION, Reason.ABUSE)

    settled(appeal := appealed(first))

    assert member().standing == "excluded"
    text = outcome_letter(appeal)
    assert "What stands now is another decision: expulsion, of 22 August 2016." in text


def test_an_upheld_appeal_gives_back_what_was_there_and_sends_the_reason() -> None:
    imported(person(standing="arrears"))
    decision = made()

    settled(appealed(decision))

    decision.refresh_from_db()
    assert member().standing == "arrears"
    assert decision.ended_at == LATER
    assert asked.standing_decision(member().pk) is None
    letter = Letter.objects.get(purpose="members.appeal_outcome")
    given = LetterToSend(1, letter.purpose, REFERENCE, letter.recipient, 1, None)
    (envelope,) = letters.appeal_outcomes([given]).values()
    assert "upheld" in envelope.text
    assert "Another person was meant." in envelope.text
    assert "your standing is what it was before it" in envelope.text


def test_a_dismissed_appeal_leaves_the_decision() -> None:
    imported(person())
    decision = made()

    settled(appealed(decision), upheld=False)

    assert member().standing == "suspended"
    assert asked.standing_decision(member().pk) == decision


def test_an_outcome_without_a_reason_is_refused() -> None:
    imported(person())
    appeal = appealed(made())

    with pytest.raises(Refusal, match=r"appeal\.no-reason"):
        services.decide_appeal(appeal.pk, upheld=True, answer=" ", by=officer().pk, now=LATER)
    with pytest.raises(Refusal, match=r"appeal\.unknown"):
        services.decide_appeal(10**9, upheld=True, answer="x", by=officer().pk, now=LATER)
    settled(appeal)


def test_overturning_a_later_decision_puts_the_earlier_one_in_force_again() -> None:
    imported(person())
    first = made()
    second = made(Kind.EXPULSION, Reason.ABUSE)

    settled(appealed(second))
    assert member().standing == "suspended"
    assert asked.standing_decision(member().pk) == first

    settled(appealed(first))
    assert member().standing == "good"
    assert asked.standing_decision(member().pk) is None


def test_an_earlier_decision_that_was_overturned_does_not_come_back() -> None:
    imported(person())
    first = made()
    second = made(Kind.EXPULSION, Reason.ABUSE)

    settled(appealed(first))
    assert member().standing == "excluded"
    settled(appealed(second))

    assert member().standing == "good"
