"""Exact fractions as figures for people, such that what is published sums as it should.

Source: docs/spec/counting.md §12.4 and §13.7. No decision is taken on a rounded figure.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction


def rounded(values: Sequence[Fraction | int], decimals: int) -> tuple[str, ...]:
    """Round figures together: their sum is the exact sum, rounded a half up.

    Each is cut to the decimals; the units of the last decimal that are then wanting go, one each,
    to those that lost most by the cut, of equals to the one that comes first. That order decides
    what is printed in the last place and nothing else.
    Spec: counting §12.4.
    """
    scale = 10**decimals
    cut = [value * scale // 1 for value in values]
    wanting = (2 * sum(values) * scale + 1) // 2 - sum(cut)
    lost = [value * scale - whole for value, whole in zip(values, cut, strict=True)]
    order = sorted(range(len(values)), key=lambda place: (-lost[place], place))
    for place in order[: int(wanting)]:
        cut[place] += 1
    return tuple(_decimal(int(whole), decimals) for whole in cut)


def one_rounded(value: Fraction | int, decimals: int) -> str:
    """Round one figure, a half up: 67/3 → "22.33"."""
    return rounded((value,), decimals)[0]


def grouped(figure: str) -> str:
    """Set a figure's thousands apart: "11328.55" → "11,328.55"."""
    whole, point, rest = figure.partition(".")
    return f"{int(whole):,}{point}{rest}"


def _decimal(scaled: int, decimals: int) -> str:
    digits = str(scaled).rjust(decimals + 1, "0")
    return f"{digits[:-decimals]}.{digits[-decimals:]}" if decimals else digits
