"""A body nominates: once in a contest, amended until the deadline, and nothing of it forgotten."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from ballot.models import Candidate, Contest, NominatingBody, Nomination
from ballot.nominations import are_taken
from ballot.selectors import standing
from ballot.services.moves import lock_election
from office.refusal import Refusal
from office.services.audit import record


@transaction.atomic
def nominate(
    body_id: int, *, contest_id: int, candidate_id: int | None, by: int | None, now: datetime
) -> bool:
    """Take a body's nomination in a contest in place of the one before; tell whether it differs.

    candidate_id: whom it nominates; None: nobody, or nobody any more.
    by:           the officer who types what came on paper; None: the body's own link.
    """
    body = NominatingBody.objects.get(pk=body_id)
    election = lock_election(body.election_id)
    if not are_taken(election, now=now):
        raise nominations_closed()
    contest = Contest.objects.filter(pk=contest_id, election=election).first()
    if contest is None:
        raise Refusal("contest.none", "There is no contest at this address.", status=404)
    _require_stands(contest, candidate_id)
    before = Nomination.objects.filter(body=body, contest=contest).order_by("-number").first()
    if (before.candidate_id if before else None) == candidate_id:
        return False
    made = Nomination.objects.create(
        body=body, contest=contest, candidate_id=candidate_id, made_at=now, taken_by_id=by,
        number=before.number + 1 if before else 1,
    )
    record("take_nominations", subject=("nomination", str(made.pk)), by=by, now=now)
    return True


def _require_stands(contest: Contest, candidate_id: int | None) -> None:
    people = {one.pk for one in standing(contest) if not one.is_reopen_nominations}
    if candidate_id is not None and candidate_id not in people:
        name = Candidate.objects.filter(pk=candidate_id).values_list("name", flat=True).first()
        raise Refusal("nomination.not-standing", f"{name or 'This person'} does not stand in "
                      f"{contest}, or not any more. Load the page again to see who does.")


def nominations_closed() -> Refusal:
    """What is said to whoever comes too early or too late."""
    return Refusal("nomination.closed", "Nominations are not open. Nothing was changed.",
                   status=409)
