"""Ask for a correction of what is held: from the member's own page, to the desk."""

from __future__ import annotations

from datetime import datetime
from http import HTTPStatus
from typing import Final

from django.db import transaction

from members.models import CorrectionRequest, Member
from office.refusal import Refusal
from office.services.audit import record

MOST_WAITING: Final = 5


@transaction.atomic
def ask_correction(member_id: int, *, detail: str, wanted: str, why: str, now: datetime) -> int:
    """Keep what a member asks for until the desk settles it, and return its id.

    Nothing is changed by asking: whoever reads the mailbox is not proved to be the member.
    """
    Member.objects.select_for_update().get(pk=member_id)
    if detail not in CorrectionRequest.Detail.values or not wanted.strip():
        raise Refusal("correction.blank", "Say which detail is wrong, and what it should be.",
                      status=HTTPStatus.BAD_REQUEST)
    waiting = CorrectionRequest.objects.filter(
        member_id=member_id, state=CorrectionRequest.State.WAITING
    )
    if waiting.count() >= MOST_WAITING:
        raise Refusal(
            "correction.too-many",
            f"{MOST_WAITING} of your requests wait for the membership office. Ask again when "
            "they are answered.",
        )
    asked = CorrectionRequest.objects.create(
        member_id=member_id, detail=detail, wanted=wanted.strip(), why=why.strip(), asked_at=now
    )
    record("ask_correction", subject=("correction", str(asked.pk)), by=None, now=now,
           parameters={"member": member_id, "detail": detail})
    return asked.pk
