"""The daily sheet: once a day, by the clock, the figures as they stand when the day is over.

The turnout on it is the newest snapshot's, which everybody is shown at that hour: a sheet has no
newer number. The sheet of the day on which the poll closes is taken after the close. A day whose
end passed while the server was away has none: nobody knows any more how the letters stood then.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from ballot.canonical import read_canonical
from ballot.desk_figures import complaints_of, letters_content, new_codes
from ballot.mapping.entry import utc
from ballot.models import DailySheet, Election, TurnoutSnapshot
from ballot.times import local_time
from ballot.turnout import newest_snapshot


def take_due_sheet(election: Election, *, now: datetime) -> bool:
    """Take the sheet of the day that is over, unless it is taken or the poll was not open then."""
    day = _day_over(election, now=now)
    snapshot = newest_snapshot(election)
    if snapshot is None or DailySheet.objects.filter(election=election, day=day).exists():
        return False
    opened = _day_of(election, "opening")
    if opened is None or day < opened:
        return False
    # Two workers may have come this far at once; the database keeps the first sheet of the two.
    _, is_new = DailySheet.objects.get_or_create(
        election=election, day=day,
        defaults={"made_at": now, "figures": _figures(election, snapshot)},
    )
    return is_new


def _day_over(election: Election, *, now: datetime) -> date:
    """The day of the close, once it has closed; until then yesterday, by the election's clocks."""
    yesterday = local_time(now, election.zone).date() - timedelta(days=1)
    return _day_of(election, "close") or yesterday


def _day_of(election: Election, kind: str) -> date | None:
    """The day of the entry of this kind; None where there is none yet."""
    entry = election.entries.filter(ballot__isnull=True, kind=kind).first()
    if entry is None:
        return None
    told: Any = read_canonical(bytes(entry.body))
    return local_time(datetime.fromisoformat(told["at"]), election.zone).date()


def _figures(election: Election, snapshot: TurnoutSnapshot) -> dict[str, Any]:
    return {
        "complaints": complaints_of(election),
        "issued": snapshot.figures["electors"],
        "letters": letters_content(election),
        "new_codes": new_codes(election),
        "sections": snapshot.figures["sections"],
        "turnout_at": utc(snapshot.taken_at),
        "voted": snapshot.figures["ballots"],
    }
