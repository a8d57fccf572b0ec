"""From a decision on somebody's standing to the roll, the code and the vote, and back again."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from ballot.models import Credential
from ballot.services.codes import PURPOSE_ADDED
from ballot.services.verify_register import verify_register
from members import services
from members.models import Appeal, Decision, Member
from members.selectors import electors_now
from members.selectors.amendments_due import rolls_at_odds
from members.selectors.own_page import judged
from members.services.own_page import make_link
from office.models import Approval, Letter
from office.permissions import Role
from office.services.approvals import approve_act, refuse_act
from tests.ballot.amending import amend, close
from tests.ballot.factories import (
    REASON,
    Run,
    bring,
    cast_wire,
    code_of_refusal,
    content,
    election,
    entries,
    key_of_elector,
    now,
    sealed,
)
from tests.members.factories import merged
from tests.office.factories import officer, sign_in, staff

pytestmark = pytest.mark.django_db


def decided(member_id: int, kind: str = "exclusion", reason: str = "abuse") -> Decision:
    """A decision that was proposed and approved."""
    decision_id = services.propose_standing(
        member_id, kind=kind, reason=reason, evidence="Minute 7.",
        by=staff(Role.MEMBERSHIP_ADMINISTRATOR).pk, now=now(),
    )  # fmt: skip
    approve_act(Approval.objects.latest("pk").pk, by=officer().pk, now=now())
    return Decision.objects.get(pk=decision_id)


def upheld(decision: Decision) -> None:
    services.lodge_appeal(decision.pk, grounds="Not me.", by=None, now=now())
    appeal = Appeal.objects.get(decision=decision)
    services.decide_appeal(appeal.pk, upheld=True, answer="Mistaken.", by=officer().pk, now=now())


def keeper() -> Client:
    return sign_in(Client(), staff(Role.MEMBERSHIP_ADMINISTRATOR))


def page(client: Client, decision: Decision) -> str:
    return client.get(reverse("decision", args=[decision.pk])).content.decode()


def path(run: Run, decision: Decision) -> str:
    return reverse("desk_amend_as_decided", args=[run.election.slug, decision.pk])


def press(run: Run, decision: Decision, *, by: Client) -> None:
    """Press the button that the decision's page shows."""
    assert path(run, decision) in page(by, decision)
    sent = by.post(path(run, decision))
    assert (sent.status_code, sent.headers["Location"]) == (
        302, reverse("decision", args=[decision.pk])
    )


def approve() -> Approval:
    approval = Approval.objects.get(state="waiting")
    approve_act(approval.pk, by=officer().pk, now=now())
    return approval


def codes(entry_id: int) -> list[str]:
    rows = Credential.objects.filter(roll_entry_id=entry_id).order_by("pk")
    return list(rows.values_list("force", flat=True))


def test_who_is_excluded_and_reinstated_votes_at_once_with_a_new_code() -> None:
    run = election(at="polling", electors=3)
    entry, client = entries(run)[0], keeper()
    old = sealed(run, entry, (0,))
    token = make_link(Member.objects.get(pk=entry.member_id), now=now())

    decision = decided(entry.member_id)
    assert "this person is on it" in page(client, decision)
    press(run, decision, by=client)
    approval = approve()

    assert approval.parameters["reason"] == "excluded"
    assert f"Decision {decision.pk} (exclusion from the ballot)" in approval.sentence
    assert rolls_at_odds(entry.member_id) == []
    assert "is frozen, and this person" not in page(client, decision)
    own = Client().get(reverse("own_page", args=[token])).content.decode()
    assert "Struck off the roll after it was frozen, by its amendment 1" in own
    assert "Something has changed since." not in own
    assert code_of_refusal(lambda: cast_wire(run, old)) == "ballot.code-not-in-force"
    assert electors_now(run.election.roll_id or 0) == 2

    upheld(decision)
    assert "this person is not on it" in page(client, decision)
    press(run, decision, by=client)
    approval = approve()

    assert (approval.parameters["kind"], approval.parameters["reason"]) == ("add", "reinstated")
    assert f"Appeal against decision {decision.pk}" in approval.parameters["grounds"]
    assert content(run, "amendment")["changes"] == [
        {"change": "restored", "people": 1, "section": "member"}
    ]
    assert codes(entry.pk)[-1] == "in-force"
    assert Letter.objects.filter(purpose=PURPOSE_ADDED).count() == 1
    assert rolls_at_odds(entry.member_id) == []
    (told,) = judged(entry.member_id)
    assert told.why.eligible and told.today is None
    assert "by its amendment 2: reinstated" in told.why.sentence
    fresh = key_of_elector(run, entry, purpose=PURPOSE_ADDED)
    cast_wire(run, sealed(run, entry, (1,), key=fresh))
    close(run)
    verify_register(run.election_id, **run.by)


