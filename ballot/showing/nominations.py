"""Nominations as pages show them: the table, the plot by day, how far each candidate has come."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.text import slugify

from ballot.charts import Lines, series, stairs
from ballot.gates import GateStanding
from ballot.models import Contest, Election
from ballot.nominations import (
    Paper,
    are_taken,
    by_day,
    gates_of,
    kinds_of,
    papers_of,
)
from ballot.times import in_zone


@dataclass(frozen=True, slots=True)
class Row:
    """A candidate in the table: how many nominations of each kind, and what was ruled."""

    name: str
    counts: tuple[str, ...]
    total: str
    ruling: str
    reason: str
    gates: tuple[str, ...]
    supporters: tuple[tuple[str, tuple[str, ...]], ...]
    rejected: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class ByDay:
    """Nominations of one kind by day: the plot with its key, and the same figures as a table."""

    kind: str
    chart: Lines
    key: tuple[tuple[str, str], ...]
    names: tuple[str, ...]
    rows: tuple[tuple[str, tuple[str, ...]], ...]


@dataclass(frozen=True, slots=True)
class ContestShown:
    """The nominations of one contest."""

    contest: Contest
    needs: tuple[str, ...]
    kinds: tuple[str, ...]
    rows: tuple[Row, ...]
    days: tuple[ByDay, ...]


def nominations_of(election: Election, *, now: Any) -> dict[str, Any]:
    """Everything that the public page of the nominations shows."""
    return {
        "contests": [_contest(one) for one in election.contests.select_related("election")],
        "bodies": bodies_told(election),
        "links_shown": links_shown(election),
        "are_taken": are_taken(election, now=now),
    }


def bodies_told(election: Election) -> list[tuple[str, str]]:
    """How many bodies there are of each kind."""
    return [
        (kind, f"{election.nominating_bodies.filter(kind=kind).count():,}")
        for kind in kinds_of(election)
    ]


def links_shown(election: Election) -> list[tuple[str, str, str]]:
    """The bodies whose link an officer was shown to hand over: name, kind and when, the latest."""
    rows = election.nominating_bodies.filter(link_shown_at__isnull=False)
    return [
        (body.name, body.kind, in_zone(body.link_shown_at, election.zone))
        for body in rows if body.link_shown_at is not None
    ]


def _contest(contest: Contest) -> ContestShown:
    kinds = kinds_of(contest.election)
    papers = papers_of(contest)
    days = (by_day_shown(contest, kind, papers) for kind in kinds)
    return ContestShown(
        contest,
        tuple(gate.words for gate in gates_of(contest)),
        tuple(kinds),
        tuple(_row(paper, kinds) for paper in papers),
        tuple(one for one in days if one is not None),
    )


def _row(paper: Paper, kinds: list[str]) -> Row:
    by_kind = {
        kind: tuple(one.body.name for one in paper.supporters if one.body.kind == kind)
        for kind in kinds
    }
    return Row(
        name=paper.candidate.name,
        counts=tuple(f"{len(by_kind[kind]):,}" for kind in kinds),
        total=f"{len(paper.supporters):,}",
        ruling=ruling_word(paper),
        reason=paper.ruling.reason if paper.ruling else "",
        gates=tuple(gate_sentence(gate) for gate in paper.gates),
        supporters=tuple((kind, names) for kind, names in by_kind.items() if names),
        rejected=tuple(
            (f"{one.body.name} ({one.body.kind})", ruling.reason) for one, ruling in paper.rejected
        ),
    )


def ruling_word(paper: Paper) -> str:
    """How the officer ruled, in a word or two."""
    if paper.ruling is None:
        return "Not ruled on yet"
    if paper.is_exempt:
        return "Valid, without nominations"
    return "Valid" if paper.ruling.is_valid else "Rejected"


def gate_sentence(gate: GateStanding) -> str:
    """How far somebody has come through a gate: “Not met yet: 20% of MP (has 48, needs 51)”."""
    ways = (
        " and ".join(
            f"{one.condition.words} (has {one.has:,}, needs {one.needed:,})" for one in way
        )
        for way in gate.ways
    )
    return f"{'Met' if gate.is_met else 'Not met yet'}: {', or '.join(ways)}"


def by_day_shown(contest: Contest, kind: str, papers: list[Paper]) -> ByDay | None:
    """The nominations of a kind by day; none where no body of it has nominated."""
    days = by_day(contest, kind)
    people = [paper.candidate for paper in papers]
    if not days or not people:
        return None
    names = tuple(one.name for one in people)
    counts = [
        (day, f"{day:%-d %B}", [counted.get(one.pk, 0) for one in people])
        for day, counted in days
    ]
    _, last_day, last = counts[-1]
    said = ", ".join(f"{name} {count:,}" for name, count in zip(names, last, strict=True))
    chart = stairs(
        [(day.toordinal(), told, values) for day, told, values in counts],
        names=names,
        chart_id=f"nominations-{contest.pk}-{slugify(kind)}",
        title=f"Nominations for {contest.title} by bodies of the kind {kind}, day by day",
        description=f"How many nominate each candidate at the end of each day. On {last_day}: "
        f"{said}.",
    )
    return ByDay(
        kind, chart, tuple((name, series(place)) for place, name in enumerate(names)), names,
        tuple((told, tuple(f"{count:,}" for count in values)) for _, told, values in counts),
    )
