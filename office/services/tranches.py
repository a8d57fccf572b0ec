"""Letting out more of the letters that are being sent, and setting how fast they go."""

from __future__ import annotations

from datetime import datetime
from http import HTTPStatus

from django.db import transaction

from office.models import Dispatch, Job
from office.refusal import Refusal
from office.services.audit import record
from office.services.dispatches import release_letters


@transaction.atomic
def release_more(
    dispatch_id: int, *, tranches: int | None, by: int | None, now: datetime
) -> Job:
    """Release further tranches of a dispatch whose first is out.

    tranches: how many more; None releases all.

    What is not being sent is not released here: the voting codes wait for the opening of the
    poll, and what was paused is resumed first.
    """
    dispatch = Dispatch.objects.select_for_update().filter(pk=dispatch_id).first()
    if dispatch is not None and dispatch.state != Dispatch.State.SENDING:
        raise Refusal("letters.not-sending", "These letters are not being sent.")
    return release_letters(dispatch_id, tranches=tranches, by=by, now=now)


@transaction.atomic
def set_rate(
    dispatch_id: int, *, letters_a_minute: int | None, by: int | None, now: datetime
) -> None:
    """Set how many letters of a dispatch go out a minute at most; None: as fast as they are taken.

    A sender that is at work looks at it anew with each batch.
    """
    rows = Dispatch.objects.filter(pk=dispatch_id)
    if not rows.update(letters_a_minute=letters_a_minute):
        raise Refusal("letters.unknown", "There is no such dispatch of letters.",
                      status=HTTPStatus.NOT_FOUND)
    record("set_letter_rate", subject=("dispatch", str(dispatch_id)), by=by, now=now,
           parameters={"letters_a_minute": letters_a_minute})
