"""When a contest is counted again: the lead at the last stage, and what the notice demands."""

from __future__ import annotations

from typing import Any

from ballot.models import Contest, Count, Election, Recount


def lead_of(sheet: dict[str, Any]) -> int | None:
    """By how many votes the first is ahead of the second at the last stage; None for one alone."""
    votes = sorted(sheet["stages"][-1]["votes"].values(), reverse=True)
    return votes[0] - votes[1] if len(votes) > 1 else None


def demanded(election: Election) -> list[Contest]:
    """The contests that the notice's rule has recounted, and that have not been."""
    counts = Count.objects.filter(contest__election=election).select_related("contest")
    made = set(
        Recount.objects.filter(contest__election=election, granted=True)
        .values_list("contest_id", flat=True)
    )
    return [
        count.contest
        for count in counts.order_by("contest__position")
        if count.contest_id not in made
        and _is_close(count.sheet, election.recount_margin_permille)
    ]


def waiting(election: Election) -> bool:
    """Whether a recount was asked for that nobody has granted or refused."""
    return Recount.objects.filter(contest__election=election, granted__isnull=True).exists()


def _is_close(sheet: dict[str, Any], permille: int) -> bool:
    lead = lead_of(sheet)
    return lead is not None and lead * 1000 < permille * int(sheet["valid"])
