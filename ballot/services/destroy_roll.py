"""Destroy the roll of an election that is over, once its day has come."""

from __future__ import annotations

from datetime import date, datetime
from typing import Final

from django.db import transaction
from django.db.models import Q

from ballot.lifecycle import State
from ballot.models import Election
from ballot.retention import is_past, kept_until
from ballot.times import day_words
from members.services import destroy_roll as destroy_entries
from members.services.history_off import without_triggers
from office.models import Approval
from office.refusal import Refusal

_GROUNDS: Final = "The grounds: "
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
    if election is not None:
        _require_kept_as_promised(election, now=now)
    rows: dict[str, int] = dict(destroy_entries(roll_id, now=now).rows)
    if election is not None:
        rows[Approval._meta.db_table] = _forget_grounds(election)
    return rows


def _require_kept_as_promised(election: Election, *, now: datetime) -> None:
    """Refuse while the notice keeps the roll: officers order a day, and not against the notice."""
    last = kept_until(election)
    if last is not None and not is_past(last, election, now=now):
        raise Refusal(
            "roll.kept-by-notice",
            f"The notice of “{election}” keeps its roll until {day_words(last)}, that day "
            "included. Move the day of destruction.",
        )


def require_day_after_keeping(
    subject_id: str, *, now: datetime, destroy_on: str, **given: object
) -> None:
    """Refuse to set a day on which the notice still keeps the roll: it would be refused then."""
    del now, given
    election = Election.objects.filter(roll_id=int(subject_id)).first()
    last = kept_until(election) if election is not None else None
    if last is not None and date.fromisoformat(destroy_on) <= last:
        raise Refusal(
            "roll.kept-by-notice",
            f"The notice of “{election}” keeps its roll until {day_words(last)}, that day "
            "included. Choose a later day.",
        )


def _forget_grounds(election: Election) -> int:
    """Take the grounds of amendments out of the proposals too: officers' words may name people."""
    of_one = Q(act="amend_roll", subject_id__startswith=f"{election.pk}-")
    of_many = Q(act="amend_roll_in_bulk", subject_id=str(election.pk))
    told = list(Approval.objects.filter(of_one | of_many, sentence__contains=_GROUNDS))
    with without_triggers(Approval):
        for row in told:
            row.sentence = f"{row.sentence.split(_GROUNDS)[0]}The grounds went with the roll."
            row.parameters.pop("grounds", None)
            row.save(update_fields=["sentence", "parameters"])
    return len(told)
