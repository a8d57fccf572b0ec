"""Who carries out an amendment of a frozen roll, as the decisions' pages offer it.

A roll is amended within a contest, and the membership list knows of none. The app that conducts
contests says at start what it offers; where no contest has the roll, nothing is offered.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from members.selectors.amendments_due import AmendmentDue
from office.models import Approval


@dataclass(frozen=True, slots=True)
class Offer:
    """Where a button proposes the amendment; or the proposal, once it waits."""

    path: str
    approval: Approval | None


Amender = Callable[[int, int, AmendmentDue, datetime], Offer | None]
_amenders: list[Amender] = []


def register_amender(amender: Amender) -> None:
    """Say who offers the amendment of a roll: (roll, decision, what is due, now). Once, at start.

    It answers None of a roll that is not its own, or that can no longer be amended.
    """
    _amenders.append(amender)


def offer_of(
    roll_id: int, decision_id: int, due: AmendmentDue, *, now: datetime
) -> Offer | None:
    offers = (amender(roll_id, decision_id, due, now) for amender in _amenders)
    return next((offer for offer in offers if offer is not None), None)
