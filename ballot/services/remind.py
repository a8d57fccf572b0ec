"""Reminders: by the clock, on the days of the notice, to those alone who have not voted.

A reminder carries no code: it says where a lost link is asked for anew. Nobody has one twice: each
reminder is one row, its letters have its number, and the database keeps both unique. Who votes
while a reminder is being sent is left out when their letter's turn comes (ballot.letters).

The limit of this: which letters a dispatch of reminders holds shows who had not voted at that hour
to whoever reads the database, as the marked register does. Pages name only those whose reminder is
held or came back, to officers, who may see the register too.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

from django.db import transaction

from ballot.lifecycle import State
from ballot.models import Election, Reminder
from ballot.selectors import roll_of
from ballot.services.moves import lock_election
from ballot.timetable import reminders_of, reminders_overtaken
from office.models import Dispatch
from office.services.audit import record
from office.services.dispatches import release_letters
from office.services.letters import prepare_dispatch, queue_letters_from

PURPOSE: Final = "reminder"

# Not the key of a mark: who votes a moment later is found when the letter is worded.
_NOT_VOTED = """
SELECT r.public_id::text FROM members_rollentry r
 WHERE r.roll_id = %s
   AND NOT EXISTS (SELECT FROM members_struckentry x WHERE x.entry_id = r.id)
   AND NOT EXISTS (SELECT FROM ballot_registermark m
                    WHERE m.election_id = %s AND m.roll_entry_id = r.id)
   AND coalesce((SELECT l.email FROM members_amendedentry l
                   JOIN members_amendment a ON a.id = l.amendment_id
                  WHERE l.entry_id = r.id ORDER BY a.number DESC LIMIT 1), r.email) <> ''
 ORDER BY r.id
"""


def reminder_due(election: Election, *, now: datetime) -> int | None:
    """The number of the reminder that is due and was not sent; None where none is.

    One whose hour a later opening has overtaken is never due.
    """
    if election.stage != State.POLLING or (election.closes_at and now >= election.closes_at):
        return None
    sent = set(election.reminders.values_list("number", flat=True))
    due = [
        (number, at) for number, at in enumerate(reminders_of(election), 1)
        if at <= now and number not in sent
    ]
    # The board is asked only where something would go out: this is looked at every few seconds.
    gone = reminders_overtaken(election) if due else []
    left = [number for number, at in due if at not in gone]
    # Where two are due at once, since the server was away, the electors are sent one letter.
    return left[-1] if left else None


@transaction.atomic
def send_due_reminder(election_id: int, *, now: datetime) -> int | None:
    """Queue the reminder that is due and let it out; return to how many. None: none is due."""
    election = lock_election(election_id)
    number = reminder_due(election, now=now)
    if number is None:
        return None
    roll = roll_of(election)
    dispatch = prepare_dispatch(PURPOSE, reference=roll.public_id)
    letters = queue_letters_from(
        dispatch.pk, _NOT_VOTED, [roll.pk, election.pk], attempt=number
    )
    _mark_sent(election, number, letters, now=now)
    # What an officer paused stays paused: they release it with the rest.
    if dispatch.state in (Dispatch.State.PREPARED, Dispatch.State.SENDING):
        release_letters(dispatch.pk, by=None, now=now)
    record("send_reminder", subject=("election", str(election.pk)), by=None, now=now,
           parameters={"number": number})
    return letters


def _mark_sent(election: Election, number: int, letters: int, *, now: datetime) -> None:
    """This reminder is sent, and none before it will be."""
    sent = set(election.reminders.values_list("number", flat=True))
    for earlier in range(1, number):
        if earlier not in sent:
            Reminder.objects.create(election=election, number=earlier, queued_at=now, letters=0)
    Reminder.objects.create(election=election, number=number, queued_at=now, letters=letters)
