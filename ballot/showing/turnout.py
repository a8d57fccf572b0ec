"""Turnout: how many have voted, in all, by section and by hour; never how."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from ballot.charts import Bars, Columns, Part, columns, series, stacked_bars
from ballot.mapping.entry import utc
from ballot.models import Election
from ballot.times import day_in_zone, day_words, hour_in_zone, in_zone
from ballot.turnout import Figures, SectionTurnout, UnitTurnout, figures_of

_HOUR = timedelta(hours=1)
_SIX_WEEKS_OF_HOURS = 1008


@dataclass(frozen=True, slots=True)
class Row:
    """A section's turnout, ready to show; the percentage is of its electors."""

    name: str
    electors: str
    ballots: str
    percent: str


@dataclass(frozen=True, slots=True)
class UnitRow:
    """What is told of a unit within a section."""

    section: str
    name: str
    electors: str
    ballots: str


@dataclass(frozen=True, slots=True)
class When:
    """The ballots of one hour or day, and of all up to its end."""

    name: str
    ballots: str
    so_far: str


@dataclass(frozen=True, slots=True)
class Turnout:
    """The turnout of an election as everybody is shown it.

    taken: when it was counted, while the poll goes on; next: when the next is. Empty after it.
    by_section, rows: none while the notice shows no sections.
    zone: whose clocks the hours and days are on.
    """

    taken: str
    next: str
    total: Row
    rows: tuple[Row, ...]
    units: tuple[UnitRow, ...]
    by_section: Bars | None
    by_hour: Columns | None
    hours: tuple[When, ...]
    days: tuple[When, ...]
    zone: str


def turnout_of(election: Election) -> Turnout | None:
    """The turnout with its plots; None before the first figures of a poll."""
    figures = figures_of(election)
    return _shown(election, figures) if figures else None


def _shown(election: Election, figures: Figures) -> Turnout:
    names = {one.code: one.name for one in figures.sections}
    hours = list(figures.hours)
    taken = figures.taken_at
    return Turnout(
        taken=in_zone(taken, election.zone) if taken else "",
        next=in_zone(_next(taken), election.zone) if taken else "",
        total=_row("All sections", figures.electors, figures.ballots),
        rows=tuple(_row(one.name, one.issued, one.ballots) for one in figures.sections),
        units=tuple(_unit(one, names) for one in figures.units) if len(figures.units) > 1 else (),
        by_section=_bars(figures.sections) if figures.sections else None,
        by_hour=_plot(election, hours),
        hours=_added_up((hour_in_zone(at, election.zone), cast) for at, cast in hours),
        days=_added_up(
            (day_words(date.fromisoformat(day)), cast)
            for day, cast in _by_day(hours, election.zone)
        ),
        zone=election.zone,
    )


def _next(taken_at: datetime) -> datetime:
    """When the quarter of an hour after this one begins."""
    quarter_s = 900
    return datetime.fromtimestamp((taken_at.timestamp() // quarter_s + 1) * quarter_s, UTC)


def _unit(unit: UnitTurnout, sections: Mapping[str, str]) -> UnitRow:
    return UnitRow(
        sections.get(unit.section, unit.section), unit.name or "No unit", f"{unit.electors:,}",
        f"{unit.ballots:,}" if unit.ballots else "Not told",
    )


def _by_day(hours: list[tuple[datetime, int]], zone: str) -> list[tuple[str, int]]:
    """Ballots by the days of the zone's clocks."""
    days: dict[str, int] = {}
    for at, cast in hours:
        day = day_in_zone(at, zone)
        days[day] = days.get(day, 0) + cast
    return list(days.items())


def _added_up(points: Iterable[tuple[str, int]]) -> tuple[When, ...]:
    rows = []
    so_far = 0
    for name, cast in points:
        so_far += cast
        rows.append(When(name, f"{cast:,}", f"{so_far:,}"))
    return tuple(rows)


def turnout_rows(election: Election, figures: Figures) -> list[list[str | int]]:
    """The same figures as rows for a spreadsheet: what, section, unit or time, electors, ballots.

    A unit of which nothing is told has an empty cell for its ballots.
    """
    rows: list[list[str | int]] = [["total", "", "", figures.electors, figures.ballots]]
    rows += [["section", one.code, "", one.issued, one.ballots] for one in figures.sections]
    rows += [
        ["unit", one.section, one.name, one.electors, one.ballots or ""] for one in figures.units
    ]
    rows += [["hour", "", utc(at) or "", "", cast] for at, cast in figures.hours]
    rows += [
        ["day", "", day, "", cast] for day, cast in _by_day(list(figures.hours), election.zone)
    ]
    return rows


def _row(name: str, electors: int, ballots: int) -> Row:
    return Row(name, f"{electors:,}", f"{ballots:,}", percent_of(ballots, electors))


def percent_of(part: int, whole: int) -> str:
    """A share with one decimal, a half rounded up; a dash where there is nothing to share."""
    if not whole:
        return "–"
    tenths = (2000 * part + whole) // (2 * whole)
    return f"{tenths // 10}.{tenths % 10}%"


def _bars(sections: Sequence[SectionTurnout]) -> Bars:
    rows = [
        (
            f"{percent_of(one.ballots, one.issued)} {one.name}",
            [Part(one.ballots * 10_000 // max(one.issued, 1), series(0), "", one.name)],
        )
        for one in sections
    ]
    return stacked_bars(
        rows,
        whole=10_000,
        chart_id="turnout-sections",
        title="Turnout by section",
        description="Of the electors on the roll in each section: "
        + "; ".join(label for label, _ in rows),
    )


def _plot(election: Election, hours: list[tuple[datetime, int]]) -> Columns | None:
    """Ballots an hour, with the hours in which there was none; None before the first ballot."""
    if not hours:
        return None
    points = [(hour_in_zone(hour, election.zone), cast) for hour, cast in _every_hour(hours)]
    first, last = points[0][0], points[-1][0]
    span = f"In the hour from {first}" if len(points) == 1 else f"From {first} to {last}"
    most = max(points, key=lambda point: point[1])
    return columns(
        points,
        unit="ballots",
        chart_id="turnout-hours",
        title="Ballots cast by hour",
        description=f"{span}, on the clocks of {election.zone}. "
        f"The most in one hour: {most[1]:,}, from {most[0]}.",
    )


def _every_hour(hours: list[tuple[datetime, int]]) -> list[tuple[datetime, int]]:
    cast = {hour.astimezone(UTC): number for hour, number in hours}
    first, last = min(cast), max(cast)
    wanted = min((last - first) // _HOUR + 1, _SIX_WEEKS_OF_HOURS)
    return [(first + place * _HOUR, cast.get(first + place * _HOUR, 0)) for place in range(wanted)]
