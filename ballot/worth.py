"""What each box of a contest is worth, where its sections are weighted or worth points.

Source: docs/spec/bundle.md §5.15. Not here: how a box's worth is divided (counting/weighting.py).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ballot.canonical import read_canonical
from ballot.counting.weighting import Weighting, parse_weighting
from ballot.models import Contest, Election, Entry
from office.refusal import Refusal


def weighting_of(contest: Contest) -> Weighting | None:
    """What the count divides at each stage, by the boxes' labels; None: one paper is one vote."""
    if contest.weights is None and contest.points is None:
        return None
    boxes = contest.boxes.prefetch_related("sections").order_by("label")
    codes = {box.label: [section.code for section in box.sections.all()] for box in boxes}
    ballots = _ballots_counted(contest.election)
    if contest.points is not None:
        return points_of_boxes(codes, ballots, points=contest.points, floor=contest.points_floor)
    return weights_of_boxes(codes, ballots, parts=contest.weights or {})


def weights_of_boxes(
    boxes: Mapping[str, Sequence[str]], ballots: Mapping[str, int], *, parts: Mapping[str, int]
) -> Weighting | None:
    """Sections that are opened together have their parts added, but those where nobody voted.

    boxes: label → codes. ballots: code → how many are counted. parts: code → its parts.
    """
    if unknown := sorted({code for codes in boxes.values() for code in codes} - set(parts)):
        raise Refusal("count.weights", f"The notice gives section “{unknown[0]}” no weight.")
    worth = {
        label: sum(parts[code] for code in codes if ballots[code])
        for label, codes in boxes.items()
    }
    return parse_weighting({"weights": worth})


def points_of_boxes(
    boxes: Mapping[str, Sequence[str]], ballots: Mapping[str, int], *, points: int, floor: int
) -> Weighting | None:
    """Points are added likewise; for a section below the floor those are its ballots.

    points: of every section. floor: 0, where there is none.
    How many of them are valid nobody may know of a section that is opened with others. A box whose
    votes are fewer than the floor is worth its votes, whatever stands here: so `floor` may stand.
    """
    each = {code: points if number >= floor else number for code, number in ballots.items()}
    worth = {
        label: max(sum(each[code] for code in codes if ballots[code]), floor)
        for label, codes in boxes.items()
    }
    return parse_weighting({"points": worth} | ({"floor": floor} if floor else {}))


def _ballots_counted(election: Election) -> dict[str, int]:
    """How many ballots of each section are counted, by the reconciliation."""
    entry = Entry.objects.get(election=election, ballot__isnull=True, kind="reconciliation")
    told: Any = read_canonical(bytes(entry.body))
    return {one["code"]: one["counted"] for one in told["content"]["sections"]}
