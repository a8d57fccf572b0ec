"""Set the day on which a roll's names and addresses are destroyed. An act of two officers."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from http import HTTPStatus
from typing import Final

from django.db import transaction

from members.eligibility.rules import day_in_words
from members.models import Roll
from office.refusal import Refusal
from office.services.approvals import demand_two_officers
from office.services.audit import record

SOONEST: Final = timedelta(days=30)
LATEST: Final = timedelta(days=6 * 366)
"""No sooner than a challenge can be brought; no later than the longest limitation period."""


@transaction.atomic
def set_destruction_date(
    roll_id: int, *, destroy_on: date, by: int, seconded_by: int, now: datetime
) -> None:
    """Set the day, or move it. What is destroyed already has none any more."""
    demand_two_officers(by=by, seconded_by=seconded_by)
    roll = Roll.objects.select_for_update().filter(pk=roll_id).first()
    if roll is None:
        raise Refusal("roll.unknown", "There is no such roll.", status=HTTPStatus.NOT_FOUND)
    if hasattr(roll, "destruction"):
        raise Refusal("roll.destroyed", "This roll has been destroyed already.")
    refuse_day(destroy_on, now=now)
    roll.destroy_on = destroy_on
    roll.destroy_ordered_by_id = by
    roll.destroy_seconded_by_id = seconded_by
    roll.save(update_fields=["destroy_on", "destroy_ordered_by", "destroy_seconded_by"])
    record("set_destruction_date", subject=("roll", str(roll_id)), by=by, seconded_by=seconded_by,
           now=now, parameters={"destroy_on": destroy_on.isoformat()})


def refuse_day(destroy_on: date, *, now: datetime) -> None:
    """Refuse a day that is too soon for a challenge, or too late to be kept to."""
    soonest, latest = (now + SOONEST).date(), (now + LATEST).date()
    if not soonest <= destroy_on <= latest:
        raise Refusal(
            "roll.destruction-day",
            f"Choose a day from {day_in_words(soonest)} to {day_in_words(latest)}: not before a "
            "challenge can be brought, and within six years.",
            status=HTTPStatus.BAD_REQUEST,
        )
