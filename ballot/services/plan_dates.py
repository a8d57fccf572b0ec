"""Setting the dates of the timetable, while the election is a draft."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from ballot.lifecycle import State
from ballot.models import Dated, PlannedDate
from ballot.services.moves import lock_election, require_state
from ballot.timetable import dates_of, require_order
from office.services.audit import record


@transaction.atomic
def plan_dates(
    election_id: int, *, dates: Mapping[str, datetime | None], by: int | None, now: datetime
) -> None:
    """Set, move or take off dates of the timetable; the notice then fixes them.

    dates: by the steps of Dated; None takes a date off. The others are the election's own
           (services/set_up.py).
    """
    election = lock_election(election_id)
    require_state(election, State.DRAFT)
    whole = {**dates_of(election), **{Dated(step).value: at for step, at in dates.items()}}
    require_order({step: at for step, at in whole.items() if at is not None})
    for step, at in dates.items():
        if at is None:
            PlannedDate.objects.filter(election=election, step=step).delete()
        else:
            PlannedDate.objects.update_or_create(election=election, step=step, defaults={"at": at})
    record("set_up_election", subject=("election", str(election.pk)), by=by, now=now)
