"""Acts of two officers: proposed by one, carried out by another, once, or not at all."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from office import acts, selectors
from office.acts import RegisteredAct, register_act, register_precondition
from office.models import Approval, AuditRecord, StaffMember
from office.permissions import ACTS, Role
from office.refusal import Refusal
from office.services.approvals import (
    LASTS,
    approve_act,
    demand_two_officers,
    expire_proposals,
    propose_act,
    refuse_act,
    why_not,
    withdraw_proposal,
)
from tests.office.factories import NOW, officer, staff

pytestmark = pytest.mark.django_db

ELECTION = ("election", "7")
LATER = NOW + timedelta(hours=1)


def propose(by: StaffMember, **given: Any) -> Approval:
    return propose_act("freeze_roll", subject=ELECTION, by=by.pk, now=NOW, **given)


def test_a_second_officer_approves_and_the_act_is_carried_out(
    carried_out: list[dict[str, Any]],
) -> None:
    first, second = officer(), officer()

    approval = propose(first, parameters={"version": 1})
    assert carried_out == []
    approve_act(approval.pk, by=second.pk, now=LATER)

    assert carried_out == [
        {"subject_id": "7", "by": first.pk, "seconded_by": second.pk, "now": LATER, "version": 1}
    ]
    approval.refresh_from_db()
    assert (approval.state, approval.decided_by, approval.decided_at) == (
        "carried_out", second, LATER,
    )
    assert approval.sentence == "The roll of election 7 will be frozen."
    assert list(AuditRecord.objects.order_by("pk").values_list("act", "by", "seconded_by")) == [
        ("propose_act", first.pk, None),
        ("approve_act", first.pk, second.pk),
    ]


def test_nobody_approves_or_refuses_their_own_proposal(carried_out: list[dict[str, Any]]) -> None:
    first = officer()
    approval = propose(first)

    for decide in (approve_act, lambda *a, **k: refuse_act(*a, **k, reason="No.")):
        with pytest.raises(Refusal, match=r"approval\.own-proposal"):
            decide(approval.pk, by=first.pk, now=LATER)
    assert carried_out == []

    approve_act(approval.pk, by=officer().pk, now=LATER)
    assert len(carried_out) == 1


def test_the_database_refuses_one_person_as_both(carried_out: list[dict[str, Any]]) -> None:
    first = officer()
    approval = propose(first)

    with pytest.raises(IntegrityError, match="office_approved_by_another"), transaction.atomic():
        Approval.objects.filter(pk=approval.pk).update(
            state="carried_out", decided_by=first, decided_at=LATER
        )


@pytest.mark.parametrize(
    "change",
    [{"parameters": {"version": 2}}, {"sentence": "Nothing."}, {"subject_id": "8"}],
    ids=lambda change: next(iter(change)),
)
def test_the_database_refuses_to_change_what_was_proposed(
    carried_out: list[dict[str, Any]], change: dict[str, Any]
) -> None:
    approval = propose(officer())

    with pytest.raises(DatabaseError, match="cannot change"), transaction.atomic():
        Approval.objects.filter(pk=approval.pk).update(**change)


def test_the_database_refuses_to_undo_a_decision_or_remove_a_proposal(
    carried_out: list[dict[str, Any]],
) -> None:
    approval = propose(officer())
    approve_act(approval.pk, by=officer().pk, now=LATER)

    with pytest.raises(DatabaseError, match="decided already"), transaction.atomic():
        Approval.objects.filter(pk=approval.pk).update(
            state="waiting", decided_by=None, decided_at=None
        )
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        Approval.objects.filter(pk=approval.pk).delete()


def test_when_the_act_refuses_the_proposal_goes_on_waiting(
    carried_out: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    approval = propose(officer())

    def refuse(subject_id: str, **given: Any) -> None:
        raise Refusal("roll.not-judged", "Judge the roll first.")

    described = acts.registered_act("freeze_roll").describe
    with monkeypatch.context() as patch:
        patch.setitem(
            acts._registered, "freeze_roll", RegisteredAct("freeze_roll", refuse, described)
        )
        with pytest.raises(Refusal, match=r"roll\.not-judged"):
            approve_act(approval.pk, by=officer().pk, now=LATER)
    approval.refresh_from_db()
    assert approval.state == "waiting"
    assert AuditRecord.objects.filter(act="approve_act").count() == 0

    approve_act(approval.pk, by=officer().pk, now=LATER)
    assert len(carried_out) == 1


def test_a_proposal_whose_meaning_has_changed_is_not_carried_out(
    carried_out: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    approval = propose(officer())
    function = acts.registered_act("freeze_roll").function

    with monkeypatch.context() as patch:
        patch.setitem(
            acts._registered,
            "freeze_roll",
            RegisteredAct("freeze_roll", function, lambda subject_id: "Something else."),
        )
        with pytest.raises(Refusal, match=r"approval\.changed"):
            approve_act(approval.pk, by=officer().pk, now=LATER)

    assert carried_out == []
    approve_act(approval.pk, by=officer().pk, now=LATER)
    assert len(carried_out) == 1


def test_a_proposal_whose_act_cannot_be_done_any_more_is_told_and_not_carried_out(
    carried_out: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    approval, known = propose(officer(), parameters={"version": 1}), acts._registered["freeze_roll"]
    asked: list[dict[str, Any]] = []

    def precondition(subject_id: str, **given: Any) -> None:
        asked.append({"subject_id": subject_id, **given})
        raise Refusal("roll.frozen", "The roll is frozen already.")

    def nothing(subject_id: str, **given: Any) -> str:
        return str(StaffMember.objects.get(pk=0))

    with monkeypatch.context() as patch:
        patch.setitem(acts._registered, "freeze_roll", known)
        register_precondition("freeze_roll", precondition)
        refusal = why_not(approval, now=LATER)
        with pytest.raises(Refusal, match=r"roll\.frozen"):
            approve_act(approval.pk, by=officer().pk, now=LATER)
        patch.setitem(acts._registered, "freeze_roll", replace(known, describe=nothing))
        gone = why_not(approval, now=LATER)
        patch.delitem(acts._registered, "freeze_roll")
        unknown = why_not(approval, now=LATER)

    assert refusal is not None and refusal.sentence == "The roll is frozen already."
    assert asked[0] == {"subject_id": "7", "now": LATER, "version": 1}
    for none in (gone, unknown):
        assert none is not None and none.code == "approval.gone"
    assert carried_out == []
    assert why_not(approval, now=LATER) is None
    approve_act(approval.pk, by=officer().pk, now=LATER)
    assert len(carried_out) == 1


def test_one_proposal_of_an_act_on_a_subject_waits_at_a_time(
    carried_out: list[dict[str, Any]],
) -> None:
    first = officer()
    approval = propose(first)

    with pytest.raises(Refusal, match=r"approval\.already-waiting"):
        propose(officer())
    propose_act("freeze_roll", subject=("election", "8"), by=first.pk, now=NOW)

    withdraw_proposal(approval.pk, by=first.pk, now=NOW)
    assert propose(first).state == "waiting"


def test_only_its_proposer_withdraws_a_proposal(carried_out: list[dict[str, Any]]) -> None:
    first, second = officer(), officer()
    approval = propose(first)

    with pytest.raises(Refusal, match=r"approval\.not-your-proposal"):
        withdraw_proposal(approval.pk, by=second.pk, now=LATER)
    withdraw_proposal(approval.pk, by=first.pk, now=LATER)

    with pytest.raises(Refusal, match=r"approval\.decided"):
        approve_act(approval.pk, by=second.pk, now=LATER)
    assert carried_out == []


def test_a_refusal_carries_its_reason_and_is_final(carried_out: list[dict[str, Any]]) -> None:
    approval, second = propose(officer()), officer()

    with pytest.raises(Refusal, match=r"approval\.no-reason"):
        refuse_act(approval.pk, by=second.pk, now=LATER, reason="  ")
    refuse_act(approval.pk, by=second.pk, now=LATER, reason="Two branches are missing.")

    approval.refresh_from_db()
    assert (approval.state, approval.reason) == ("refused", "Two branches are missing.")
    with pytest.raises(Refusal, match=r"approval\.decided"):
        approve_act(approval.pk, by=second.pk, now=LATER)
    assert carried_out == []


def test_a_proposal_expires_at_its_hour_and_not_before(
    carried_out: list[dict[str, Any]],
) -> None:
    approval = propose(officer())
    end = NOW + LASTS

    assert expire_proposals(now=end - timedelta(seconds=1)) == 0
    with pytest.raises(Refusal, match=r"approval\.expired"):
        approve_act(approval.pk, by=officer().pk, now=end)
    assert expire_proposals(now=end) == 1

    approval.refresh_from_db()
    assert (approval.state, approval.decided_by) == ("expired", None)
    assert list(selectors.waiting_approvals(now=NOW)) == []


@pytest.mark.parametrize("role", sorted(set(Role) - ACTS["freeze_roll"].roles))
def test_a_role_that_the_table_does_not_name_proposes_nothing(
    carried_out: list[dict[str, Any]], role: Role
) -> None:
    assert propose(officer()).state == "waiting"

    with pytest.raises(Refusal, match=r"approval\.not-yours-to-propose"):
        propose_act("freeze_roll", subject=("election", "8"), by=staff(role).pk, now=NOW)


def test_an_administrator_proposes_an_amendment_that_only_an_officer_seconds(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    calls: list[str] = []
    monkeypatch.setitem(
        acts._registered,
        "amend_roll",
        RegisteredAct(
            "amend_roll", lambda subject, **given: calls.append(subject), lambda s: "Amend."
        ),
    )
    one, other = (staff(Role.MEMBERSHIP_ADMINISTRATOR) for _ in range(2))
    approval = propose_act("amend_roll", subject=ELECTION, by=one.pk, now=NOW)

    with pytest.raises(Refusal, match=r"approval\.not-yours-to-decide"):
        approve_act(approval.pk, by=other.pk, now=LATER)
    approve_act(approval.pk, by=officer().pk, now=LATER)

    assert calls == ["7"]


def test_a_deputy_seconds_only_with_written_authority(carried_out: list[dict[str, Any]]) -> None:
    approval = propose(officer())

    with pytest.raises(Refusal, match=r"approval\.not-yours-to-decide"):
        approve_act(approval.pk, by=staff(Role.DEPUTY, is_authorised=False).pk, now=LATER)
    approve_act(approval.pk, by=staff(Role.DEPUTY).pk, now=LATER)

    assert len(carried_out) == 1


def test_a_proposal_lapses_with_its_proposers_role(carried_out: list[dict[str, Any]]) -> None:
    first, second = officer(), officer()
    approval = propose(first)
    StaffMember.objects.filter(pk=first.pk).update(is_active=False)

    with pytest.raises(Refusal, match=r"approval\.proposer-lost-role"):
        approve_act(approval.pk, by=second.pk, now=LATER)
    assert carried_out == []

    refuse_act(approval.pk, by=second.pk, now=LATER, reason="Its proposer has left.")


def test_an_unknown_proposal_is_refused() -> None:
    with pytest.raises(Refusal, match=r"approval\.unknown") as refused:
        approve_act(10**9, by=officer().pk, now=NOW)

    assert refused.value.status == 404


def test_parameters_that_json_would_not_carry_back_are_a_bug(
    carried_out: list[dict[str, Any]],
) -> None:
    with pytest.raises(TypeError, match="closes_at is a datetime"):
        propose(officer(), parameters={"closes_at": NOW})
    with pytest.raises(TypeError, match="weight is a float"):
        propose(officer(), parameters={"list": [{"weight": 0.1}]})

    assert propose(officer(), parameters={"list": [{"weight": 1}]}).state == "waiting"


@pytest.mark.parametrize("name", ["count", "dance"])
def test_only_acts_of_two_officers_are_registered(name: str) -> None:
    with pytest.raises(ValueError, match="not an act of two officers"):
        register_act(name, lambda *a, **k: None, lambda *a, **k: "")


def test_a_service_demands_two_different_officers() -> None:
    demand_two_officers(by=1, seconded_by=2)

    for seconded_by in (None, 1):
        with pytest.raises(Refusal, match=r"approval\.two-officers"):
            demand_two_officers(by=1, seconded_by=seconded_by)


@pytest.mark.django_db(transaction=True)
def test_of_eight_approvals_at_once_one_carries_the_act_out(
    carried_out: list[dict[str, Any]],
) -> None:
    approval = propose(officer())
    seconders = [officer().pk for _ in range(8)]
    start = threading.Barrier(len(seconders))
    outcomes: list[str] = []

    def decide(person_id: int) -> None:
        try:
            start.wait(timeout=10)
            approve_act(approval.pk, by=person_id, now=LATER)
            outcomes.append("carried out")
        except Refusal as refusal:
            outcomes.append(refusal.code)
        finally:
            connection.close()

    threads = [threading.Thread(target=decide, args=(person,)) for person in seconders]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(outcomes) == ["approval.decided"] * 7 + ["carried out"]
    assert len(carried_out) == 1


@pytest.mark.django_db(transaction=True)
def test_of_eight_proposals_at_once_one_waits(carried_out: list[dict[str, Any]]) -> None:
    proposers = [officer() for _ in range(8)]
    start = threading.Barrier(len(proposers))
    outcomes: list[str] = []

    def try_to(person: StaffMember) -> None:
        try:
            start.wait(timeout=10)
            propose(person)
            outcomes.append("waits")
        except Refusal as refusal:
            outcomes.append(refusal.code)
        finally:
            connection.close()

    threads = [threading.Thread(target=try_to, args=(person,)) for person in proposers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(outcomes) == ["approval.already-waiting"] * 7 + ["waits"]
    assert Approval.objects.filter(state="waiting").count() == 1
