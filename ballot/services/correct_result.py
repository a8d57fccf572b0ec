"""Correcting a published result: a numbered version with its reason, by two officers.

What was declared stays on the board, and on the page beside what corrects it. The correction is
made anew from the opened papers and the reconciliation, not typed: nobody can correct a figure into
one that the papers do not give. What a mistake was of, and what is right, is said in words.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from ballot.destruction import require_not_ordered
from ballot.lifecycle import State
from ballot.models import Declaration
from ballot.selectors import contested
from ballot.services.as_published import (
    require_boxes_as_opened,
    require_paper_as_opened,
    require_withdrawals_as_told,
)
from ballot.services.board import append_entry
from ballot.services.counted_twice import Disagreement, count_twice, disagrees
from ballot.services.declared_content import declared_content, require_sums
from ballot.services.moves import lock_election, require_state
from ballot.services.publish_board import publish_at_once
from ballot.services.reasons import require_reason
from ballot.services.tell_of_changes import tell_of_correction
from office.services.approvals import demand_two_officers
from office.services.audit import record


@transaction.atomic
def correct_result(
    election_id: int, *, reason: str, by: int, seconded_by: int | None, now: datetime
) -> None:
    """Publish the next version of the declaration. The one before stays as it is.

    reason: what was wrong in what was published, what is right, and how it was found.
    """
    demand_two_officers(by=by, seconded_by=seconded_by)
    election = lock_election(election_id)
    require_state(election, State.DECLARED, State.ARCHIVED)
    require_not_ordered(election)
    polled = contested(election)
    if polled:
        require_paper_as_opened(election)
        require_withdrawals_as_told(election)
        require_boxes_as_opened(election)
    try:
        counts = {contest.pk: count_twice(contest) for contest in polled}
    except Disagreement as found:
        # The approval's transaction is undone with this, and whatever it kept.
        raise disagrees(found, "A recount would show it again") from None
    version = election.declarations.count() + 1
    content = declared_content(election, counts, version=version)
    require_sums(content)
    content |= {"reason": require_reason(reason)}
    Declaration.objects.create(
        election=election, version=version, declared_at=now, content=content
    )
    append_entry(election, kind="correction", content=content, now=now)
    publish_at_once(election.pk, now=now)
    letters = tell_of_correction(election)
    record("correct_result", subject=("election", str(election.pk)), by=by,
           seconded_by=seconded_by, now=now, parameters={"version": version, "letters": letters})
