"""What the beat and the broker run, by the names that the settings and the services use."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from celery import current_app
from celery.contrib.testing.worker import start_worker
from django.conf import settings
from django.utils import timezone

from office import tasks
from office.models import Approval, Job, Letter
from office.services.approvals import LASTS, propose_act
from office.services.jobs import open_job
from office.services.letters import queue_letter
from tests.office.factories import NOW, officer

ELECTION = UUID("0190a5d3-0000-7000-8000-000000000007")


def test_every_scheduled_task_exists() -> None:
    names = {entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()}

    assert {"office.tasks.sweep", "office.tasks.send_waiting_letters"} <= names
    current_app.loader.import_default_modules()
    assert {*names, "office.tasks.work_job"} <= set(current_app.tasks)


@pytest.mark.django_db(transaction=True)
def test_the_sweep_wakes_settles_and_expires(
    monkeypatch: pytest.MonkeyPatch,
    register_kind: Callable[[str, Any], None],
    carried_out: list[Any],
    purpose: str,
) -> None:
    woken: list[int] = []
    monkeypatch.setattr(
        "office.services.jobs.current_app.send_task",
        lambda name, args, **options: woken.extend(args),
    )
    register_kind("tests.work", lambda work: None)
    job = open_job("tests.work", subject=("election", "7"), by=None, now=NOW)
    Job.objects.update(woken_at=timezone.now() - timedelta(hours=1))
    queue_letter(purpose, reference=ELECTION, recipient="e-1")
    Letter.objects.update(
        state="claimed", claim=1, claimed_at=timezone.now() - timedelta(hours=1), handing_over=True
    )
    propose_act(
        "freeze_roll", subject=("election", "7"), by=officer().pk,
        now=timezone.now() - LASTS - timedelta(hours=1),
    )
    woken.clear()

    tasks.sweep()

    assert woken == [job.pk]
    assert Letter.objects.get().state == "held"
    assert Approval.objects.get().state == "expired"


@pytest.mark.django_db(transaction=True)
def test_a_job_opened_in_a_request_is_worked_by_a_real_worker_over_a_real_broker(
    register_kind: Callable[[str, Any], None],
) -> None:
    done = threading.Event()
    register_kind("tests.work", lambda work: done.set())

    with start_worker(
        current_app, perform_ping_check=False, queues=list(settings.QUEUES), pool="solo"
    ):
        job = open_job("tests.work", subject=("election", "7"), by=None, now=NOW)
        assert done.wait(timeout=30)

    job.refresh_from_db()
    assert job.state == "done"
