"""One contest counted twice in one run, by two programs that share nothing but the papers.

`ballot.counting` makes the sheet; `ballot.tellers` counts every paper again, from the rows of the
opened boxes. A disagreement is kept as evidence, whole, and nothing is counted.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from ballot.counting.errors import UnsettledTie
from ballot.counting.sheet import full_document
from ballot.models import Contest, Count, CountsDiffer
from ballot.opened_papers import counted, papers_for_tellers
from ballot.tellers import NotKnown, PapersUnreadable, TieOpen, differences, tell
from office.refusal import Refusal

Sheet = dict[str, Any]


class Disagreement(Exception):
    """The tellers came to something else than the sheet. Both are carried, with what differs."""

    def __init__(self, contest: Contest, sheet: Sheet, told: Sheet, lines: list[str]) -> None:
        super().__init__(f"two counts of contest {contest.pk} do not agree")
        self.contest = contest
        self.sheet = sheet
        self.told = told
        self.lines = lines


def count_twice(contest: Contest) -> tuple[Sheet, Count.Second]:
    """Count a contest's opened papers; give the sheet, and what became of the second count.

    Raises: Refusal (count.tie); Disagreement.
    """
    sheet = _sheet(contest)
    try:
        told = tell(papers_for_tellers(contest))
    except NotKnown:
        return sheet, Count.Second.ONCE
    except (PapersUnreadable, TieOpen) as stopped:
        raise Disagreement(contest, sheet, {"stopped": str(stopped)}, [str(stopped)]) from stopped
    if lines := differences(sheet, told):
        raise Disagreement(contest, sheet, told, lines)
    return sheet, Count.Second.AGREES


def keep_disagreement(
    found: Disagreement, *, by: CountsDiffer.FoundBy, now: datetime
) -> Refusal:
    """Keep both counts, and give the refusal to raise."""
    kept = CountsDiffer.objects.create(
        contest=found.contest, found_by=by, found_at=now,
        first=found.sheet, second=found.told, differences=found.lines,
    )  # fmt: skip
    said = f"Both results are kept as evidence {kept.pk}, on the page “Two counts that differ”"
    return disagrees(found, said)


def disagrees(found: Disagreement, kept: str) -> Refusal:
    """What is said where two counts do not agree. kept: what became of the two results."""
    return Refusal(
        "count.disagrees",
        f"{found.contest}: the two counts of the same papers do not agree; "
        f"{len(found.lines)} of their figures differ. Nothing is counted or published. {kept}: ask "
        "whoever maintains the software which of the two is wrong, before anything else is done.",
    )


def _sheet(contest: Contest) -> Sheet:
    """The count's sheet, and that its sums agree also with what was taken out of the boxes."""
    try:
        finished = counted(contest)
    except UnsettledTie as tie:
        # Whoever may watch a job reads this: who is tied the page of the lot says, and to whom.
        raise Refusal(
            "count.tie",
            f"{contest}: there is a tie after stage {tie.stage}, and the rules leave it to a lot. "
            "“Record a lot for a tie” says between whom. Draw it in public, record it, and start "
            "the count again.",
        ) from tie
    papers = sum(one.valid + one.blank + one.rejected for one in finished.papers)
    in_boxes = sum(box.ballots for box in contest.boxes.all())
    # Whose stages do not add up has no sheet at all (counting §7.7).
    return full_document(finished) | {"sums_agree": papers == in_boxes}
