"""Figures of a count sheet for a page: whole votes, or votes with two decimals (counting §13.7)."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from ballot.counting.figures import grouped, one_rounded, rounded

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


def share(stage: Mapping[str, Any], name: str, *, in_points: bool = False) -> str:
    """A candidate's percentage; of weighted sections the weighted figure, or the points as well."""
    weighted = stage.get("weighted")
    if weighted is None:
        return str(stage["percent"][name])
    if in_points:
        return f"{grouped(weighted[name])} points, {stage['percent'][name]}"
    return f"{weighted[name]}% by weight"


def points_of_section(sheet: Mapping[str, Any], section: str) -> list[dict[str, str]]:
    """What each candidate has of one section's points, at every stage (counting §12.2, §12.5).

    sheet: of a contest whose sections are worth points. The figures of one stage are rounded
    together, and so are those of the whole count: the two may differ in the last place.
    """
    views = [stage["sections"][section]["votes"] for stage in sheet["stages"]]
    rules, first = sheet["rules"], sum(views[0].values())
    worth = first if first < rules.get("floor", 0) else rules["points"][section]
    told = []
    for votes in views:
        whole = sum(votes.values())
        shares = [Fraction(worth * one, whole) if whole else 0 for one in votes.values()]
        told.append(dict(zip(votes, map(grouped, rounded(shares, 2)), strict=True)))
    return told
