"""Publishing the statement of persons nominated; reopening nominations where nobody is left."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from ballot.checklist import require_ready
from ballot.lifecycle import State
from ballot.mapping.notice import contest_content
from ballot.models import Contest, Election
from ballot.nominations import has_ended
from ballot.selectors import standing
from ballot.services.board import append_entry
from ballot.services.moves import lock_election, move, require_state
from ballot.services.nomination_statement import append_papers
from office.services.audit import record


@transaction.atomic
def publish_candidates(election_id: int, *, by: int | None, now: datetime) -> None:
    """Close nominations and publish who stands, contest by contest."""
    election = lock_election(election_id)
    require_ready(election, "publish_candidates", now=now)
    move(election, State.NOMINATED)
    settle_unopposed(election)
    append_papers(election, now=now)
    append_statement(election, kind="candidates", now=now)
    record("publish_candidates", subject=("election", str(election.pk)), by=by, now=now)


@transaction.atomic
def reopen_nominations(election_id: int, *, by: int | None, now: datetime) -> None:
    """Take nominations again, before the roll is frozen; or go on with them past their hour.

    The second, for else one contest that nobody may stand in holds up all the others for good.
    """
    election = lock_election(election_id)
    require_reopenable(election, now=now)
    if election.stage == State.NOMINATED:
        move(election, State.NOMINATING)
    Contest.objects.filter(election=election).update(unopposed=False)
    # The notice's hour has passed: nominations are taken until who stands is published anew.
    Election.objects.filter(pk=election.pk).update(nominations_close_at=None)
    append_entry(election, kind="nominations-reopened", content={}, now=now)
    record("publish_candidates", subject=("election", str(election.pk)), by=by, now=now)


def require_reopenable(election: Election, *, now: datetime) -> None:
    """Refuse while nominations are taken anyway, and in a draft: it has no notice yet."""
    if not has_ended(election, now=now):
        require_state(election, State.NOMINATED)


def settle_unopposed(election: Election) -> None:
    """Mark each contest with one candidate left, and no RON on its paper, as unopposed."""
    for contest in election.contests.all():
        candidates = standing(contest)
        unopposed = len(candidates) == 1 and not contest.reopen_nominations
        if unopposed != contest.unopposed:
            Contest.objects.filter(pk=contest.pk).update(unopposed=unopposed)


def append_statement(election: Election, *, kind: str, now: datetime) -> None:
    """Put on the board who stands, in the order in which they will be named."""
    contests = election.contests.order_by("position")
    append_entry(
        election,
        kind=kind,
        content={"contests": [contest_content(one, standing(one)) for one in contests]},
        now=now,
    )
