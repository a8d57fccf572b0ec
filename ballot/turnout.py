"""How many have voted, by section and by hour; from the counters, and from the roll as amended."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import Sum

from ballot.canonical import read_canonical
from ballot.lifecycle import State, is_before
from ballot.models import Election, TurnoutCount
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
    with connection.cursor() as cursor:
        cursor.execute(_CAST, {
            "election": election.pk, "roll": election.roll_id,
            "tells": not is_before(election.stage, State.VERIFIED),
            "opened": _amendments_at_opening(election),
        })
        cast = {section: (int(ballots), int(struck)) for section, ballots, struck in cursor}
    return [
        SectionTurnout(one.code, one.name, one.electors + struck, ballots)
        for one in electors_amended(election.roll_id)
        for ballots, struck in [cast.get(one.section_id, (0, 0))]
    ]


def _amendments_at_opening(election: Election) -> int:
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
