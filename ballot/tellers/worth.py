"""What the boxes are worth, where they are weighted or worth points (counting §12).

The unit of a worth is a part of the whole, or a point. What a box is worth is divided at each stage
by share of the votes that continue in it, as if each of its papers bore an equal part.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction

from ballot.tellers.errors import NotKnown, PapersUnreadable
from ballot.tellers.figures import together

_MOST = 1_000_000
Votes = Mapping[str, Fraction]


@dataclass(frozen=True, slots=True)
class Worth:
    """What each box is worth.

    of:        box → parts, or points.
    floor:     votes at stage 1 below which a box is worth just these (§12.5); 0 is no floor.
    is_points: whether it is in points; else in parts of the whole.
    """

    of: Mapping[str, int]
    floor: int
    is_points: bool


def worth_of(rules: Mapping[str, object], boxes: Collection[str]) -> Worth | None:
    """Read what the boxes are worth from the rules (§12.1); None where a paper is a vote.

    Raises: NotKnown; PapersUnreadable, where other boxes are named than there are.
    """
    given, is_points = _given(rules)
    if given is None:
        return None
    each = given if isinstance(given, Mapping) else dict.fromkeys(boxes, given)
    if each.keys() != set(boxes):
        raise PapersUnreadable("what is weighted are other boxes than there are")
    of = {box: _whole(each[box], least=1, most=_MOST, what="worth") for box in boxes}
    most = min(of.values(), default=0)
    return Worth(of, _whole(rules.get("floor", 0), least=0, most=most, what="floor"), is_points)


def _given(rules: Mapping[str, object]) -> tuple[object, bool]:
    """What is given as the boxes' worth, and whether these are points; None, where nothing is."""
    if "points" in rules:
        if "weights" in rules:
            raise NotKnown("weights and points at once")
        return rules["points"], True
    if "floor" in rules:
        raise NotKnown("a floor without points")
    if not isinstance(rules.get("weights", {}), Mapping):
        raise NotKnown("weights that name no boxes")
    return rules.get("weights"), False


def _whole(given: object, *, least: int, most: int, what: str) -> int:
    if type(given) is not int or not least <= given <= most:
        raise NotKnown(f"a {what} of {given!r}")
    return given


def settled(worth: Worth, first: Mapping[str, Votes]) -> Worth:
    """What the boxes are worth for the whole count, now that stage 1 is counted (§12.5).

    first: box → name → votes at stage 1.
    """
    cast = {box: int(sum(first[box].values())) for box in worth.of}
    below = {box: cast[box] for box in worth.of if cast[box] < worth.floor}
    return replace(worth, of={**worth.of, **below})


def divided(worth: Worth, votes: Mapping[str, Votes]) -> dict[str, Fraction]:
    """Divide what every box is worth among those whom its papers lie with (§12.2, §12.3).

    votes:   box → name → votes at a stage, the same names in each box.
    Returns: name → weighted votes, exactly.
    """
    weighted: dict[str, Fraction] = {}
    for box, of_box in votes.items():
        cast = sum(of_box.values(), Fraction(0))
        each = worth.of[box] / cast if cast else Fraction(0)
        for name, number in of_box.items():
            weighted[name] = weighted.get(name, Fraction(0)) + each * number
    return weighted


def published(worth: Worth, weighted: Votes) -> dict[str, str]:
    """Weighted votes as the sheet has them: points, or percentages of the whole (§12.4)."""
    whole = sum(weighted.values(), Fraction(0))
    if worth.is_points:
        return dict(zip(weighted, together(list(weighted.values()), 2), strict=True))
    parts = [part * 100 / whole if whole else Fraction(0) for part in weighted.values()]
    return dict(zip(weighted, together(parts, 3), strict=True))
