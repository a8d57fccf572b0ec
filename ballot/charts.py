"""Plots as plain values: where each mark lies, for a template to draw as SVG.

Widths are in hundredths of the picture's own, so that a picture is as wide as its page and its
letters stay as large as the page's; heights are in pixels. Values come in, positions go out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

SERIES = 8
EXHAUSTED = "app-series-exhausted"

_ROW_PX = 62
_LABEL_PX = 17
_BAR_PX = 32
_COLUMNS_PX = 200
_FOOT_PX = 26
_HEAD_PX = 22
_FOOT_Y_PX = _HEAD_PX + _COLUMNS_PX
# A few columns stay slim and to the left, and the end of the axis is then not named.
_FEWEST_COLUMNS = 24
# A number fits into a mark that is so wide on the narrowest page (290 pixels).
_NUMBER_FITS = Fraction(6, 100)


def series(place: int) -> str:
    """The colour of the series at a place, from 0; after the eighth they begin anew."""
    return f"app-series-{place % SERIES + 1}"


@dataclass(frozen=True, slots=True)
class Part:
    """One value of a bar: its colour, the mark that stands on it, and its name in full.

    value: whole votes, or under the single transferable vote in parts; or a share of the whole.
    """

    value: int | Fraction
    colour: str
    mark: str
    name: str


@dataclass(frozen=True, slots=True)
class Segment:
    """A part as drawn; `x`, `middle` and `width` in percent of the picture."""

    x: str
    width: str
    middle: str
    colour: str
    mark: str
    name: str


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar with the words above it; `text_y` and the rest in pixels."""

    label: str
    label_y: int
    y: int
    height: int
    mark_y: int
    segments: tuple[Segment, ...]


@dataclass(frozen=True, slots=True)
class Bars:
    """Horizontal bars, one under the other, of one scale, or each of its own whole."""

    chart_id: str
    title: str
    description: str
    height: int
    bars: tuple[Bar, ...]


def stacked_bars(
    rows: Sequence[tuple[str, Sequence[Part]]],
    *,
    whole: int,
    chart_id: str,
    title: str,
    description: str,
) -> Bars:
    """Bars whose parts lie end to end.

    rows:  the words above each bar, and its parts from left to right; none is over `whole`.
    whole: what the full width stands for.
    """
    bars = []
    for number, (label, parts) in enumerate(rows):
        top = number * _ROW_PX
        y = top + _LABEL_PX + 6
        bars.append(Bar(label, top + _LABEL_PX, y, _BAR_PX, y + 21, _segments(parts, whole)))
    height = len(rows) * _ROW_PX
    return Bars(chart_id, title, description, height, tuple(bars))


def _segments(parts: Sequence[Part], whole: int) -> tuple[Segment, ...]:
    segments = []
    before: int | Fraction = 0
    for part in parts:
        if part.value:
            share = Fraction(part.value, whole) if whole else Fraction(0)
            start = Fraction(before, whole) if whole else Fraction(0)
            mark = part.mark if share >= _NUMBER_FITS else ""
            segments.append(Segment(_percent(start), _percent(share), _percent(start + share / 2),
                                    part.colour, mark, part.name))
        before += part.value
    return tuple(segments)


@dataclass(frozen=True, slots=True)
class Column:
    """One column; `x` and `width` in percent, `y` and `height` in pixels."""

    x: str
    width: str
    y: int
    height: int
    name: str


@dataclass(frozen=True, slots=True)
class Axes:
    """The frame of a plot over time: its words, and where its scale and its axis lie, in pixels.

    greatest: the value at `top`, in words. first, last: the ends of the axis.
    """

    chart_id: str
    title: str
    description: str
    greatest: str
    first: str
    last: str
    height: int = _FOOT_Y_PX + _FOOT_PX
    label_y: int = _HEAD_PX - 6
    top: int = _HEAD_PX
    foot: int = _FOOT_Y_PX
    foot_y: int = _FOOT_Y_PX + _FOOT_PX - 6


@dataclass(frozen=True, slots=True)
class Columns:
    """Columns side by side, all of one scale."""

    axes: Axes
    columns: tuple[Column, ...]


def columns(
    points: Sequence[tuple[str, int]], *, unit: str, chart_id: str, title: str, description: str
) -> Columns:
    """One column for each point (name, value), in the order given; unit: what the values count."""
    greatest = max((value for _, value in points), default=0)
    wide = Fraction(1, max(len(points), _FEWEST_COLUMNS))
    drawn = []
    for place, (name, value) in enumerate(points):
        tall = round(Fraction(value * _COLUMNS_PX, greatest)) if greatest else 0
        tall = max(tall, 1) if value else 0
        drawn.append(Column(_percent(place * wide), _percent(wide * Fraction(9, 10)),
                            _FOOT_Y_PX - tall, tall, f"{name}: {value:,}"))
    axes = Axes(
        chart_id,
        title,
        description,
        greatest=f"{greatest:,} {unit}",
        first=points[0][0] if points else "",
        last=points[-1][0] if len(points) >= _FEWEST_COLUMNS else "",
    )
    return Columns(axes, tuple(drawn))


@dataclass(frozen=True, slots=True)
class Step:
    """A stretch of a line; `x1` and `x2` in percent, `y1` and `y2` in pixels."""

    x1: str
    y1: int
    x2: str
    y2: int


@dataclass(frozen=True, slots=True)
class Line:
    """The line of one series, as stairs."""

    name: str
    colour: str
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Lines:
    """Lines over days, all of one scale."""

    axes: Axes
    lines: tuple[Line, ...]


def stairs(
    days: Sequence[tuple[int, str, Sequence[int]]],
    *,
    names: Sequence[str],
    chart_id: str,
    title: str,
    description: str,
) -> Lines:
    """What each of several has reached, as stairs from day to day.

    days: number of the day, ascending; its name; what each of `names` has from it on. Not empty.
    """
    greatest = max((value for _, _, values in days for value in values), default=0)
    axes = Axes(
        chart_id,
        title,
        description,
        greatest=f"{greatest:,}",
        first=days[0][1],
        last=days[-1][1] if len(days) > 1 else "",
    )
    lines = [
        Line(name, series(place), _steps([(day, values[place]) for day, _, values in days],
                                         greatest))
        for place, name in enumerate(names)
    ]
    return Lines(axes, tuple(lines))


def _steps(points: Sequence[tuple[int, int]], greatest: int) -> tuple[Step, ...]:
    """The level of each day up to the next, the rise to it, and the last day's to the end."""
    first, last = points[0][0], points[-1][0]
    span = last - first + 1

    def across(day: int) -> str:
        return _percent(Fraction(day - first, span))

    def height(value: int) -> int:
        return _FOOT_Y_PX - (round(Fraction(value * _COLUMNS_PX, greatest)) if greatest else 0)

    steps = []
    for (day, value), (then, reached) in pairwise(points):
        steps.append(Step(across(day), height(value), across(then), height(value)))
        steps.append(Step(across(then), height(value), across(then), height(reached)))
    end = height(points[-1][1])
    return (*steps, Step(across(last), end, across(last + 1), end))


def _percent(share: Fraction) -> str:
    """Hundredths with three places, the same on every machine and in every language."""
    thousandths = round(share * 100_000)
    return f"{thousandths // 1000}.{thousandths % 1000:03d}%"
