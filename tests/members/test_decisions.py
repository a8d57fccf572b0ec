"""Standing decisions: two people, a reason, a notice, an appeal against the clock."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import Error, transaction

from members import letters, services
from members.models import Appeal, Change, Decision, Member
from members.models.decisions import REASONS_BY_KIND, STANDING_BY_KIND, Kind, Reason
from members.selectors import decisions as asked
from members.services.decide_standing import PURPOSE, next_hour
from office.models import Approval, AuditRecord, Letter
from office.permissions import Role
from office.refusal import Refusal
from office.services.approvals import approve_act, propose_act, refuse_act
from tests.members.deciding import LATER, appealed, made, member, notice, proposed, settled
from tests.members.factories import NOW, imported, person
from tests.office.factories import officer, staff

pytestmark = pytest.mark.django_db


# --- two people ------------------------------------------------------------------------------


def test_nothing_changes_until_a_second_officer_approves() -> None:
    imported(person())
    keeper, second = staff(Role.MEMBERSHIP_ADMINISTRATOR), officer()

    decision = proposed(by=keeper)
    assert member().standing == "good"
    assert decision.decided_at is None

    approve_act(Approval.objects.get().pk, by=second.pk, now=NOW)
    decision.refresh_from_db()
    assert member().standing == "suspended"
    assert (decision.proposed_by, decision.approved_by) == (keeper, second)
    change = Change.objects.get()
    assert (change.source, change.by_id, change.seconded_by_id) == (
        "decision", keeper.pk, second.pk,
    )  # fmt: skip
    assert change.before == {"standing": "good"}


def test_a_refused_proposal_changes_nothing_and_can_be_made_anew() -> None:
    imported(person())
    first = proposed()

    refuse_act(Approval.objects.get().pk, by=officer().pk, now=NOW, reason="No evidence.")
    assert member().standing == "good"

    second = made()
    assert second.pk != first.pk
    assert member().standing == "suspended"


def test_one_person_cannot_decide_alone_by_any_way_round() -> None:
    imported(person())
    alone = officer()
    decision = proposed(by=alone)

    with pytest.raises(Refusal, match="own-proposal"):
        approve_act(Approval.objects.get().pk, by=alone.pk, now=NOW)
    with pytest.raises(Refusal, match="two-officers"):
        services.decide_standing(
            str(member().pk), decision=decision.pk, by=alone.pk, seconded_by=alone.pk, now=NOW
        )
    with pytest.raises(Error, match="decision_takes_two"), transaction.atomic():
        Decision.objects.filter(pk=decision.pk).update(approved_by=alone, decided_at=NOW)
    assert member().standing == "good"

    approve_act(Approval.objects.get().pk, by=officer().pk, now=NOW)
    assert member().standing == "suspended"


@pytest.mark.parametrize("kind", list(STANDING_BY_KIND))
def test_each_kind_gives_its_standing(kind: str) -> None:
    imported(person())

    made(kind, REASONS_BY_KIND[kind][0])

    assert member().standing == STANDING_BY_KIND[kind]


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"reason": "arrears"}, "decision.reason"),
        ({"kind": "banishment"}, "decision.reason"),
        ({"evidence": "  "}, "decision.no-evidence"),
        ({"appeal_days": 0}, "decision.appeal-days"),
        ({"appeal_days": 91}, "decision.appeal-days"),
        ({"kind": "reinstatement", "reason": "made-in-error"}, "decision.nothing-stands"),
        ({}, ""),
    ],
)
def test_a_proposal_needs_a_fitting_reason_and_evidence(
    given: dict[str, Any], code: str
) -> None:
    imported(person())
    whole = {"kind": "suspension", "reason": "abuse", "evidence": "Minute 7.", "now": NOW,
             "by": officer().pk, **given}  # fmt: skip

    if code:
        with pytest.raises(Refusal) as refused:
            services.propose_standing(member().pk, **whole)
        assert refused.value.code == code
        assert not Decision.objects.exists()
    else:
        assert services.propose_standing(member().pk, **whole)


def test_a_decision_on_somebody_who_is_not_there_is_refused() -> None:
    with pytest.raises(Refusal) as refused:
        services.propose_standing(10**9, kind="suspension", reason="abuse", evidence="x",
                                  by=officer().pk, now=NOW)  # fmt: skip
    assert refused.value.status == 404


def test_the_same_kind_twice_is_refused_and_a_graver_one_follows() -> None:
    imported(person())
    first = made()

    with pytest.raises(Refusal, match=r"decision\.stands"):
        proposed()
    second = made(Kind.EXPULSION, Reason.ABUSE)

    first.refresh_from_db()
    assert (second.follows, first.ended_at) == (first, NOW)
    assert member().standing == "excluded"
    assert asked.standing_decision(member().pk) == second


def test_a_decision_is_made_once_and_only_on_its_member() -> None:
    imported(person(), person(number="2"))
    decision = made()
    two = {"by": officer().pk, "seconded_by": officer().pk, "now": NOW}

    with pytest.raises(Refusal, match=r"decision\.made"):
        services.decide_standing(str(member().pk), decision=decision.pk, **two)
    with pytest.raises(Refusal, match=r"decision\.unknown"):
        services.decide_standing(str(member("2").pk), decision=decision.pk, **two)


def test_who_may_not_propose_leaves_no_decision() -> None:
    imported(person())

    with pytest.raises(Refusal, match="not-yours-to-propose"):
        proposed(by=staff(Role.OBSERVER))

    assert not Decision.objects.exists()


def test_what_both_officers_read_and_what_is_recorded_names_nobody() -> None:
    imported(person())
    made()

    approval = Approval.objects.get()
    said = [approval.sentence, str(approval.parameters),
            *(str(row.parameters) for row in AuditRecord.objects.all())]  # fmt: skip

    assert "suspension" in approval.sentence
    assert "14 days to appeal" in approval.sentence
    assert not any(word in text for text in said for word in ("Fallowes", "Minute", "0000123"))


def test_all_records_of_one_person_have_the_standing_and_each_gets_its_own_back() -> None:
    imported(person(), person(number="2", section="registered", standing="arrears"))
    Member.objects.filter(number="2").update(merged_into=member())

    decision = made(number="2")
    assert decision.member == member()
    assert {each.standing for each in Member.objects.all()} == {"suspended"}

    made(Kind.REINSTATEMENT, Reason.INQUIRY_ENDED)
    assert (member().standing, member("2").standing) == ("good", "arrears")


# --- the database ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "changed",
    [{"evidence": "x"}, {"reason": "conduct"}, {"appeal_until": LATER}, {"notice": "none"}],
)
def test_a_decision_is_never_changed(changed: dict[str, Any]) -> None:
    imported(person())
    decision = made()

    with pytest.raises(Error, match="is made"), transaction.atomic():
        Decision.objects.filter(pk=decision.pk).update(**changed)
    with pytest.raises(Error, match="is kept"), transaction.atomic():
        Decision.objects.all()._raw_delete("default")
    assert Decision.objects.filter(pk=decision.pk, reason="abuse").exists()


def test_the_database_refuses_a_late_appeal_and_one_decided_by_who_decided() -> None:
    imported(person())
    keeper, second = officer(), officer()
    decision = made(by=second, reason=Reason.ABUSE, kind=Kind.SUSPENSION)
    assert decision.appeal_until is not None

    with pytest.raises(Error, match="late"), transaction.atomic():
        Appeal.objects.create(decision=decision, grounds="x", lodged_at=decision.appeal_until)
    appeal = appealed(decision)
    for person_id in (decision.proposed_by_id, second.pk):
        with pytest.raises(Error, match="did not make"), transaction.atomic():
            Appeal.objects.filter(pk=appeal.pk).update(
                outcome="dismissed", answer="x", decided_by=person_id, decided_at=LATER
            )
    settled(appeal, by=keeper)
    with pytest.raises(Error, match="is kept"), transaction.atomic():
        Appeal.objects.filter(pk=appeal.pk).update(outcome="dismissed")
    with pytest.raises(Error, match="is kept"), transaction.atomic():
        Appeal.objects.all()._raw_delete("default")


# --- the notice ------------------------------------------------------------------------------


def test_the_notice_gives_the_reason_the_right_of_appeal_and_its_hour_and_no_evidence() -> None:
    imported(person())
    decision = made(appeal_days=10)

    assert Letter.objects.filter(purpose=PURPOSE, recipient=f"decision:{decision.pk}").count() == 1
    envelope = notice(decision)
    assert envelope.to == "carys@example.org"
    for words in (envelope.text, envelope.html):
        assert "abuse of another person" in words
        assert "before" in words
        assert "Thursday 1 September 2016, 10:00 (BST)" in words
        assert "Minute 7" not in words
    assert "/roll/" in envelope.text


def test_the_dead_are_sent_nothing() -> None:
    imported(person())
    decision = made(Kind.DEATH, Reason.DEATH_NOTIFIED)

    assert not Letter.objects.filter(purpose=PURPOSE).exists()
    assert notice(decision) is None
    assert decision.notice == "none"
    assert list(asked.notices_by_post()) == []


def test_who_has_no_address_for_mail_is_told_by_post() -> None:
    imported(person(email=""))
    decision = made()

    assert not Letter.objects.filter(purpose=PURPOSE).exists()
    assert [each.pk for each in asked.notices_by_post()] == [decision.pk]


def test_the_page_of_held_letters_can_name_who_a_letter_is_for() -> None:
    imported(person())
    decision = made()
    appeal = appealed(decision)
    request_id = services.ask_correction(member().pk, detail="phone", wanted="1", why="", now=NOW)
    recipients = [f"decision:{decision.pk}", f"appeal:{appeal.pk}", f"correction:{request_id}"]

    named = letters.names([*recipients, "decision:99999999"])

    assert named == dict.fromkeys(recipients, "Ms Carys Fallowes, 0000123")


def test_a_deadline_is_a_full_hour() -> None:
    assert next_hour(NOW) == NOW
    assert next_hour(NOW + timedelta(seconds=1)) == NOW + timedelta(hours=1)


def test_an_approval_on_a_subject_that_is_not_the_decisions_is_refused() -> None:
    imported(person(), person(number="2"))
    decision = proposed()

    with pytest.raises(Decision.DoesNotExist):
        propose_act("decide_standing", subject=("member", str(member("2").pk)), by=officer().pk,
                    now=NOW, parameters={"decision": decision.pk})  # fmt: skip
