"""Counting: the opened papers of each contest, by the rules of the notice.

The count is a pure function of the profile, the rules and the lots drawn, so it is made anew
whenever it is asked for, and always the same. A tie that the rules leave to a lot stops it until
the lot, drawn in public, is recorded.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from ballot.checklist import require_ready
from ballot.counting import Count as FinishedCount
from ballot.counting.errors import UnsettledTie
from ballot.counting.sheet import full_document
from ballot.lifecycle import State
from ballot.mapping import contest_code, lot_content
from ballot.models import Contest, Count, DrawnLot
from ballot.selectors import contested, counted, on_paper
from ballot.services.as_published import (
    require_boxes_as_opened,
    require_paper_as_opened,
    require_withdrawals_as_told,
)
from ballot.services.board import append_entry, salted
from ballot.services.moves import lock_election, move, require_state
from office.progress import Report, silent
from office.refusal import Refusal
from office.services.audit import record


@transaction.atomic
def count_papers(
    election_id: int,
    *,
    by: int | None,
    now: datetime,
    processes: int = 1,
    report: Report = silent,
) -> None:
    """Count every contest: all, or nothing and the tie that stops it."""
    del processes
    election = lock_election(election_id)
    require_ready(election, "count", now=now)
    require_paper_as_opened(election)
    require_withdrawals_as_told(election)
    require_boxes_as_opened(election)
    for contest in contested(election):
        report(stage=f"Counting {contest}")
        sheet = _sheet(contest, _count(contest))
        Count.objects.create(contest=contest, sheet=sheet)
        append_entry(
            election,
            kind="count",
            content=salted({"contest": contest_code(contest), "sheet": sheet}),
            now=now,
        )
    move(election, State.COUNTED)
    record("count", subject=("election", str(election.pk)), by=by, now=now)


def _count(contest: Contest) -> FinishedCount:
    try:
        return counted(contest)
    except UnsettledTie as tie:
        names = ", ".join(tie.left_names)
        raise Refusal(
            "count.tie",
            f"{contest}: after stage {tie.stage} {names} are tied, and the rules leave it to a "
            "lot. Draw it in public, record it, and start the count again.",
        ) from tie


def _sheet(contest: Contest, finished: FinishedCount) -> dict[str, Any]:
    """The count's sheet, and that its sums agree also with what was taken out of the boxes."""
    papers = sum(one.valid + one.blank + one.rejected for one in finished.papers)
    in_boxes = sum(box.ballots for box in contest.boxes.all())
    # Whose stages do not add up has no sheet at all (counting §7.7).
    return full_document(finished) | {"sums_agree": papers == in_boxes}


@transaction.atomic
def record_lot(
    contest_id: int,
    *,
    drawn: Sequence[int],
    among: Sequence[int],
    by: int | None,
    now: datetime,
) -> None:
    """Record a lot drawn in public for a tie that stops the count.

    drawn: places on the paper in the order drawn; of the tied, the one drawn first is excluded.
    among: the places of those who were tied.
    """
    contest = Contest.objects.get(pk=contest_id)
    election = lock_election(contest.election_id)
    require_state(election, State.OPENED)
    require_boxes_as_opened(election)
    places = {candidate.position for candidate in on_paper(contest)}
    if sorted(drawn) != sorted(among) or not set(among) <= places or len(set(among)) < 2:
        raise Refusal("lot.not-the-tied", "The lot names each of those who are tied, once.")
    tie = _tie_now(contest)
    if tie is None or set(tie.left) != set(among):
        raise Refusal("lot.no-such-tie", "The count is not stopped by a tie between these.")
    lot = DrawnLot.objects.create(contest=contest, drawn=list(drawn), among=sorted(among))
    append_entry(election, kind="lot", content=salted(lot_content(lot)), now=now)
    record("record_lot", subject=("contest", str(contest_id)), by=by, now=now)


def _tie_now(contest: Contest) -> UnsettledTie | None:
    try:
        counted(contest)
    except UnsettledTie as tie:
        return tie
    return None
