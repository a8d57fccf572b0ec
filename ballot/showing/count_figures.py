"""Figures of a count sheet for a page: whole votes, or votes with two decimals (counting §13.7)."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from ballot.counting.figures import grouped, one_rounded

Number = int | Fraction


def number(told: int | str) -> Number:
    """A sheet's number of votes, to reckon with: a whole number, or a text with decimals."""
    return Fraction(told) if isinstance(told, str) else told


def shown(value: Number) -> str:
    """1200 → "1,200"; 1200.5 → "1,200.50"."""
    return grouped(one_rounded(value, 2)) if isinstance(value, Fraction) else f"{value:,}"


def change(now: Number, before: Number) -> str:
    """What a candidate gained, or gave away of a surplus."""
    return f"+{shown(now - before)}" if now >= before else f"−{shown(before - now)}"


def held(view: Mapping[str, Any]) -> Number:
    """All votes of the continuing candidates of a stage, or of one section at it."""
    return sum(number(votes) for votes in view["votes"].values())


def share(stage: Mapping[str, Any], name: str) -> str:
    """A candidate's percentage, or where sections are weighted the weighted figure."""
    weighted = stage.get("weighted")
    if weighted is None:
        return str(stage["percent"][name])
    return f"{weighted[name]}% by weight"
