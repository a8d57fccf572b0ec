"""Standing decisions: two people, a reason, a notice, an appeal against the clock."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import Error, transaction

from members import letters, services
from members.models import Appeal, Change, Decision, KeptStanding, Member
from members.models.decisions import REASONS_BY_KIND, STANDING_BY_KIND, Kind, Reason
from members.selectors import decisions as asked
from members.selectors import differences
from members.selectors.amendments_due import amendment_due, rolls_at_odds
from members.services.decide_standing import PURPOSE, REFERENCE, next_hour
from office.models import Approval, AuditRecord, Letter, StaffMember
from office.permissions import Role
from office.purposes import LetterToSend
from office.refusal import Refusal
from office.services.approvals import approve_act, propose_act, refuse_act
from tests.members.factories import NOW, frozen, imported, merged, person, previewed
from tests.office.factories import officer, staff

pytestmark = pytest.mark.django_db

LATER = NOW + timedelta(days=1)


def member(number: str = "0000123") -> Member:
    return Member.objects.get(number=number)


def proposed(
    kind: str = Kind.SUSPENSION,
    reason: str = Reason.ABUSE,
    *,
    by: StaffMember | None = None,
    number: str = "0000123",
    **given: Any,
) -> Decision:
    by = by or staff(Role.MEMBERSHIP_ADMINISTRATOR)
    decision_id = services.propose_standing(
        member(number).pk, kind=kind, reason=reason, evidence="Minute 7 of the panel.", by=by.pk,
        now=NOW, **given,
    )  # fmt: skip
    return Decision.objects.get(pk=decision_id)


def made(*given: str, by: StaffMember | None = None, **named: Any) -> Decision:
    """A decision that was proposed and approved."""
    decision = proposed(*given, **named)
    approve_act(Approval.objects.latest("pk").pk, by=(by or officer()).pk, now=NOW)
    decision.refresh_from_db()
    return decision


def appealed(decision: Decision, **given: Any) -> Appeal:
    given = {"grounds": "It was not me.", "by": None, "now": LATER, **given}
    return Appeal.objects.get(pk=services.lodge_appeal(decision.pk, **given))


def settled(appeal: Appeal, *, upheld: bool = True, by: StaffMember | None = None) -> None:
    services.decide_appeal(
        appeal.pk, upheld=upheld, answer="Another person was meant.", by=(by or officer()).pk,
        now=LATER,
    )  # fmt: skip


def notice(decision: Decision) -> Any:
    letter = LetterToSend(1, PURPOSE, REFERENCE, f"decision:{decision.pk}", 1, None)
    return letters.decision_notices([letter]).get(1)


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
        assert "Thursday 1 September 2016, 09:00 UTC" in words
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


# --- appeals ---------------------------------------------------------------------------------


def test_an_appeal_is_lodged_before_the_deadline_and_not_at_it() -> None:
    imported(person())
    decision = made()
    deadline = decision.appeal_until
    assert deadline == NOW + timedelta(days=14)

    with pytest.raises(Refusal, match="before 5 September 2016, 09:00 UTC") as refused:
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


# --- imports ---------------------------------------------------------------------------------


def test_an_import_does_not_overrule_a_decision_and_the_preview_says_so() -> None:
    imported(person(), person(number="2"))
    made()

    batch = previewed(person(standing="good", phone="01632 960001"), person(number="2"))
    (kept,) = differences.kept_standings(batch)
    assert (kept.number, kept.in_file, kept.decided) == (
        "0000123", "good standing", "suspended",
    )  # fmt: skip
    (changed,) = differences.changed_people(batch)
    assert changed.number == "0000123"
    assert [(each.old, each.new) for each in changed.changes] == [("", "01632 960001")]

    imported(person(standing="good", phone="01632 960001"), person(number="2", standing="lapsed"))
    assert (member().standing, member().phone) == ("suspended", "01632 960001")
    assert member("2").standing == "lapsed"


def test_an_import_with_nothing_but_a_kept_standing_changes_nothing() -> None:
    imported(person())
    made()

    batch = imported(person(standing="good"))

    assert (batch.rows_changed, batch.rows_unchanged) == (0, 1)


def test_after_a_reinstatement_the_lifted_standing_alone_is_no_news() -> None:
    imported(person())
    made()
    made(Kind.REINSTATEMENT, Reason.MADE_IN_ERROR)

    imported(person(standing="suspended"))
    assert member().standing == "good"

    imported(person(standing="lapsed"))
    assert member().standing == "lapsed"


def test_a_reinstatement_from_what_the_list_itself_said_gives_good_standing() -> None:
    imported(person(standing="arrears"))
    made(Kind.ARREARS, Reason.ARREARS)

    made(Kind.REINSTATEMENT, Reason.ARREARS_PAID)

    assert member().standing == "good"
    assert KeptStanding.objects.get().against == "arrears"


def test_a_new_decision_after_a_reinstatement_gives_back_the_newer_past() -> None:
    imported(person())
    made()
    made(Kind.REINSTATEMENT, Reason.MADE_IN_ERROR)
    imported(person(standing="arrears"))

    settled(appealed(made()))

    assert member().standing == "arrears"


def test_an_approval_on_a_subject_that_is_not_the_decisions_is_refused() -> None:
    imported(person(), person(number="2"))
    decision = proposed()

    with pytest.raises(Decision.DoesNotExist):
        propose_act("decide_standing", subject=("member", str(member("2").pk)), by=officer().pk,
                    now=NOW, parameters={"decision": decision.pk})  # fmt: skip