def test_who_was_excluded_before_the_freeze_is_added_when_reinstated() -> None:
    run = election(at="nominated", electors=3)
    member = Member.objects.get(number="1000")
    decided(member.pk)
    bring(run, to="polling")
    assert len(entries(run)) == 2

    back = decided(member.pk, "reinstatement", "made-in-error")
    press(run, back, by=keeper())
    approve()

    assert content(run, "amendment")["changes"] == [
        {"change": "added", "people": 1, "section": "member"}
    ]
    entry = next(one for one in entries(run) if one.member_id == member.pk)
    assert codes(entry.pk) == ["in-force"]


def test_while_the_amendment_waits_the_page_says_so_and_a_refused_one_is_offered_again() -> None:
    run = election(at="polling", electors=3)
    decision, client = decided(entries(run)[0].member_id), keeper()
    press(run, decision, by=client)

    assert path(run, decision) not in page(client, decision)
    assert "The amendment is proposed, and waits for another officer." in page(client, decision)
    assert client.post(path(run, decision)).status_code == 409
    waiting = Approval.objects.get(state="waiting")
    refuse_act(waiting.pk, by=officer().pk, now=now(), reason=REASON)

    assert path(run, decision) in page(client, decision)


def test_a_button_pressed_late_amends_nothing() -> None:
    run = election(at="polling", electors=3)
    decision, client = decided(entries(run)[0].member_id), keeper()
    shown = path(run, decision)
    assert shown in page(client, decision)
    upheld(decision)

    assert client.post(shown).status_code == 409

    assert not Approval.objects.filter(act="amend_roll").exists()
    assert path(run, decision) not in page(client, decision)


def test_only_who_may_amend_the_roll_is_offered_it_and_only_while_it_can_be_amended() -> None:
    run = election(at="polling", electors=3, rankings=((0,),) * 3)
    decision = decided(entries(run)[0].member_id)

    for role in (Role.OBSERVER, Role.SCRUTINEER, Role.TRUSTEE):
        assert sign_in(Client(), staff(role)).post(path(run, decision)).status_code == 404
    assert Client().post(path(run, decision)).status_code in {302, 404}
    assert keeper().get(path(run, decision)).status_code == 405
    assert not Approval.objects.filter(act="amend_roll").exists()
    assert path(run, decision) in page(keeper(), decision)

    bring(run, to="verified")
    shown = page(keeper(), decision)
    assert path(run, decision) not in shown
    assert "No contest that this roll belongs to can be amended now." in shown


def test_each_record_of_a_person_tells_what_an_amendment_did_under_the_other() -> None:
    run = election(at="polling", electors=3)
    first, second = entries(run)[:2]
    merged(first.number, into=second.number)
    decision = decided(second.member_id, "death", "death-notified")
    # Two entries of one person: each is struck off by an amendment of its own.
    (odds,) = rolls_at_odds(second.member_id)
    assert odds.is_on_it
    for _ in range(2):
        press(run, decision, by=keeper())
        approve()

    assert rolls_at_odds(second.member_id) == []
    for member_id in (first.member_id, second.member_id):
        (told,) = judged(member_id)
        assert not told.why.has_vote
        assert "died" in told.why.sentence


def test_a_suspension_that_ended_before_the_freeze_is_no_reason_to_add_somebody() -> None:
    run = election(at="nominated", electors=3)
    member = Member.objects.get(number="1000")
    suspension = decided(member.pk, "suspension")
    back = decided(member.pk, "reinstatement", "inquiry-ended")
    bring(run, to="polling")
    amend(run, member.pk, "remove", "not-entitled")
    assert [odds.is_on_it for odds in rolls_at_odds(member.pk)] == [False]

    for decision in (suspension, back):
        assert path(run, decision) not in page(keeper(), decision)
        assert keeper().post(path(run, decision)).status_code == 409

    assert not Approval.objects.filter(act="amend_roll").exists()


def test_a_reinstatement_does_not_restore_who_was_struck_off_for_something_else() -> None:
    run = election(at="polling", electors=3)
    first, second = (entry.member_id for entry in entries(run)[:2])
    amend(run, first, "remove", "duplicate")
    decided(first, "suspension")
    lifted = [decided(first, "reinstatement", "inquiry-ended")]
    exclusion = decided(second)
    press(run, exclusion, by=keeper())
    approve()
    lifted.append(decided(second, "reinstatement", "made-in-error"))

    assert path(run, lifted[0]) not in page(keeper(), lifted[0])
    press(run, lifted[1], by=keeper())
    approve()

    assert content(run, "amendment")["changes"] == [
        {"change": "restored", "people": 1, "section": "member"}
    ]


def test_who_was_off_the_list_at_the_freeze_is_not_added_for_a_suspension_that_ended() -> None:
    run = election(at="nominated", electors=3)
    member = Member.objects.get(number="1000")
    # Taken off the list before the freeze and put back after it, beside a suspension that ended.
    Member.objects.filter(pk=member.pk).update(is_listed=False)
    bring(run, to="polling")
    Member.objects.filter(pk=member.pk).update(is_listed=True)
    decided(member.pk, "suspension")
    back = decided(member.pk, "reinstatement", "inquiry-ended")

    assert [odds.is_on_it for odds in rolls_at_odds(member.pk)] == [False]
    assert path(run, back) not in page(keeper(), back)
