"""What Celery wakes: each call is safe to be lost, late or doubled."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from ballot.services.tend_polls import tend_boards, tend_polls


@shared_task(name="ballot.tasks.tend_polls", queue="board", ignore_result=True)
def tend() -> None:
    """Called by the beat."""
    tend_polls()
    tend_boards(now=timezone.now())
