"""Destroy the roll of an election that is over, once its day has come."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from django.db import transaction

from ballot.lifecycle import State
from ballot.models import Election
from members.services import destroy_roll as destroy_entries
from office.refusal import Refusal

OVER: Final = frozenset({State.DECLARED, State.ARCHIVED, State.VOID})


@transaction.atomic
def destroy_roll(roll_id: int, *, now: datetime) -> dict[str, int]:
    """Destroy a roll's personal data; returns how many rows of each table.

    A roll that an election still needs is kept, whatever its day: the refusal says which.
    """
    election = Election.objects.select_for_update().filter(roll_id=roll_id).first()
    if election is not None and election.stage not in OVER:
        raise Refusal(
            "roll.election-not-over",
            f"“{election}” is {election.stage.value}: its roll is needed until the result is "
            "declared. Move the day of destruction.",
        )
    rows: dict[str, int] = destroy_entries(roll_id, now=now).rows
    return rows
