"""What is made of the opened boxes: lots drawn, counts and recounts."""

from __future__ import annotations

from ballot.canonical import Json
from ballot.mapping.notice import contest_code
from ballot.models import Count, DrawnLot, Recount


def lot_content(lot: DrawnLot) -> dict[str, Json]:
    """A lot drawn in public, by places on the paper, and who saw it drawn."""
    return {
        "among": lot.among,
        "contest": contest_code(lot.contest),
        "drawn": lot.drawn,
        "witnesses": lot.witnesses,
    }


def count_content(count: Count) -> dict[str, Json]:
    """A contest as it was counted, and whether a second program agreed."""
    return {
        "contest": contest_code(count.contest),
        "second_count": count.second_count,
        "sheet": count.sheet,
    }


def recount_content(recount: Recount) -> dict[str, Json]:
    """A recount that was asked for, or that the notice demands, and what was decided of it."""
    return {
        "by_rule": recount.asked_by_id is None,
        "contest": contest_code(recount.contest),
        "granted": bool(recount.granted),
        "grounds": recount.grounds,
        "reason": recount.reason,
    }
