"""Say what was found of a flag, so that the next officer need not look again."""

from __future__ import annotations

from datetime import datetime
from http import HTTPStatus

from django.db import transaction

from members.models import ContactFlag
from members.selectors.flag_hands import has_a_hand_in
from office.refusal import Refusal
from office.services.audit import record


@transaction.atomic
def look_at_flag(flag_id: int, *, note: str, by: int, now: datetime) -> None:
    """Close a flag with a note. Nobody closes one about changes that they had a hand in."""
    flag = ContactFlag.objects.select_for_update().filter(pk=flag_id).first()
    if flag is None or flag.state != ContactFlag.State.OPEN:
        raise Refusal("flag.not-open", "There is no such flag, or it has been looked at.")
    if has_a_hand_in(flag, by):
        raise Refusal("flag.own-changes", "This flag is about changes that you made, approved or "
                      "sent in: another officer must look at it.", status=HTTPStatus.FORBIDDEN)
    if not note.strip():
        raise Refusal("flag.no-note", "Say in a sentence what was found.",
                      status=HTTPStatus.BAD_REQUEST)
    flag.state = ContactFlag.State.LOOKED_AT
    flag.looked_by_id = by
    flag.looked_at = now
    flag.note = note.strip()
    flag.save(update_fields=["state", "looked_by", "looked_at", "note"])
    record("look_at_flag", subject=("contact_flag", str(flag.pk)), by=by, now=now,
           parameters={"kind": flag.kind})
