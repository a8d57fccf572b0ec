"""What Celery runs. A task only wakes a worker: the work is rows in PostgreSQL."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from office.services.approvals import expire_proposals
from office.services.jobs import sweep_jobs
from office.services.sending import send_at_once, settle_abandoned_letters
from office.services.working import work_job as work


@shared_task
def work_job(job_id: int) -> bool:
    """Work one job, if nobody else has it."""
    return work(job_id)


@shared_task
def sweep() -> None:
    """Wake what was forgotten, settle what was abandoned, close what has expired."""
    sweep_jobs()
    settle_abandoned_letters()
    expire_proposals(now=timezone.now())


@shared_task
def send_waiting_letters() -> int:
    """Send the letters that wait for no release."""
    return send_at_once()
