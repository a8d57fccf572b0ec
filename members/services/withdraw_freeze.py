"""Withdraw a freeze, so that the roll can be frozen again as its next version."""

from __future__ import annotations

from datetime import datetime
from http import HTTPStatus

from django.db import transaction

from members.models import Roll
from office.refusal import Refusal
from office.services.approvals import demand_two_officers
from office.services.audit import record


@transaction.atomic
def withdraw_freeze(
    roll_id: int, *, by: int, seconded_by: int, now: datetime, reason: str
) -> None:
    """Withdraw a frozen roll. Its entries and verdicts stay, so that it can be explained.

    Whether the election still allows it is for the caller to say: this knows rolls only.
    """
    demand_two_officers(by=by, seconded_by=seconded_by)
    reason = reason.strip()
    if not reason:
        raise Refusal("roll.no-reason", "Say in a sentence why the freeze is withdrawn.",
                      status=HTTPStatus.BAD_REQUEST)
    frozen = Roll.objects.filter(pk=roll_id, state=Roll.State.FROZEN)
    if not frozen.update(
        state=Roll.State.WITHDRAWN,
        withdrawn_by=by,
        withdrawn_at=now,
        withdrawn_because=reason,
    ):
        raise Refusal("roll.not-frozen", "There is no such roll, or it is withdrawn already.")
    record("withdraw_freeze", subject=("roll", str(roll_id)), by=by, seconded_by=seconded_by,
           now=now)
