"""Taking the turnout that everybody is shown, every quarter of an hour while the poll goes on.

Officers, agents and the public see the same snapshot, with its time, and nobody a newer number.
Ballots by hour come from the counters. Ballots by unit are counted from the marks, without times,
once: in the snapshot after the close.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import groupby
from typing import Any, Final

from django.db import connection, transaction

from ballot.lifecycle import State
from ballot.mapping.entry import utc
from ballot.models import Election, TurnoutSnapshot
from ballot.turnout import (
    amendments_at_opening,
    newest_snapshot,
    turnout_by_hour,
    turnout_by_section,
)
from ballot.unit_steps import UnitCount, told_by_unit

EVERY: Final = timedelta(minutes=15)
_SNAPSHOTS: Final = 7
"""The first key of the advisory lock; the second is the election's id. Casts do not wait for it."""

_UNITS = """
SELECT s.code, coalesce(u.name, ''),
       count(*) FILTER (WHERE x.entry_id IS NULL OR x.amendment > %(opened)s), count(m.id)
  FROM members_rollentry r
  JOIN members_section s ON s.id = r.section_id
  LEFT JOIN members_unit u ON u.id = r.unit_id
  LEFT JOIN members_struckentry x ON x.entry_id = r.id
  LEFT JOIN ballot_registermark m ON m.election_id = %(election)s AND m.roll_entry_id = r.id
 WHERE r.roll_id = %(roll)s
 GROUP BY s.precedence, s.code, u.id ORDER BY s.precedence, s.code, coalesce(u.key, '')
"""


@transaction.atomic
def take_due_snapshot(election: Election, *, now: datetime) -> bool:
    """Take the snapshot of this quarter of an hour, unless it is taken; after the close, one.

    Under a lock: of two who tend the same poll at once, the second finds what the first took.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [_SNAPSHOTS, election.pk])
    newest = newest_snapshot(election)
    is_taken = newest is not None and (
        newest.figures["is_last"] if election.stage == State.CLOSED
        else _quarter(newest.taken_at) == _quarter(now)
    )  # fmt: skip
    if is_taken:
        return False
    take_snapshot(election, now=now)
    return True


def _quarter(moment: datetime) -> int:
    return int(moment.timestamp() // EVERY.total_seconds())


def take_snapshot(election: Election, *, now: datetime) -> None:
    """Take the turnout as it stands now."""
    sections = turnout_by_section(election)
    is_last = election.stage == State.CLOSED
    shows = election.turnout_by_section or is_last
    TurnoutSnapshot.objects.create(election=election, taken_at=now, figures={
        "ballots": sum(one.ballots for one in sections),
        "electors": sum(one.issued for one in sections),
        "hours": [[utc(hour), ballots] for hour, ballots in turnout_by_hour(election)],
        "is_last": is_last,
        "sections": [
            {"ballots": one.ballots, "code": one.code, "electors": one.issued, "name": one.name}
            for one in sections if shows
        ],
        "units": _units(election) if is_last else [],
    })


def _units(election: Election) -> list[dict[str, Any]]:
    """What is told of each unit (ballot/unit_steps.py)."""
    with connection.cursor() as cursor:
        cursor.execute(_UNITS, {
            "election": election.pk, "roll": election.roll_id,
            "opened": amendments_at_opening(election),
        })
        rows = cursor.fetchall()
    return [
        told for _, of_section in groupby(rows, key=lambda row: row[0])
        for told in _told(list(of_section))
    ]


def _told(rows: list[tuple[str, str, int, int]]) -> list[dict[str, Any]]:
    counts = [UnitCount(electors, ballots) for _, _, electors, ballots in rows]
    return [
        {"ballots": told, "electors": electors, "section": section, "unit": unit}
        for told, (section, unit, electors, _) in zip(told_by_unit(counts), rows, strict=True)
    ]
