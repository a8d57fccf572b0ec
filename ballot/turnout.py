"""How many have voted, by section and by hour, from the counters and the roll as amended; and what
of it everybody is shown.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import Sum

from ballot.canonical import read_canonical
from ballot.destruction import destroyed_at
from ballot.lifecycle import State, is_before
from ballot.models import Election, TurnoutCount, TurnoutSnapshot
from members.selectors import electors_amended


@dataclass(frozen=True, slots=True)
class SectionTurnout:
    """How many of a section's electors have voted.

    issued: papers issued: electors on the roll, and those struck off it after casting; until the
            register is verified, those struck off since the opening without casting as well.
    """

    code: str
    name: str
    issued: int
    ballots: int

    @property
    def percent(self) -> float:
        return 100 * self.ballots / self.issued if self.issued else 0.0


@dataclass(frozen=True, slots=True)
class UnitTurnout:
    """What is told of a unit within a section after the close (ballot/unit_steps.py).

    ballots: 0 where a number would tell of few, or let another be worked out that does.
    """

    section: str
    name: str
    electors: int
    ballots: int


@dataclass(frozen=True, slots=True)
class Figures:
    """The turnout that everybody is shown.

    taken_at: when it was counted, while the poll goes on; None: after the close, when it is final.
    sections: none during a poll whose notice shows none. units: none before the close.
    """

    taken_at: datetime | None
    electors: int
    ballots: int
    sections: tuple[SectionTurnout, ...]
    hours: tuple[tuple[datetime, int], ...]
    units: tuple[UnitTurnout, ...]


def figures_of(election: Election) -> Figures | None:
    """The figures that everybody is shown now; None before the first snapshot of a poll."""
    newest = newest_snapshot(election)
    if election.stage not in {State.POLLING, State.SUSPENDED}:
        return _final(election, newest)
    if newest is None:
        return None
    told = newest.figures
    sections = tuple(
        SectionTurnout(one["code"], one["name"], one["electors"], one["ballots"])
        for one in told["sections"]
    )
    hours = tuple((datetime.fromisoformat(hour), ballots) for hour, ballots in told["hours"])
    return Figures(
        newest.taken_at, told["electors"], told["ballots"], sections, hours, _units(newest)
    )


def _final(election: Election, newest: TurnoutSnapshot | None) -> Figures:
    sections = tuple(turnout_by_section(election))
    return Figures(
        None, sum(one.issued for one in sections), sum(one.ballots for one in sections), sections,
        tuple(turnout_by_hour(election)), _units(newest) if newest else (),
    )


def _units(snapshot: TurnoutSnapshot) -> tuple[UnitTurnout, ...]:
    return tuple(
        UnitTurnout(one["section"], one["unit"], one["electors"], one["ballots"])
        for one in snapshot.figures["units"]
    )


def newest_snapshot(election: Election) -> TurnoutSnapshot | None:
    return TurnoutSnapshot.objects.filter(election=election).order_by("-taken_at").first()


_CAST = """
SELECT section_id, sum(ballots), sum(struck) FROM (
    SELECT section_id, ballots, 0 AS struck
      FROM ballot_turnoutcount WHERE election_id = %(election)s
    UNION ALL
    SELECT r.section_id, 0, 1
      FROM members_struckentry x
      JOIN members_rollentry r ON r.id = x.entry_id
     WHERE x.roll_id = %(roll)s AND CASE WHEN %(tells)s THEN EXISTS (
           SELECT FROM ballot_registermark m
            WHERE m.election_id = %(election)s AND m.roll_entry_id = r.id)
       ELSE x.amendment > %(opened)s END
) AS cast_by GROUP BY section_id
"""


def turnout_by_section(election: Election) -> list[SectionTurnout]:
    """Papers issued and ballots cast, by section, from the roll as amended and the counters.

    Until the register is verified, who was struck off since the opening counts as before, whether
    they had cast or not: a number that fell, or did not, would say of that one which it was.
    """
    if election.roll_id is None:
        return []
    if destroyed_at(election) is not None:
        return _as_reconciled(election)
    with connection.cursor() as cursor:
        cursor.execute(_CAST, {
            "election": election.pk, "roll": election.roll_id,
            "tells": not is_before(election.stage, State.VERIFIED),
            "opened": amendments_at_opening(election),
        })
        cast = {section: (int(ballots), int(struck)) for section, ballots, struck in cursor}
    return [
        SectionTurnout(one.code, one.name, one.electors + struck, ballots)
        for one in electors_amended(election.roll_id)
        for ballots, struck in [cast.get(one.section_id, (0, 0))]
    ]


def _as_reconciled(election: Election) -> list[SectionTurnout]:
    """The same from the board's reconciliation, once the marked register is destroyed."""
    entry = election.entries.filter(kind="reconciliation").first()
    if entry is None:
        return []
    told: Any = read_canonical(bytes(entry.body))
    return [
        SectionTurnout(one["code"], one["name"], one["issued"], one["marks"])
        for one in told["content"]["sections"]
    ]


def amendments_at_opening(election: Election) -> int:
    """How many amendments the roll had when the poll was opened; nobody had voted by then."""
    opening = election.entries.filter(ballot__isnull=True, kind="opening").first()
    if opening is None:
        return 0
    told: Any = read_canonical(bytes(opening.body))
    return len(told["content"]["amendments"])


def turnout_by_hour(election: Election) -> list[tuple[datetime, int]]:
    """Ballots cast in each hour in which there was one, from the counters."""
    hours = TurnoutCount.objects.filter(election=election).values("hour")
    totals = hours.annotate(cast=Sum("ballots")).order_by("hour")
    return [(row["hour"], row["cast"]) for row in totals]


def shows_turnout(election: Election) -> bool:
    """Turnout is there to be seen from the opening on."""
    return not is_before(election.stage, State.POLLING) and election.stage != State.VOID
