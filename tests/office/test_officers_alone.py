"""What one officer alone, or somebody who is none, cannot bring about by a side door."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from office.models import Job
from office.permissions import Role
from office.refusal import Refusal
from office.services.jobs import open_job, retry_job, stop_job
from office.services.staff import invite_staff
from tests.office.factories import sign_in, staff

pytestmark = pytest.mark.django_db


def _stopped(kind: str) -> Job:
    job = open_job(kind, subject=("election", "1"), by=None, now=timezone.now())
    stop_job(job.pk, by=None, now=timezone.now())
    return job


def test_an_officer_cannot_invite_a_second_officer_of_their_own() -> None:
    officer = staff(Role.RETURNING_OFFICER)

    for role in (Role.RETURNING_OFFICER, Role.DEPUTY):
        with pytest.raises(Refusal) as refused:
            invite_staff("me.too@example.org", "Me Too", role, by=officer.pk, now=timezone.now())
        assert refused.value.code == "staff.officers-are-appointed"

    invited = invite_staff(
        "look@example.org", "Ann Look", Role.OBSERVER, by=officer.pk, now=timezone.now()
    )
    assert invited.pk


def test_a_job_that_two_officers_ordered_is_not_started_again_by_one() -> None:
    job = _stopped("freeze_roll")
    other = _stopped("count")

    with pytest.raises(Refusal) as refused:
        retry_job(job.pk, by=staff(Role.RETURNING_OFFICER).pk, now=timezone.now())
    retry_job(other.pk, by=None, now=timezone.now())

    assert refused.value.code == "job.takes-two"
    assert Job.objects.get(pk=job.pk).state == Job.State.STOPPED
    assert Job.objects.get(pk=other.pk).state == Job.State.OPEN


@pytest.mark.parametrize("page", ["job_retry", "job_stop"])
def test_who_may_not_do_an_act_may_neither_start_nor_stop_its_job(page: str) -> None:
    job = _stopped("open_box")
    keeper = sign_in(Client(), staff(Role.MEMBERSHIP_ADMINISTRATOR))
    officer = sign_in(Client(), staff(Role.RETURNING_OFFICER))

    answers = [one.post(reverse(page, args=[job.pk])).status_code for one in (keeper, officer)]

    assert answers == [404, 302]
