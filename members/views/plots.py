"""Plots of the membership list as plain values, for a template to draw as SVG.

Widths are in hundredths of the picture's own, heights in pixels. Each plot has its words, which
say the same as it shows.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from members.eligibility.rules import day_in_words

_BAR_PX = 24
_ROW_PX = 54
_TALL_PX = 160


@dataclass(frozen=True, slots=True)
class Mark:
    """One rectangle: x and width in percent, y and height in pixels."""

    colour: str
    x: str
    y: int
    width: str
    height: int
    name: str


@dataclass(frozen=True, slots=True)
class Label:
    """Words at the left edge, or at the right one: anchor is "start" or "end"."""

    text: str
    y: int
    anchor: str = "start"

    @property
    def x(self) -> str:
        return "100%" if self.anchor == "end" else "0"


@dataclass(frozen=True, slots=True)
class Plot:
    """A picture with its title, its words, and what its colours mean."""

    plot_id: str
    title: str
    words: str
    height: int
    marks: tuple[Mark, ...]
    labels: tuple[Label, ...]
    key: tuple[tuple[str, str], ...]


def bars(
    rows: Sequence[tuple[str, Sequence[int]]],
    *,
    key: Sequence[tuple[str, str]],
    plot_id: str,
    title: str,
) -> Plot:
    """One bar a row, its parts end to end, all of one scale.

    key: the colour and the name of each part, in the order of the parts.
    """
    whole = max((sum(parts) for _, parts in rows), default=0)
    marks, labels, said = [], [], []
    for place, (name, parts) in enumerate(rows):
        top = place * _ROW_PX
        told = ", ".join(
            f"{part:,} {words.lower()}" for part, (_, words) in zip(parts, key, strict=True)
        )
        labels.append(Label(name, top + 17))
        said.append(f"{name}: {told}")
        before = 0
        for part, (colour, words) in zip(parts, key, strict=True):
            if part:
                marks.append(
                    Mark(colour, _percent(before, whole), top + 23, _percent(part, whole), _BAR_PX,
                         f"{name}: {part:,} {words.lower()}")
                )  # fmt: skip
            before += part
    return Plot(plot_id, title, "; ".join(said) + ".", max(len(rows), 1) * _ROW_PX,
                tuple(marks), tuple(labels), tuple(key))  # fmt: skip


def joins(freeze_date: date, days: Sequence[tuple[date, int, int]]) -> Plot:
    """Joins a day around the freeze date: below, those who vote; above, those who do not."""
    greatest = max((voting + others for _, voting, others in days), default=0)
    marks = []
    for place, (day, voting, others) in enumerate(days):
        x, width = _percent(place, len(days)), _percent(9, 10 * len(days))
        tall = _TALL_PX * (voting + others) // greatest if greatest else 0
        lower = _TALL_PX * voting // greatest if greatest else 0
        name = f"{day_in_words(day)}: {voting:,} vote, {others:,} do not"
        if lower:
            marks.append(Mark("app-series-1", x, 24 + _TALL_PX - lower, width, lower, name))
        if tall - lower:
            marks.append(
                Mark("app-series-exhausted", x, 24 + _TALL_PX - tall, width, tall - lower, name)
            )
    labels = (
        Label(f"{greatest:,} a day", 17),
        Label(day_in_words(days[0][0]), _TALL_PX + 44),
        Label(day_in_words(days[-1][0]), _TALL_PX + 44, "end"),
    )
    before = sum(voting + others for day, voting, others in days if day <= freeze_date)
    after = sum(voting + others for day, voting, others in days if day > freeze_date)
    words = (
        f"Of those who joined within {len(days) // 2} days of {day_in_words(freeze_date)}, "
        f"{before:,} joined on that day or before it and {after:,} after it."
    )
    return Plot("joins", "Joins a day around the freeze date", words, _TALL_PX + 54,
                tuple(marks), labels,
                (("app-series-1", "Vote"), ("app-series-exhausted", "Do not vote")))  # fmt: skip


def _percent(part: int, whole: int) -> str:
    """Hundredths with three places, the same on every machine."""
    thousandths = 100_000 * part // whole if whole else 0
    return f"{thousandths // 1000}.{thousandths % 1000:03d}%"
