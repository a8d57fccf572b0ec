"""What the helpdesk writes down beyond a new link: its look-ups' limit, notes and complaints."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from django.db import transaction

from ballot import limits
from ballot.lifecycle import HELPDESK_NOTES
from ballot.models import HelpdeskNote, IncidentKind
from ballot.services.moves import require_state
from ballot.services.open_incident import book_word_of_elector, lock_book
from ballot.services.record_dispute import dispute_if_cast
from office.selectors import audit_trail
from office.services.audit import record

ALARM: Final = "helpdesk_alarm"
_HOUR: Final = timedelta(hours=1)


def spend_look_up(*, by: int, now: datetime) -> None:
    """Count one more look-up of this person, or refuse it and leave an alarm in the audit trail.

    The alarm is raised once an hour and person: it is there to be read, not to fill the trail.
    """
    count = (limits.HELPDESK_BY_PERSON, str(by))
    if limits.is_spent(count, now=now):
        subject = ("person", str(by))
        last = audit_trail(act=ALARM, subject=subject)
        if not last or last[0].at <= now - _HOUR:
            record(ALARM, subject=subject, by=by, now=now,
                   parameters={"look_ups_an_hour": limits.HELPDESK_BY_PERSON.most})
        raise limits.too_often()
    limits.note(count, now=now)


@transaction.atomic
def note_at_helpdesk(
    election_id: int, *, kind: str, entry_id: int, by: int, now: datetime
) -> None:
    """Write down what an elector asked for or complains of.

    kind: of HelpdeskNote; or "not-me" or "did-not-vote", which go into the incidents book. Neither
    answers from the register: whoever may not see it would learn whether somebody voted. Where a
    ballot was cast, "not-me" disputes it as the elector's own link does, and says nothing of it.
    """
    election = lock_book(election_id)
    require_state(election, *HELPDESK_NOTES)
    if kind in HelpdeskNote.Kind.values:
        HelpdeskNote.objects.create(
            election=election, roll_entry_id=entry_id, kind=kind, taken_by_id=by, taken_at=now
        )
        record("note_at_helpdesk", subject=("election", str(election.pk)), by=by, now=now,
               parameters={"kind": kind})
        return
    if kind == IncidentKind.NOT_ME:
        dispute_if_cast(election, entry_id=entry_id, now=now)
    book_word_of_elector(
        election_id, kind=IncidentKind(kind), entry_id=entry_id, found_by="The helpdesk", by=by,
        now=now,
    )
