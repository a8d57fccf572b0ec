"""Contact details in tests: a member's, corrected, frozen, and the notices that were sent."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils import timezone

from members import letters, services
from members.models import ContactFreeze, Member
from members.services.contact_notices import PURPOSE
from office.models import Letter, StaffMember
from office.purposes import Envelope, LetterToSend
from tests.members.factories import NOW
from tests.office.factories import officer

REASON = "Moved in with her sister."


def the_member() -> Member:
    return Member.objects.get(number="0000123")


def correct(by: StaffMember | None = None, **fields: str) -> None:
    services.edit_contact(
        the_member().pk, fields=fields, reason=REASON, by=(by or officer()).pk, now=NOW
    )


def frozen_since(moment: datetime | None = None) -> None:
    """A freeze that has passed, which no service would set."""
    ContactFreeze.objects.create(
        freezes_at=moment or timezone.now() - timedelta(minutes=1), set_by=officer(), set_at=NOW
    )


def recipients() -> list[str]:
    return list(Letter.objects.filter(purpose=PURPOSE).order_by("pk").values_list(
        "recipient", flat=True))  # fmt: skip


def sent() -> dict[str, Envelope]:
    """What the notices say, by recipient, rendered as a sender renders them."""
    rows = Letter.objects.filter(purpose=PURPOSE).select_related("dispatch")
    batch = [
        LetterToSend(row.pk, PURPOSE, row.dispatch.reference, row.recipient, row.attempt, None)
        for row in rows
    ]
    found = letters.contact_notices(batch)
    return {each.recipient.rpartition(":")[2]: found[each.letter_id] for each in batch}
