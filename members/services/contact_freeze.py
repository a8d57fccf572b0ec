"""When contact details freeze, and the refusal of a lone hand thereafter.

The database's clock decides, under the lock of the membership list: whoever sets or moves the
hour takes the same lock, so that no change slips between the look and the writing.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from http import HTTPStatus

from django.db import transaction

from members import selectors
from members.models import ContactFreeze, Register
from members.models.contacts import CONTACT_COLUMNS
from office.refusal import Refusal
from office.services.approvals import demand_two_officers
from office.services.audit import record
from office.times import hour_words

SUBJECT = ("contact_freeze", "1")


@transaction.atomic
def set_contact_freeze(at: datetime, *, by: int, now: datetime) -> None:
    """Set the hour, or bring it forward: one officer, while it is still to come."""
    Register.objects.select_for_update().get()
    standing = selectors.contacts.freeze()
    if selectors.contacts.is_in_the_past(at):
        raise Refusal("contacts.freeze-past", "That hour has passed. Give one that is to come.",
                      status=HTTPStatus.BAD_REQUEST)
    if standing is not None and at > standing.freezes_at:
        raise Refusal("contacts.freeze-takes-two", "To move the freeze to a later hour takes two "
                      "officers: propose it, and another officer decides.")
    _write(at, reason="", by=by, seconded_by=None, now=now)


@transaction.atomic
def move_contact_freeze(
    subject_id: str, *, by: int, seconded_by: int, now: datetime, at: str, reason: str
) -> None:
    """Move the freeze to a later hour, as two officers decided; a freeze in force ends with it."""
    demand_two_officers(by=by, seconded_by=seconded_by)
    Register.objects.select_for_update().get()
    moved = datetime.fromisoformat(at)
    if selectors.contacts.is_in_the_past(moved):
        raise Refusal("contacts.freeze-past", "That hour has passed. Give one that is to come.",
                      status=HTTPStatus.BAD_REQUEST)
    _write(moved, reason=reason, by=by, seconded_by=seconded_by, now=now)


def describe_move(subject_id: str, *, at: str, reason: str) -> str:
    standing = selectors.contacts.freeze()
    before = f", and not on {hour_words(standing.freezes_at)}" if standing else ""
    return (f"Contact details freeze on {hour_words(datetime.fromisoformat(at))}{before}. Until "
            f"then one person may change them. Reason: {reason}")


def demand_contacts_open(
    columns: Iterable[str] = CONTACT_COLUMNS, *, seconded_by: int | None
) -> None:
    """Refuse a change of these columns by one person alone once contact details are frozen.

    Call it with the membership list locked.
    """
    if seconded_by is None and set(columns) & set(CONTACT_COLUMNS) and (
        selectors.contacts.is_frozen()
    ):
        raise Refusal("contacts.frozen", "Contact details are frozen: a change now takes two "
                      "people. Propose it, and an officer decides.")


def _write(
    at: datetime, *, reason: str, by: int, seconded_by: int | None, now: datetime
) -> None:
    ContactFreeze.objects.create(
        freezes_at=at, reason=reason, set_by_id=by, seconded_by_id=seconded_by, set_at=now
    )
    record("set_contact_freeze", subject=SUBJECT, by=by, seconded_by=seconded_by, now=now,
           parameters={"at": at.isoformat()})
