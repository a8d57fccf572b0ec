"""Say who changes members and why, and change one of them.

The record itself is written by the database (members.models.history), whatever changes a member;
what it cannot know is who acts. That is told here, for the rest of the transaction.
"""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import F

from members.models import Change, Member, Register
from members.rollfile import name_key
from members.services.contact_freeze import demand_contacts_open


def tell_history(
    source: Change.Source,
    *,
    by: int | None,
    now: datetime,
    seconded_by: int | None = None,
    batch_id: int | None = None,
    reason: str = "",
) -> None:
    """Attribute every change of members in the rest of this transaction."""
    told = {
        "source": source.value,
        "by": by,
        "seconded_by": seconded_by,
        "batch": batch_id,
        "reason": reason,
        "at": now.isoformat(),
    }
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('hustings.act', %s, true)", [json.dumps(told)])


def lock_register() -> Register:
    """Wait for whoever changes the membership list, and keep others from changing it."""
    return Register.objects.select_for_update().get()


def change_member(
    member_id: int,
    *,
    fields: dict[str, Any],
    source: Change.Source,
    by: int | None,
    now: datetime,
    seconded_by: int | None = None,
    reason: str = "",
) -> Change | None:
    """Change one member and return the record of it; None where nothing was different.

    fields: columns of Member and their new values, cleaned. Runs in the caller's transaction;
    the list's version grows, so that a preview made before is compared again. Once contact details
    are frozen, a change of theirs without a second person is refused.
    """
    lock_register()
    member = Member.objects.select_for_update().get(pk=member_id)
    changed = {name: value for name, value in fields.items() if getattr(member, name) != value}
    if not changed:
        return None
    if source != Change.Source.DESTRUCTION:
        demand_contacts_open(changed, seconded_by=seconded_by)
    for name, value in changed.items():
        setattr(member, name, value)
    member.name_key = name_key(member.family_name, member.given_name)
    tell_history(source, by=by, now=now, seconded_by=seconded_by, reason=reason)
    member.save(update_fields=[*changed, "name_key"])
    Register.objects.update(version=F("version") + 1)
    return Change.objects.filter(member_id=member_id).order_by("-id").first()
