"""Settle a member's request for a correction: put it right, or refuse it with a reason."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import datetime
from http import HTTPStatus
from typing import Any, Final

from django.db import transaction

from members.models import Change, CorrectionRequest
from members.selectors.own_page import FIELDS_OF
from members.services.history import change_member
from office.refusal import Refusal
from office.services.audit import record
from office.services.letters import queue_letter

PURPOSE: Final = "members.correction_answer"
REFERENCE: Final = uuid.uuid5(uuid.NAMESPACE_URL, "hustings:correction-answers")


@transaction.atomic
def accept_correction(
    request_id: int, *, fields: Mapping[str, Any], answer: str, by: int, now: datetime
) -> Change | None:
    """Write the corrected details, and tell the member; return the record of the change.

    fields: columns of the detail that was asked about and no others, cleaned. The letter goes to
            the address that was on file before, because it may be a thief who asked.
    """
    asked = _waiting(request_id)
    if not set(fields) <= set(FIELDS_OF[asked.detail]):
        raise ValueError("a correction changes the detail that was asked about, and no other")
    change = None
    if FIELDS_OF[asked.detail]:
        change = change_member(
            asked.member_id, fields=dict(fields), source=Change.Source.REQUEST, by=by, now=now,
            reason=f"Request {asked.pk}.",
        )  # fmt: skip
        if change is None:
            raise Refusal(
                "correction.nothing-changes",
                "What you entered is what is held already. Change it, or refuse the request.",
            )
    elif not answer.strip():
        raise _no_answer()
    asked.change = change
    _settle(asked, CorrectionRequest.State.ACCEPTED, answer=answer, by=by, now=now)
    return change


@transaction.atomic
def refuse_correction(request_id: int, *, answer: str, by: int, now: datetime) -> None:
    """Refuse a request, with a reason that the member is sent."""
    asked = _waiting(request_id)
    if not answer.strip():
        raise _no_answer()
    _settle(asked, CorrectionRequest.State.REFUSED, answer=answer, by=by, now=now)


def _waiting(request_id: int) -> CorrectionRequest:
    asked = CorrectionRequest.objects.select_for_update().filter(pk=request_id).first()
    if asked is None:
        raise Refusal("correction.unknown", "There is no such request.",
                      status=HTTPStatus.NOT_FOUND)
    if asked.state != CorrectionRequest.State.WAITING:
        raise Refusal("correction.settled", "This request has been settled already.")
    return asked


def _settle(
    asked: CorrectionRequest, state: CorrectionRequest.State, *, answer: str, by: int,
    now: datetime,
) -> None:  # fmt: skip
    asked.state = state
    asked.answer = answer.strip()
    asked.settled_by_id = by
    asked.settled_at = now
    asked.save(update_fields=["state", "answer", "settled_by", "settled_at", "change"])
    queue_letter(PURPOSE, reference=REFERENCE, recipient=f"correction:{asked.pk}", attempt=1)
    record("settle_correction", subject=("correction", str(asked.pk)), by=by, now=now,
           parameters={"member": asked.member_id, "detail": asked.detail, "state": state.value})


def _no_answer() -> Refusal:
    return Refusal("correction.no-answer", "Say why, or what was done: the member is sent it.",
                   status=HTTPStatus.BAD_REQUEST)
