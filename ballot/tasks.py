"""What Celery wakes: each call is safe to be lost, late or doubled."""

from __future__ import annotations

from celery import shared_task
from django.conf import settings
from django.utils import timezone

from ballot.services.ask_witnesses import LONGEST_S, ask_named
from ballot.services.codes import destroy_codes_left
from ballot.services.tend_polls import tend_boards, tend_polls, tend_reminders


@shared_task(name="ballot.tasks.tend_polls", queue="board", ignore_result=True)
def tend() -> None:
    """Called by the beat."""
    tend_polls()
    tend_reminders(now=timezone.now())
    destroy_codes_left(now=timezone.now())
    tend_boards(now=timezone.now())
    for witness in settings.WITNESSES:
        if witness.url:
            ask.apply_async((witness.name,), expires=10)


@shared_task(
    name="ballot.tasks.ask_witness", queue="board", ignore_result=True,
    soft_time_limit=LONGEST_S, time_limit=LONGEST_S + 10,
)  # fmt: skip
def ask(name: str) -> None:
    """Ask one witness. One that answers a byte at a time is cut off by the time limit."""
    ask_named(name, now=timezone.now())
