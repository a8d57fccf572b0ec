"""Settle a member's request for a correction: put it right, or refuse it with a reason."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from http import HTTPStatus
from typing import Any

from django.db import transaction

from members.models import Change, CorrectionRequest
from members.selectors.contacts import draft_waiting
from members.selectors.own_page import FIELDS_OF
from members.services.answer_correction import settle
from members.services.edit_contact import EDITABLE, request_contact_edit
from members.services.history import change_member, lock_register
from office.models import Approval
from office.refusal import Refusal


@transaction.atomic
def accept_correction(
    request_id: int, *, fields: Mapping[str, Any], answer: str, by: int, now: datetime
) -> Change | Approval | None:
    """Write the corrected details and tell the member, or propose it where it takes two people.

    fields: columns of the detail that was asked about and no others, cleaned.

    Contact details go the way of every correction of theirs, because it may be a thief who asked:
    a notice to the address of before, and after their freeze a second person. Returns the record
    of the change, or the proposal, or nothing where nothing in the list had to be changed.
    """
    # Before the request's own row, as whoever carries out a draft does.
    lock_register()
    asked = _waiting(request_id, now=now)
    if not set(fields) <= set(FIELDS_OF[asked.detail]):
        raise ValueError("a correction changes the detail that was asked about, and no other")
    if not FIELDS_OF[asked.detail]:
        if not answer.strip():
            raise _no_answer()
        settle(asked, CorrectionRequest.State.ACCEPTED, answer=answer, by=by, now=now)
        return None
    done = _change(asked, fields, by=by, now=now)
    if isinstance(done, Approval):
        asked.draft_id, asked.answer = done.parameters["draft"], answer.strip()
        asked.save(update_fields=["draft", "answer"])
    else:
        asked.change = done
        settle(asked, CorrectionRequest.State.ACCEPTED, answer=answer, by=by, now=now)
    return done


def _change(
    asked: CorrectionRequest, fields: Mapping[str, Any], *, by: int, now: datetime
) -> Change | Approval:
    if all(getattr(asked.member, name) == value for name, value in fields.items()):
        raise _nothing_changes()
    reason = f"Request {asked.pk}."
    if set(fields) <= set(EDITABLE):
        return request_contact_edit(
            asked.member_id, fields=fields, reason=reason, by=by, now=now,
            source=Change.Source.REQUEST,
        )  # fmt: skip
    change = change_member(
        asked.member_id, fields=dict(fields), source=Change.Source.REQUEST, by=by, now=now,
        reason=reason,
    )  # fmt: skip
    if change is None:
        raise _nothing_changes()
    return change


@transaction.atomic
def refuse_correction(request_id: int, *, answer: str, by: int, now: datetime) -> None:
    """Refuse a request, with a reason that the member is sent."""
    asked = _waiting(request_id, now=now)
    if not answer.strip():
        raise _no_answer()
    settle(asked, CorrectionRequest.State.REFUSED, answer=answer, by=by, now=now)


def _waiting(request_id: int, *, now: datetime) -> CorrectionRequest:
    asked = CorrectionRequest.objects.select_for_update().filter(pk=request_id).first()
    if asked is None:
        raise Refusal("correction.unknown", "There is no such request.",
                      status=HTTPStatus.NOT_FOUND)
    if asked.state != CorrectionRequest.State.WAITING:
        raise Refusal("correction.settled", "This request has been settled already.")
    if asked.draft_id and asked.draft_id == draft_waiting(asked.member_id, now=now):
        raise Refusal("correction.proposed", "This is proposed already, and waits for a second "
                      "officer. Refuse or withdraw the proposal first.")
    return asked


def _nothing_changes() -> Refusal:
    return Refusal("correction.nothing-changes", "What you entered is what is held already. "
                   "Change it, or refuse the request.")


def _no_answer() -> Refusal:
    return Refusal("correction.no-answer", "Say why, or what was done: the member is sent it.",
                   status=HTTPStatus.BAD_REQUEST)
