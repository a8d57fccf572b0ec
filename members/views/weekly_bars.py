"""The plot of decisions by week: columns of parts, one part a reason, drawn as SVG by a template.

Places and heights are in the picture's own units, 600 wide; values come in, positions go out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from members.selectors.decisions import WeekTotal

WIDTH: Final = 600
_TALLEST: Final = 200
_SERIES: Final = 7
_WIDEST_COLUMN: Final = 60
_REST: Final = "other reasons"


@dataclass(frozen=True, slots=True)
class Part:
    """Decisions of one reason in one week."""

    x: int
    y: int
    width: int
    height: int
    colour: str
    name: str


@dataclass(frozen=True, slots=True)
class WeeklyBars:
    """The columns, what each colour stands for, and the ends of both axes."""

    parts: tuple[Part, ...]
    key: tuple[tuple[str, str], ...]
    tallest: int
    first: date
    last: date


def weekly_bars(rows: Sequence[WeekTotal]) -> WeeklyBars | None:
    """Approved decisions by week and reason; None where none was approved.

    Every week from the first to the last has its place, also one in which nothing was decided.
    """
    approved = [row for row in rows if row.counts.approved]
    if not approved:
        return None
    colours = _colours(approved)
    heights: dict[date, dict[str, int]] = {}
    for row in approved:
        reason = row.reason if row.reason in colours else _REST
        week = heights.setdefault(row.week, {})
        week[reason] = week.get(reason, 0) + row.counts.approved
    first, last = min(heights), max(heights)
    tallest = max(sum(week.values()) for week in heights.values())
    step = min(_WIDEST_COLUMN, max(1, WIDTH // ((last - first).days // 7 + 1)))
    parts = []
    for monday, week in heights.items():
        x = (monday - first) // timedelta(days=7) * step
        parts += _column(monday, week, colours, x=x, width=max(1, step - 2), tallest=tallest)
    return WeeklyBars(tuple(parts), tuple(colours.items()), tallest, first, last)


def _column(
    monday: date, week: dict[str, int], colours: dict[str, str], *, x: int, width: int,
    tallest: int,
) -> list[Part]:  # fmt: skip
    parts, below = [], 0
    for reason, colour in colours.items():
        count = week.get(reason, 0)
        if count:
            foot = _TALLEST - round(below * _TALLEST / tallest)
            below += count
            top = _TALLEST - round(below * _TALLEST / tallest)
            name = f"Week of {monday.day} {monday:%B %Y}, {reason}: {count:,}"
            parts.append(Part(x, top, width, foot - top, colour, name))
    return parts


def _colours(rows: Sequence[WeekTotal]) -> dict[str, str]:
    """A colour for each of the most frequent reasons, and one for all others together."""
    sums: dict[str, int] = {}
    for row in rows:
        sums[row.reason] = sums.get(row.reason, 0) + row.counts.approved
    ranked = sorted(sums, key=lambda reason: (-sums[reason], reason))
    colours = {reason: f"app-series-{n}" for n, reason in enumerate(ranked[:_SERIES], start=1)}
    if len(ranked) > _SERIES:
        colours[_REST] = "app-series-exhausted"
    return colours
