"""What one officer alone, or somebody who is none, cannot bring about by a side door."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from office import acts
from office.kinds import register_job_kind
from office.models import Approval, AuditRecord, Job, Letter, StaffMember
from office.permissions import INVITED_BY_TWO, Role
from office.refusal import Refusal
from office.selectors import roles_of
from office.services.approvals import approve_act, propose_act, why_not
from office.services.invite_by_two import propose_invitation
from office.services.jobs import open_job, retry_job, stop_job
from office.services.staff import invite_staff
from tests.office.factories import officer, sign_in, staff

pytestmark = pytest.mark.django_db


def _stopped(kind: str) -> Job:
    job = open_job(kind, subject=("election", "1"), by=None, now=timezone.now())
    stop_job(job.pk, by=None, now=timezone.now())
    return job


def test_an_officer_cannot_invite_a_second_officer_of_their_own() -> None:
    by = officer().pk

    for role in (Role.RETURNING_OFFICER, Role.DEPUTY):
        with pytest.raises(Refusal) as refused:
            invite_staff("me.too@example.org", "Me Too", role, by=by, now=timezone.now())
        assert refused.value.code == "staff.officers-are-appointed"

    invited = invite_staff("look@example.org", "Ann Look", Role.OBSERVER, by=by, now=timezone.now())
    assert invited.pk


@pytest.mark.parametrize("role", sorted(INVITED_BY_TWO))
def test_who_counts_as_a_second_person_is_invited_by_two_officers_only(role: Role) -> None:
    one, other = officer(), officer()

    for second in (None, one.pk):
        with pytest.raises(Refusal, match=r"approval\.two-officers"):
            invite_staff("me.too@example.org", "Me Too", role, by=one.pk, seconded_by=second,
                         now=timezone.now())
    invited = invite_staff("ann@example.org", "Ann Look", role, by=one.pk, seconded_by=other.pk,
                           now=timezone.now())

    assert roles_of(invited.pk) == {role}


def test_such_an_invitation_waits_for_another_officer_and_then_goes_out() -> None:
    one, other = sign_in(Client(), officer()), sign_in(Client(), officer())
    asked = {"name": "Ann Look", "email": "Ann@example.org", "role": Role.TELLER.value}

    assert b"another officer has approved" in one.post(
        reverse("invite_staff"), asked, follow=True
    ).content
    approval = Approval.objects.get()
    assert not StaffMember.objects.filter(email="ann@example.org").exists()
    assert "ann@example.org" not in str(list(AuditRecord.objects.values()))
    assert one.post(reverse("approve", args=[approval.pk])).status_code == 403
    assert other.post(reverse("approve", args=[approval.pk])).status_code == 302

    invited = StaffMember.objects.get(email="ann@example.org")
    assert (invited.name, roles_of(invited.pk)) == ("Ann Look", {Role.TELLER})
    assert Letter.objects.get().recipient == str(invited.pk)
    assert b"already an account" in one.post(reverse("invite_staff"), asked).content


def test_an_address_that_got_an_account_meanwhile_is_invited_no_more() -> None:
    one, other = officer(), officer()
    first, second = (
        propose_invitation("ann@example.org", "Ann Look", Role.TELLER, by=one.pk,
                           now=timezone.now())
        for _ in range(2)
    )

    approve_act(first.pk, by=other.pk, now=timezone.now())

    hindrance = why_not(second, now=timezone.now())
    assert hindrance is not None and hindrance.code == "staff.exists"


def test_nobody_seconds_what_somebody_proposed_whom_they_invited(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    done: list[str] = []
    act = acts.RegisteredAct("amend_roll", lambda id, **given: done.append(id), lambda id: "Amend.")
    monkeypatch.setitem(acts._registered, "amend_roll", act)
    one, other = officer(), officer()
    helper = invite_staff("ann@example.org", "Ann Look", Role.MEMBERSHIP_ADMINISTRATOR, by=one.pk,
                          seconded_by=other.pk, now=timezone.now())
    approval = propose_act("amend_roll", subject=("election", "7"), by=helper.pk,
                           now=timezone.now())
    pages = [
        sign_in(Client(), person).get(reverse("approvals")).content.decode()
        for person in (one, other)
    ]

    with pytest.raises(Refusal, match=r"approval\.invited"):
        approve_act(approval.pk, by=one.pk, now=timezone.now())
    assert not done
    approve_act(approval.pk, by=other.pk, now=timezone.now())

    assert "You invited whoever proposed this" in pages[0]
    assert ["Approve and carry out" in page for page in pages] == [False, True]
    assert done == ["7"]


def test_a_job_that_two_officers_ordered_is_not_started_again_by_one() -> None:
    job = _stopped("freeze_roll")
    other = _stopped("count")

    with pytest.raises(Refusal) as refused:
        retry_job(job.pk, by=staff(Role.RETURNING_OFFICER).pk, now=timezone.now())
    retry_job(other.pk, by=None, now=timezone.now())

    assert refused.value.code == "job.takes-two"
    assert Job.objects.get(pk=job.pk).state == Job.State.STOPPED
    assert Job.objects.get(pk=other.pk).state == Job.State.OPEN


@pytest.mark.parametrize("kind", ["open_box", "cancel_codes", "check_handed_in", "flag_contacts"])
@pytest.mark.parametrize("page", ["job_retry", "job_stop"])
def test_who_may_not_do_an_act_may_neither_start_nor_stop_its_job(page: str, kind: str) -> None:
    job = _stopped(kind)
    people = (staff(Role.MEMBERSHIP_ADMINISTRATOR), officer())

    answers = [
        sign_in(Client(), one).post(reverse(page, args=[job.pk])).status_code for one in people
    ]

    assert answers == [404, 302]


@pytest.mark.parametrize(
    ("kind", "seconded_by"),
    [("amend_roll_in_bulk", None), ("apply_import", 7), ("no such kind", None)],
)
def test_what_two_ordered_and_what_nobody_knows_only_an_officer_stops(
    kind: str, seconded_by: int | None
) -> None:
    known = "find_pairs" if kind == "no such kind" else kind
    job = open_job(known, subject=("election", "1"), by=None, now=timezone.now(),
                   parameters={"seconded_by": seconded_by})
    Job.objects.filter(pk=job.pk).update(kind=kind)
    plain = open_job("dry_run", subject=("dry_run", "1"), by=None, now=timezone.now())
    keeper, one = (
        sign_in(Client(), person) for person in (staff(Role.MEMBERSHIP_ADMINISTRATOR), officer())
    )

    offered = [">Stop<" in keeper.get(reverse("job", args=[of.pk])).content.decode()
               for of in (job, plain)]  # fmt: skip
    answers = [
        client.post(reverse("job_stop", args=[of.pk])).status_code
        for client, of in ((keeper, job), (keeper, plain), (one, job))
    ]

    assert offered == [False, True]
    assert answers == [404, 302, 302]


def test_a_kind_of_job_names_the_act_that_owns_it() -> None:
    with pytest.raises(ValueError, match="not in the permission table"):
        register_job_kind("tests.dance", lambda work: None, words="Dancing", act="dance")
