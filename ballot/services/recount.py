"""Recounts before the declaration: asked for on grounds, granted or refused, made from the papers.

A recount takes the opened papers as they stand on the board and counts them twice anew. It cannot
come out otherwise unless the database was changed or a program counts wrongly: either stops it.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from ballot.lifecycle import State
from ballot.mapping.counts import recount_content
from ballot.models import Contest, Count, CountsDiffer, Recount
from ballot.recounts import demanded, stopped
from ballot.services.as_published import (
    require_boxes_as_opened,
    require_counts_as_published,
    require_paper_as_opened,
    require_withdrawals_as_told,
)
from ballot.services.board import append_entry, salted
from ballot.services.counted_twice import Disagreement, count_twice, keep_disagreement
from ballot.services.moves import lock_election, require_state
from ballot.services.reasons import require_reason
from office.refusal import Refusal
from office.services.audit import record

BY_RULE = "The lead at the last stage is smaller than the notice allows without a recount."


@transaction.atomic
def ask_recount(contest_id: int, *, grounds: str, by: int, now: datetime) -> int:
    """Ask for a recount of a contest before the declaration; return its number.

    Each person asks once of a contest, so that nobody holds up the declaration by asking again.
    """
    contest = Contest.objects.get(pk=contest_id)
    election = lock_election(contest.election_id)
    require_state(election, State.COUNTED)
    if not election.recount_on_request:
        raise Refusal("recount.not-on-request", "The notice grants no recount on request.")
    if contest.recounts.filter(asked_by=by).exists():
        raise Refusal("recount.asked", "You have asked for a recount of this contest already.")
    asked = Recount.objects.create(
        contest=contest, asked_by_id=by, grounds=require_reason(grounds), asked_at=now
    )
    record("ask_recount", subject=("contest", str(contest_id)), by=by, now=now)
    return asked.pk


def decide_recount(
    recount_id: int, *, granted: bool, reason: str, by: int, now: datetime
) -> None:
    """Grant a recount and make it at once, or refuse it; the reason is published."""
    asked = Recount.objects.select_related("contest").get(pk=recount_id)
    _decide(asked, granted=granted, reason=require_reason(reason), by=by, now=now)


def recount_by_rule(contest_id: int, *, by: int, now: datetime) -> None:
    """Make the recount that the notice demands of a contest."""
    contest = Contest.objects.select_related("election").get(pk=contest_id)
    if contest not in demanded(contest.election):
        raise Refusal("recount.not-demanded", "The notice demands no recount of this contest.")
    asked = Recount(contest=contest, grounds=BY_RULE, asked_at=now)
    _decide(asked, granted=True, reason=BY_RULE, by=by, now=now)


def _decide(asked: Recount, *, granted: bool, reason: str, by: int, now: datetime) -> None:
    try:
        _decide_and_count(asked, granted=granted, reason=reason, by=by, now=now)
    except Disagreement as found:
        # Kept once the recount's own transaction is undone.
        raise keep_disagreement(found, by=CountsDiffer.FoundBy.RECOUNT, now=now) from None


@transaction.atomic
def _decide_and_count(
    asked: Recount, *, granted: bool, reason: str, by: int, now: datetime
) -> None:
    election = lock_election(asked.contest.election_id)
    require_state(election, State.COUNTED)
    if asked.pk and Recount.objects.filter(pk=asked.pk, granted__isnull=False).exists():
        raise Refusal("recount.decided", "This recount is decided already.")
    if not granted and asked.contest in stopped(election):
        raise Refusal(
            "recount.counts-differ",
            "Two counts of this contest differ. Grant the recount once the program that is wrong "
            "is mended: nothing can be declared before a recount agrees.",
        )
    if granted:
        require_paper_as_opened(election)
        require_withdrawals_as_told(election)
        require_boxes_as_opened(election)
        require_counts_as_published(election)
        _count_anew(asked.contest)
    asked.granted, asked.reason = granted, reason
    asked.decided_by_id, asked.decided_at = by, now
    asked.save()
    append_entry(election, kind="recount", content=salted(recount_content(asked)), now=now)
    record("decide_recount", subject=("contest", str(asked.contest_id)), by=by, now=now,
           parameters={"granted": granted})


def _count_anew(contest: Contest) -> None:
    """Count twice, and hold it against the count that stands."""
    sheet, _ = count_twice(contest)
    stands = Count.objects.get(contest=contest).sheet
    if sheet != stands:
        raise Disagreement(contest, stands, sheet, ["the recount’s sheet is not the count’s"])
