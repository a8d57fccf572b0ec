"""Turnout: how many have voted, in all, by section and by hour; never how."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from ballot.charts import Bars, Columns, Part, columns, series, stacked_bars
from ballot.models import Election
from ballot.times import hour_in_zone
from ballot.turnout import SectionTurnout, turnout_by_hour, turnout_by_section

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
class Turnout:
    """The turnout of an election."""

    total: Row
    rows: tuple[Row, ...]
    by_section: Bars
    by_hour: Columns | None


def turnout_of(election: Election) -> Turnout:
    """Turnout from the counters, with its two plots."""
    sections = turnout_by_section(election)
    electors = sum(one.issued for one in sections)
    ballots = sum(one.ballots for one in sections)
    return Turnout(
        total=_row("All sections", electors, ballots),
        rows=tuple(_row(one.name, one.issued, one.ballots) for one in sections),
        by_section=_bars(sections),
        by_hour=_plot(election, turnout_by_hour(election)),
    )


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
    most = max(points, key=lambda point: point[1])
    return columns(
        points,
        chart_id="turnout-hours",
        title="Ballots cast by hour",
        description=f"From {points[0][0]} to {points[-1][0]}. The most in one hour were "
        f"{most[1]:,}, from {most[0]}.",
    )


def _every_hour(hours: list[tuple[datetime, int]]) -> list[tuple[datetime, int]]:
    cast = {hour.astimezone(UTC): number for hour, number in hours}
    first, last = min(cast), max(cast)
    wanted = min((last - first) // _HOUR + 1, _SIX_WEEKS_OF_HOURS)
    return [(first + place * _HOUR, cast.get(first + place * _HOUR, 0)) for place in range(wanted)]
