"""A further entry about an incident: what is known since, what was done, how many it kept away."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction

from ballot.models import Incident, IncidentEntry
from ballot.names import clean_text
from ballot.services.legible import legible
from ballot.services.open_incident import lock_book, require_writer, written
from office.refusal import Refusal
from office.services.audit import record


@transaction.atomic
def amend_incident(
    election_id: int,
    *,
    number: int,
    said: str,
    done: str,
    kept_from_voting: int | None,
    by: int,
    now: datetime,
) -> None:
    """Write a further entry. What was written before stands as it was."""
    election = lock_book(election_id)
    require_writer(election, by=by, now=now)
    incident = Incident.objects.filter(election=election, number=number).first()
    if incident is None:
        raise Refusal("incident.none", "There is no incident of this number.", status=404)
    add_entry(
        incident, said=written(said, "what is known since"),
        done=legible(clean_text, done, what="The text"), kept_from_voting=kept_from_voting,
        written_by_id=by, written_at=now,
    )
    record("amend_incident", subject=("incident", f"{election.pk}-{number}"), by=by, now=now)


def add_entry(incident: Incident, **values: Any) -> None:
    """The next entry of an incident, under the lock of the book."""
    number = IncidentEntry.objects.filter(incident=incident).count() + 1
    IncidentEntry.objects.create(incident=incident, number=number, **values)
