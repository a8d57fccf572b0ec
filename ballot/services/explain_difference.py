"""Explaining a difference that the verification found, in writing, by two officers."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from ballot.differences import Difference, differences
from ballot.lifecycle import State
from ballot.models import Election, Explanation
from ballot.services.moves import lock_election, require_state
from ballot.services.reasons import require_reason
from office.refusal import Refusal
from office.services.approvals import demand_two_officers
from office.services.audit import record


@transaction.atomic
def explain_difference(
    election_id: int,
    *,
    difference: str,
    section: str,
    number: int,
    explanation: str,
    by: int,
    seconded_by: int | None,
    now: datetime,
) -> None:
    """Write down what two officers found; it stands on the board in the reconciliation.

    number: of how many. Where there are more or fewer since, the explanation is refused.
    """
    demand_two_officers(by=by, seconded_by=seconded_by)
    election = lock_election(election_id)
    require_state(election, State.CLOSED)
    found = difference_of(election, difference, section)
    if found.number != number:
        raise Refusal(
            "difference.another-number",
            f"There are now {found.number}, and the explanation is of {number}. Propose it anew.",
        )
    Explanation.objects.create(
        election=election, difference=difference, section=section, number=number,
        explanation=require_reason(explanation), decided_at=now,
    )  # fmt: skip
    record("explain_difference", subject=("election", str(election.pk)), by=by,
           seconded_by=seconded_by, now=now, parameters={"difference": difference})


def difference_of(election: Election, code: str, section: str) -> Difference:
    """A difference as it stands now, or a refusal that there is none."""
    for one in differences(election):
        if (one.code, one.section) == (code, section):
            return one
    raise Refusal("difference.none", "The verification finds no such difference.", status=404)
