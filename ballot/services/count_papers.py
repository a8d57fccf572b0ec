"""Counting: the opened papers of each contest, by the rules of the notice, twice.

The count is a pure function of the profile, the rules and the lots drawn, so it is made anew
whenever it is asked for, and always the same. The tellers' own software counts the papers again in
the same run (services/counted_twice.py): where the two disagree nothing is counted. A tie that the
rules leave to a lot stops it until the lot, drawn in public, is recorded.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from django.db import transaction

from ballot.checklist import require_ready
from ballot.lifecycle import State
from ballot.mapping.counts import count_content, lot_content
from ballot.models import Contest, Count, CountsDiffer, DrawnLot
from ballot.names import clean_line
from ballot.selectors import contested, on_paper
from ballot.services.as_published import (
    require_boxes_as_opened,
    require_paper_as_opened,
    require_withdrawals_as_told,
)
from ballot.services.board import append_entry, salted
from ballot.services.counted_twice import Disagreement, count_twice, keep_disagreement
from ballot.services.legible import legible
from ballot.services.moves import lock_election, move, require_state
from ballot.showing.lots import tie_of
from office.progress import Report, silent
from office.refusal import Refusal
from office.services.audit import record

FEWEST_WITNESSES: Final = 2
MOST_WITNESSES: Final = 20
LONGEST_WITNESS: Final = 120


def count_papers(
    election_id: int,
    *,
    by: int | None,
    now: datetime,
    processes: int = 1,
    report: Report = silent,
) -> None:
    """Count every contest: all, or nothing and what stops it, a tie or a second count."""
    del processes
    try:
        _count_all(election_id, by=by, now=now, report=report)
    except Disagreement as found:
        # Kept once the count's own transaction is undone.
        raise keep_disagreement(found, by=CountsDiffer.FoundBy.COUNT, now=now) from None


@transaction.atomic
def _count_all(election_id: int, *, by: int | None, now: datetime, report: Report) -> None:
    election = lock_election(election_id)
    require_ready(election, "count", now=now)
    require_paper_as_opened(election)
    require_withdrawals_as_told(election)
    require_boxes_as_opened(election)
    for contest in contested(election):
        report(stage=f"Counting {contest}, twice")
        sheet, second = count_twice(contest)
        done = Count.objects.create(contest=contest, sheet=sheet, second_count=second)
        append_entry(election, kind="count", content=salted(count_content(done)), now=now)
    move(election, State.COUNTED)
    record("count", subject=("election", str(election.pk)), by=by, now=now)


@transaction.atomic
def record_lot(
    contest_id: int,
    *,
    drawn: Sequence[int],
    among: Sequence[int],
    witnesses: Sequence[str],
    by: int | None,
    now: datetime,
) -> None:
    """Record a lot drawn in public for a tie that stops the count.

    drawn: places on the paper in the order drawn; of the tied, the one drawn first is excluded.
    among: the places of those who were tied.
    witnesses: who saw it drawn, each by name and capacity; published with the declaration.
    """
    contest = Contest.objects.get(pk=contest_id)
    election = lock_election(contest.election_id)
    require_state(election, State.OPENED)
    require_boxes_as_opened(election)
    places = {candidate.position for candidate in on_paper(contest)}
    if sorted(drawn) != sorted(among) or not set(among) <= places or len(set(among)) < 2:
        raise Refusal("lot.not-the-tied", "The lot names each of those who are tied, once.")
    tie = tie_of(contest)
    if tie is None or set(tie.left) != set(among):
        raise Refusal("lot.no-such-tie", "The count is not stopped by a tie between these.")
    lot = DrawnLot.objects.create(
        contest=contest, drawn=list(drawn), among=sorted(among), witnesses=_witnesses(witnesses)
    )
    append_entry(election, kind="lot", content=salted(lot_content(lot)), now=now)
    record("record_lot", subject=("contest", str(contest_id)), by=by, now=now)


def _witnesses(told: Sequence[str]) -> list[str]:
    """Those who saw a lot drawn, in normal form: two at least, none of them twice."""
    lines = [legible(clean_line, line, what="A witness’s line") for line in told]
    witnesses = [line for line in lines if line]
    is_long = any(len(line) > LONGEST_WITNESS for line in witnesses)
    if is_long or not FEWEST_WITNESSES <= len(witnesses) <= MOST_WITNESSES or (
        len(set(witnesses)) < len(witnesses)
    ):
        raise Refusal(
            "lot.witnesses",
            f"Name {FEWEST_WITNESSES} to {MOST_WITNESSES} people who saw the lot drawn, each once, "
            f"in {LONGEST_WITNESS} letters or fewer.",
        )
    return witnesses
