"""Sections that are worth a fixed amount, divided by share of their votes at each stage.

Two rules with one arithmetic: an electoral college in parts (Labour 2010: three thirds) and points
a unit (Conservative Party of Canada: 100 a riding). Source: docs/spec/counting.md §12.
Not here: rounding a figure for a sheet (figures.py).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from ballot.counting.errors import CountRefused, RulesRefused

WEIGHTING_KEYS = ("weights", "points", "floor")
MOST_PARTS = 1_000_000


@dataclass(frozen=True, slots=True)
class Weighting:
    """What each section is worth.

    by_section: name and worth, sorted by name; empty, where every section is worth `each`.
    is_points:  published as points; otherwise as percentages of the whole.
    floor:      a unit with fewer votes than this at stage 1 is worth just its votes.
    """

    by_section: tuple[tuple[str, int], ...] = ()
    each: int = 0
    is_points: bool = False
    floor: int = 0


def parse_weighting(data: Mapping[str, object]) -> Weighting | None:
    """Read `weights`, or `points` and `floor`, from rules; None, if neither is there.

    data:   {"weights": {name: parts}}, or {"points": n or {name: n}, "floor": n}.
    Spec:   counting §12.1, §12.5.
    Raises: RulesRefused.
    """
    if "weights" in data and "points" in data:
        raise RulesRefused("sections have either weights or points")
    if "points" not in data:
        if "floor" in data:
            raise RulesRefused("a floor is for points alone")
        return Weighting(_by_section(data["weights"])) if "weights" in data else None
    points, floor = data["points"], data.get("floor", 0)
    if type(floor) is not int or floor < 0:
        raise RulesRefused("a floor is a whole number of votes")
    if type(points) is int:
        weighting = Weighting(each=_worth(points), is_points=True, floor=floor)
    else:
        weighting = Weighting(_by_section(points), is_points=True, floor=floor)
    if floor > min((worth for _, worth in weighting.by_section), default=weighting.each):
        # A unit just below the floor would be worth more than one above it.
        raise RulesRefused("the floor is higher than the points of a unit")
    return weighting


def weighting_json(weighting: Weighting | None) -> dict[str, object]:
    """Write a weighting as the keys of the rules that parse_weighting reads."""
    if weighting is None:
        return {}
    worth: object = dict(weighting.by_section) or weighting.each
    if not weighting.is_points:
        return {"weights": worth}
    return {"points": worth} | ({"floor": weighting.floor} if weighting.floor else {})


def check_sections(weighting: Weighting | None, sections: Sequence[str]) -> None:
    """Refuse a weighting that leaves a section out, or names one that has no papers.

    Spec:   counting §12.1.
    Raises: CountRefused.
    """
    if weighting and weighting.by_section:
        named = {name for name, _ in weighting.by_section}
        if missing := sorted(set(sections) ^ named):
            raise CountRefused(f"the rules and the papers do not both know section {missing[0]}")


def worths_of(
    weighting: Weighting | None, sections: Sequence[str], votes: Sequence[int]
) -> tuple[int, ...]:
    """What each section is worth through the whole count; empty, if nothing is weighted.

    votes: by section, of continuing candidates at stage 1, when the worth is settled.
    Spec:  counting §12.1, §12.5.
    """
    if weighting is None:
        return ()
    named = dict(weighting.by_section)
    return tuple(
        number if number < weighting.floor else named.get(section, weighting.each)
        for section, number in zip(sections, votes, strict=True)
    )


def weigh(table: Sequence[Sequence[Fraction | int]], worths: Sequence[int]) -> tuple[Fraction, ...]:
    """Weigh one stage: for each candidate, the sum of worth × share over the sections.

    table:  votes by candidate and section; zeros for who is not continuing.
    worths: one for each section. A section without a continuing vote gives nobody anything.
    Spec:   counting §12.2, §12.3. Exact: nothing is rounded before a sheet is written.
    """
    wholes = [sum(column) for column in zip(*table, strict=True)]
    return tuple(
        sum(
            (
                Fraction(worth * votes, whole)
                for worth, votes, whole in zip(worths, row, wholes, strict=True)
                if whole
            ),
            Fraction(0),
        )
        for row in table
    )


def _by_section(data: object) -> tuple[tuple[str, int], ...]:
    if not isinstance(data, Mapping) or not data or not all(isinstance(key, str) for key in data):
        raise RulesRefused("weights are given by the name of each section")
    return tuple(sorted((name, _worth(worth)) for name, worth in data.items()))


def _worth(value: object) -> int:
    if type(value) is not int or not 0 < value <= MOST_PARTS:
        raise RulesRefused(f"no whole number of parts or points: {value!r}")
    return value
