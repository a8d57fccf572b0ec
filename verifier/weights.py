"""What the sections of a contest are worth, and the votes weighed by it (counting §12).

Figures are rounded here for the sheet alone: no decision is taken on a rounded one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from verifier.failure import Failed
from verifier.papers import Heaps, Number

CHECK = "count.rules"
WHERE = "the rules of the count"
MOST = 1_000_000


@dataclass(frozen=True, slots=True)
class Weights:
    """Parts by section, or points: by section, or of each alike; and the floor of a unit."""

    by_section: Mapping[str, int]
    each: int
    are_points: bool
    floor: int


def read_weights(rules: Mapping[str, object]) -> Weights | None:
    """Read what the rules say of weights (counting §12.1, §12.5); None, if they say nothing.

    Raises: Failed (count.rules).
    """
    if not {"weights", "points", "floor"} & rules.keys():
        return None
    points = "points" in rules
    if points == ("weights" in rules) or ("floor" in rules and not points):
        raise Failed(CHECK, WHERE, "Weights and points exclude each other; a floor is of points.")
    told, floor = rules["points" if points else "weights"], rules.get("floor", 0)
    if isinstance(told, dict):
        worths, each = list(told.values()), 0
    else:
        worths, each = [told], told if points and type(told) is int else 0
    if (not isinstance(told, dict) and not points) or not worths:
        raise Failed(CHECK, WHERE, "Weights are not given by section.")
    if type(floor) is not int or not all(type(w) is int and 0 < w <= MOST for w in worths):
        raise Failed(CHECK, WHERE, "What a section is worth is no whole number in its bounds.")
    if not 0 <= floor <= min(worths):
        raise Failed(CHECK, WHERE, "The floor is higher than the points of a unit.")
    return Weights(told if isinstance(told, dict) else {}, each, points, floor)


def worths(weights: Weights, first: Mapping[str, Heaps]) -> dict[str, Number]:
    """Return what each section is worth for the whole count, from stage 1 (counting §12.5).

    Raises: Failed (count.weights), if the sections are not those of the papers.
    """
    if weights.by_section and weights.by_section.keys() != first.keys():
        raise Failed("count.weights", WHERE, "The weights do not name just the boxes there are.")
    found: dict[str, Number] = {}
    for name, heaps in first.items():
        is_small = heaps.continuing_votes < weights.floor
        worth = weights.by_section.get(name, weights.each)
        found[name] = heaps.continuing_votes if is_small else worth
    return found


def weigh(sections: Mapping[str, Heaps], worth: Mapping[str, Number]) -> dict[int, Number]:
    """Return each candidate's weighted votes at a stage (counting §12.2, §12.3)."""
    weighed: dict[int, Number] = {}
    for name, heaps in sections.items():
        whole = heaps.continuing_votes
        for candidate, votes in heaps.votes.items():
            share = Fraction(votes) / whole if whole else Fraction(0)
            weighed[candidate] = weighed.get(candidate, 0) + share * worth[name]
    return weighed


def shown(weighed: Mapping[int, Number], weights: Weights) -> list[str]:
    """Return the figures of a stage: points, or percentages of the whole (counting §12.4)."""
    values = list(weighed.values())
    whole = sum(values)
    if weights.are_points:
        return rounded(values, 2)
    return rounded([Fraction(100 * value) / whole if whole else 0 for value in values], 3)


def rounded(values: Sequence[Number], decimals: int) -> list[str]:
    """Round figures together, so that they sum to their sum rounded (counting §12.4)."""
    unit = Fraction(1, 10**decimals)
    units = [Fraction(value) // unit for value in values]
    goal = (sum(values) + unit / 2) // unit
    # A stable sort: of equal losses the one that stands first on the paper comes first.
    by_loss = sorted(range(len(values)), key=lambda n: units[n] * unit - values[n])
    for place in by_loss[: int(goal) - sum(units)]:
        units[place] += 1
    return [_decimal(int(number), decimals) for number in units]


def _decimal(units: int, decimals: int) -> str:
    whole, rest = divmod(units, 10**decimals)
    return f"{whole}.{rest:0{decimals}}"
