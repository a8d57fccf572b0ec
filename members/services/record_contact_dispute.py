"""“This was not me”: somebody who was sent a notice disputes the change it tells of.

It is written down and flagged for the officers, and undoes nothing: the one who writes may be
the one who diverts. Said twice, it stands once.
"""

from __future__ import annotations

from datetime import datetime
from http import HTTPStatus

from django.db import transaction

from members.models import Change, ContactDispute, ContactFlag
from office.refusal import Refusal
from office.services.audit import record


@transaction.atomic
def record_contact_dispute(change_id: int, *, now: datetime) -> None:
    """Write down that a change of contact details is disputed, and flag it."""
    change = Change.objects.filter(pk=change_id).first()
    if change is None:
        raise Refusal("contacts.no-change", "There is no such change.",
                      status=HTTPStatus.NOT_FOUND)
    _, made = ContactDispute.objects.get_or_create(change=change, defaults={"said_at": now})
    if not made:
        return
    ContactFlag.objects.create(
        kind=ContactFlag.Kind.DISPUTE,
        key=f"dispute:{change.pk}",
        people=1,
        by_id=change.by_id,
        batch_id=change.batch_id,
        change=change,
        found_at=now,
        seen_at=now,
    )
    record("record_contact_dispute", subject=("change", str(change.pk)), by=None, now=now)
