"""What the clock does for elections: cast ballots go on the board, the board is signed, notices of
casts and reminders go out, the turnout that everybody is shown is taken, and the sheet of the day.
"""

from __future__ import annotations

import logging
from datetime import datetime

from django.utils import timezone

from ballot.lifecycle import State
from ballot.models import Election
from ballot.services.board import append_new_ballots
from ballot.services.notify_casts import notify_new_casts
from ballot.services.publish_board import publish_due
from ballot.services.remind import reminder_due, send_due_reminder
from ballot.services.take_daily_sheet import take_due_sheet
from ballot.services.take_snapshot import take_due_snapshot
from office.refusal import Refusal

TENDED = (State.POLLING, State.SUSPENDED, State.CLOSED)

_log = logging.getLogger(__name__)


def tend_polls() -> int:
    """Tend every poll; return how many ballots went on the board. Run as often as one likes."""
    appended = 0
    for election in Election.objects.filter(state__in=[state.value for state in TENDED]):
        notify_new_casts(election)
        take_due_snapshot(election, now=timezone.now())
        take_due_sheet(election, now=timezone.now())
        if election.stage != State.CLOSED:
            appended += append_new_ballots(election)
    return appended


def tend_reminders(*, now: datetime) -> int:
    """Send what reminders are due; return to how many electors."""
    sent = 0
    for election in Election.objects.filter(state=State.POLLING.value):
        if reminder_due(election, now=now) is not None:
            sent += send_due_reminder(election.pk, now=now) or 0
    return sent


def tend_boards(*, now: datetime) -> int:
    """Publish what is new on any board; return how many boards had news.

    A board that cannot be signed keeps no other from it: why it cannot stands in the log.
    """
    grown = 0
    for election in Election.objects.exclude(state=State.DRAFT.value):
        try:
            grown += publish_due(election, now=now) is not None
        except Refusal as refusal:
            _log.error("the board of election %s: %s", election.pk, refusal.sentence)
    return grown
