"""The figures of a stage as every sheet shows them: raw, weighted, and as a percentage.

Source: docs/spec/counting.md §7.8, §12.4 and §13.7. Not here: layouts (document.py, sheet.py),
sentences (words.py).
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from ballot.counting.events import Count, Number
from ballot.counting.figures import grouped, one_rounded, rounded
from ballot.counting.rules import Base, Method
from ballot.counting.stages import Stage
from ballot.counting.weighting import weigh

NOTHING = "-"
VALUE_DECIMALS = 2
POINT_DECIMALS = 2
WEIGHT_DECIMALS = 3


def percent(share: Fraction) -> str:
    """Write a share with one decimal, a half rounded up: 26032/49922 → "52.1%".

    Spec: counting §7.8. Whole-number arithmetic, so no figure depends on a machine's fractions.
    """
    tenths = (2000 * share.numerator + share.denominator) // (2 * share.denominator)
    return f"{tenths // 10}.{tenths % 10}%"


def is_stv(count: Count) -> bool:
    return count.rules.method is Method.SINGLE_TRANSFERABLE_VOTE


def figures(count: Count, values: Sequence[Number]) -> list[int] | list[str]:
    """Votes as a sheet gives them: whole, or under stv with two decimals that sum as they should.

    Spec: counting §13.7.
    """
    if is_stv(count):
        return list(rounded(values, VALUE_DECIMALS))
    return [int(value) for value in values]


def stage_figures(count: Count, stage: Stage) -> tuple[dict[str, int | str], int | str]:
    """Votes by name of those continuing, and exhausted papers; rounded together if at all."""
    totals = [stage.total(candidate) for candidate in stage.continuing]
    *votes, exhausted = figures(count, [*totals, stage.total_exhausted])
    return dict(zip(names(count, stage.continuing), votes, strict=True)), exhausted


def weighted_figures(count: Count, stage: Stage) -> dict[str, str]:
    """The weighted votes by name: points, or percentages of the whole; empty without weights.

    Spec: counting §12.4. They sum exactly to the points of all sections with votes, or to 100.
    """
    weighting = count.rules.weighting
    if weighting is None:
        return {}
    values = [stage.weighted[candidate] for candidate in stage.continuing]
    if weighting.is_points or not any(values):
        shown = rounded(values, POINT_DECIMALS if weighting.is_points else WEIGHT_DECIMALS)
    else:
        whole = sum(values)
        shown = rounded([Fraction(100 * value, whole) for value in values], WEIGHT_DECIMALS)
    return dict(zip(names(count, stage.continuing), shown, strict=True))


def points_of_section(count: Count, stage: Stage, section: int) -> dict[str, str]:
    """What each of those continuing has of one section's points; empty, where it has none.

    section: its place among the sections of the count.
    Spec:    counting §12.2, §12.4. Rounded together: they sum to what the section is worth.
    """
    weighting = count.rules.weighting
    if weighting is None or not weighting.is_points:
        return {}
    column = [(stage.votes[candidate][section],) for candidate in stage.continuing]
    shown = rounded(weigh(column, (stage.worths[section],)), POINT_DECIMALS)
    return dict(zip(names(count, stage.continuing), shown, strict=True))


def percent_of(count: Count, stage: Stage, candidate: int) -> str:
    share = stage.share(candidate, count.rules.percentages)
    return NOTHING if share is None else percent(share)


def base_words(count: Count) -> str:
    """What a percentage is a percentage of, as it is printed beside it. Spec: counting §7.8."""
    base = count.rules.percentages
    if count.rules.weighting and base is Base.CONTINUING:
        return "of all points" if count.rules.weighting.is_points else "of weighted votes"
    # In a single stage all votes continue, and "votes" is what people call them.
    plurality = count.rules.method is Method.PLURALITY
    return base.words.replace("continuing votes", "all votes") if plurality else base.words


def names(count: Count, positions: Sequence[int]) -> list[str]:
    return [count.candidates[position] for position in positions]


def told(number: Number) -> str:
    """A number of votes in a sentence: whole where it is whole, else with two decimals."""
    if Fraction(number).denominator == 1:
        return f"{int(number):,}"
    return grouped(one_rounded(number, VALUE_DECIMALS))
