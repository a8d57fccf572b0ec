"""Figures as they are published: rounded together, and percentages.

Source: docs/spec/counting.md §7.8 and §12.4. No decision is taken on any of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction


def half_up(value: Fraction) -> int:
    """The nearest whole number, a half going up. value: not negative."""
    return (2 * value + 1) // 2


def together(values: Sequence[Fraction], decimals: int) -> list[str]:
    """Round figures that belong together: "12.00" each, and they sum as the exact ones do (§12.4).

    values: not negative, in the order of the paper.
    """
    exact = [value * 10**decimals for value in values]
    units = [value // 1 for value in exact]
    wanting = half_up(sum(exact, Fraction(0))) - sum(units)
    # Python's sort keeps equals as they are: of equal losses, who stands first on the paper.
    by_loss = sorted(range(len(exact)), key=lambda place: units[place] - exact[place])
    for place in by_loss[:wanting]:
        units[place] += 1
    return [f"{one // 10**decimals}.{one % 10**decimals:0{decimals}}" for one in units]


def percent(part: Fraction, whole: Fraction | int) -> str:
    """A percentage with one decimal, as "52.1%"; "-" of nothing (§7.8, §10.2)."""
    if not whole:
        return "-"
    tenths = half_up(part * 1000 / whole)
    return f"{tenths // 10}.{tenths % 10}%"
