"""The returning officer judges whether incidents could have changed the result, and says why.

It is judged when the count is there, so that the number kept from voting stands against the closest
gap of the count; and before the declaration, which waits for it and publishes it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from ballot.lifecycle import State
from ballot.models import Incident
from ballot.services.amend_incident import add_entry
from ballot.services.moves import require_state
from ballot.services.open_incident import lock_book, written
from office.refusal import Refusal
from office.services.audit import record


@transaction.atomic
def judge_incidents(
    election_id: int,
    *,
    numbers: Sequence[int],
    is_material: bool,
    grounds: str,
    by: int,
    now: datetime,
) -> None:
    """Judge incidents in the same words. Judged again, the last judgement stands.

    numbers: of incidents in the election's book; all of them, or nothing is judged.
    """
    election = lock_book(election_id)
    require_state(election, State.COUNTED)
    found = list(Incident.objects.filter(election=election, number__in=numbers))
    if not found or len(found) != len(set(numbers)):
        raise Refusal("incident.none", "There is no incident of this number.", status=404)
    for incident in found:
        add_entry(
            incident, said=written(grounds, "the grounds"), is_material=is_material,
            written_by_id=by, written_at=now,
        )
        record("judge_incidents", subject=("incident", f"{election.pk}-{incident.number}"), by=by,
               now=now, parameters={"is_material": is_material})
