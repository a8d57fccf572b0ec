"""When a contest is counted again: the lead, what the notice demands, and counts that differ."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from ballot.lifecycle import State
from ballot.models import Contest, Count, CountsDiffer, Election, Recount


def lead_of(sheet: dict[str, Any]) -> Fraction | None:
    """How far the last elected is ahead of the best of the others, as a part of the whole.

    At the last stage, by the figures that the sheet publishes (counting §10.1). The whole is the
    weighted votes in all where sections are weighted, and else the valid papers; None where there
    is nobody to be ahead of.
    """
    stage = sheet["stages"][-1]
    weighted = stage.get("weighted")
    votes = {name: Fraction(told) for name, told in (weighted or stage["votes"]).items()}
    others = [told for name, told in votes.items() if name not in sheet["elected"]]
    whole = sum(votes.values(), Fraction(0)) if weighted else Fraction(sheet["valid"])
    if not others or not whole:
        return None
    return (votes[sheet["elected"][-1]] - max(others)) / whole


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


def is_stopped(kept: CountsDiffer) -> bool:
    """Whether the count, or the recount, still stands where these two results stopped it."""
    contest = kept.contest
    if kept.found_by == CountsDiffer.FoundBy.COUNT:
        return contest.election.stage == State.OPENED
    made_since = contest.recounts.filter(granted=True, decided_at__gt=kept.found_at)
    return contest.election.stage == State.COUNTED and not made_since.exists()


def stopped(election: Election) -> list[Contest]:
    """The contests of which two counts differ, and that have not been counted since."""
    kept = CountsDiffer.objects.filter(contest__election=election)
    rows = kept.select_related("contest__election").order_by("contest__position")
    return list(dict.fromkeys(one.contest for one in rows if is_stopped(one)))


def _is_close(sheet: dict[str, Any], permille: int) -> bool:
    lead = lead_of(sheet)
    return lead is not None and lead * 1000 < permille
