"""Ordering the destruction of sealed ballots, by two officers; the tables' owner carries it out."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from ballot.destruction import require_destructible
from ballot.models import BallotDestruction
from ballot.retention import kept_until
from ballot.services.moves import lock_election
from office.services.approvals import demand_two_officers
from office.services.audit import record


@transaction.atomic
def order_destruction(
    election_id: int, *, by: int, seconded_by: int | None, now: datetime
) -> None:
    """Order it. `manage.py destroy_due`, which runs every day, does it (services/destroy_ballots).

    Neither the web nor a worker may delete what is kept; so the order is theirs, and no more.
    """
    demand_two_officers(by=by, seconded_by=seconded_by)
    election = lock_election(election_id)
    require_destructible(election, now=now)
    last_day = kept_until(election)
    assert last_day is not None, "What may be destroyed was kept until a day."
    assert seconded_by is not None, "Two officers were demanded above."
    BallotDestruction.objects.create(
        election=election, kept_until=last_day, ordered_by_id=by,
        seconded_by_id=seconded_by, ordered_at=now,
    )  # fmt: skip
    record("destroy_ballots", subject=("election", str(election.pk)), by=by,
           seconded_by=seconded_by, now=now)
