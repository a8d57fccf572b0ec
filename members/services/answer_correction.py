"""Close a member's request for a correction, and queue the letter that says how it ended.

A part of two acts: settling a request at once, and carrying out the draft of one that took two
people (services.settle_correction, services.edit_contact).
"""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Final

from members.models import Change, ContactDraft, CorrectionRequest
from office.services.audit import record
from office.services.letters import queue_letter

PURPOSE: Final = "members.correction_answer"
REFERENCE: Final = uuid.uuid5(uuid.NAMESPACE_URL, "hustings:correction-answers")


def settle(
    asked: CorrectionRequest, state: CorrectionRequest.State, *, answer: str, by: int,
    now: datetime, seconded_by: int | None = None,
) -> None:  # fmt: skip
    """Close the request in this transaction. The letter goes to the address of before."""
    asked.state = state
    asked.answer = answer.strip()
    asked.settled_by_id = by
    asked.settled_at = now
    asked.save(update_fields=["state", "answer", "settled_by", "settled_at", "change"])
    queue_letter(PURPOSE, reference=REFERENCE, recipient=f"correction:{asked.pk}", attempt=1)
    record("settle_correction", subject=("correction", str(asked.pk)), by=by, now=now,
           seconded_by=seconded_by,
           parameters={"member": asked.member_id, "detail": asked.detail, "state": state.value})


def accept_drafted(
    draft: ContactDraft, change: Change, *, by: int, seconded_by: int, now: datetime
) -> None:
    """Close the request, if there is one, that a carried-out draft came from."""
    asked = (
        CorrectionRequest.objects.select_for_update()
        .filter(draft=draft, state=CorrectionRequest.State.WAITING)
        .first()
    )
    if asked is not None:
        asked.change = change
        settle(asked, CorrectionRequest.State.ACCEPTED, answer=asked.answer, by=by,
               seconded_by=seconded_by, now=now)  # fmt: skip
