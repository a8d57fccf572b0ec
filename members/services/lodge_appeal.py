"""Lodge an appeal against a standing decision: by the member, or at the desk for them."""

from __future__ import annotations

from datetime import datetime
from http import HTTPStatus

from django.db import transaction

from members.models import Appeal, Decision
from office.refusal import Refusal
from office.services.audit import record
from office.times import hour_words


@transaction.atomic
def lodge_appeal(
    decision_id: int,
    *,
    grounds: str,
    by: int | None,
    now: datetime,
    member_id: int | None = None,
) -> int:
    """Lodge the one appeal that there is against a decision, and return its id.

    by:        who lodges it at the desk; None where the member does.
    member_id: the person whose page it comes from: a decision on anybody else is not there.
    """
    rows = Decision.objects.select_for_update().filter(pk=decision_id, decided_at__isnull=False)
    if member_id is not None:
        rows = rows.filter(member_id=member_id)
    decision = rows.first()
    if decision is None or decision.appeal_until is None:
        raise Refusal("appeal.none", "There is no decision here that could be appealed against.",
                      status=HTTPStatus.NOT_FOUND)
    if not grounds.strip():
        raise Refusal("appeal.no-grounds", "Say why the decision is wrong.",
                      status=HTTPStatus.BAD_REQUEST)
    if Appeal.objects.filter(decision=decision).exists():
        raise Refusal("appeal.twice", "An appeal against this decision has been lodged already.")
    if now >= decision.appeal_until:
        raise Refusal(
            "appeal.too-late",
            f"An appeal had to be lodged before {hour_words(decision.appeal_until)}. "
            "It cannot be lodged any more.",
        )
    appeal = Appeal.objects.create(
        decision=decision, grounds=grounds.strip(), lodged_by_id=by, lodged_at=now
    )
    record("lodge_appeal", subject=("appeal", str(appeal.pk)), by=by, now=now,
           parameters={"decision": decision.pk})
    return appeal.pk
