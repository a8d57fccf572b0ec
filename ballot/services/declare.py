"""Declaring the result: as counted, by two officers, and published at once."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from ballot.checklist import require_ready
from ballot.lifecycle import State
from ballot.models import Count, Declaration, Election
from ballot.services.as_published import (
    require_counts_as_published,
    require_paper_as_opened,
    require_withdrawals_as_told,
)
from ballot.services.board import append_entry
from ballot.services.codes import stop_codes
from ballot.services.declared_content import declared_content, require_sums
from ballot.services.moves import lock_election, move, require_state
from ballot.services.open_incident import keep_book
from ballot.services.publish_board import publish_at_once
from ballot.services.publish_incidents import publish_incidents
from office.refusal import Refusal
from office.services.approvals import demand_two_officers
from office.services.audit import record


@transaction.atomic
def declare(election_id: int, *, by: int, seconded_by: int | None, now: datetime) -> None:
    """Declare every contest of the election: those counted, and those unopposed."""
    demand_two_officers(by=by, seconded_by=seconded_by)
    election = lock_election(election_id)
    # What the checklist finds judged is what is published.
    keep_book(election_id)
    if election.contests.filter(unopposed=False).exists():
        require_ready(election, "declare", now=now)
        require_counts_as_published(election)
        require_paper_as_opened(election)
        require_withdrawals_as_told(election)
    else:
        require_state(election, State.NOMINATED, State.FROZEN)
        if not election.contests.exists():
            raise Refusal("declare.nothing", "There is no contest to declare.")
        # There is no poll to vote in: codes that were made for one go out to nobody.
        stop_codes(election, by=by, now=now)
    content = declared_content(election, _counts(election), version=1)
    require_sums(content)
    move(election, State.DECLARED)
    Declaration.objects.create(election=election, declared_at=now, content=content)
    publish_incidents(election, now=now)
    append_entry(election, kind="declaration", content=content, now=now)
    publish_at_once(election.pk, now=now)
    record("declare", subject=("election", str(election.pk)), by=by, seconded_by=seconded_by,
           now=now)


def _counts(election: Election) -> dict[int, tuple[dict[str, object], str]]:
    counts = Count.objects.filter(contest__election=election)
    return {count.contest_id: (count.sheet, count.second_count) for count in counts}
