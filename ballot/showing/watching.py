"""What scrutineers, agents and observers see of an election on one page. Nothing here names anybody
on the roll, and no figure is newer than what the public is shown.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from ballot.desk_figures import SHOWN, LettersSent, letters_of
from ballot.lifecycle import State
from ballot.models import Election
from ballot.showing.check import checking_of
from ballot.showing.checkpoint import signed_state
from ballot.showing.daily_sheets import sheets_of
from ballot.showing.incidents import book_shown
from ballot.showing.timetable import timetable_of
from ballot.showing.turnout import turnout_of
from ballot.turnout import shows_turnout
from office.purposes import purpose_named

_MOST_INCIDENTS: Final = 10


def watching(election: Election, *, now: datetime) -> dict[str, Any]:
    """Everything that the page shows."""
    is_announced = election.stage != State.DRAFT
    is_polled = shows_turnout(election)
    incidents = book_shown(election, with_gaps=False)["incidents"]
    sheets = sheets_of(election)
    return {
        "is_announced": is_announced,
        # The steps lead to the officers' acts, which whoever watches cannot open.
        "tasks": [replace(row, url="") for row in timetable_of(election, now=now)["tasks"]],
        "is_polled": is_polled,
        "turnout": turnout_of(election) if is_polled else None,
        "letters": list(filter(None, (_letters(election, purpose) for purpose in SHOWN))),
        "sheets": sheets.tables() if sheets.rows else [],
        "incidents": incidents[:_MOST_INCIDENTS],
        "incidents_in_all": len(incidents),
        **(signed_state(election, now=now) if is_announced else {"checkpoint": None}),
        "checking": checking_of(election) if is_announced else None,
    }


def _letters(election: Election, purpose: str) -> dict[str, str] | None:
    """How far the letters of a purpose have come, in words; None where none were made."""
    counts: LettersSent | None = letters_of(election, purpose)
    if counts is None:
        return None
    return {
        "what": purpose_named(purpose).words,
        "sent": f"{counts.sent:,}",
        "waiting": f"{counts.waiting:,}",
        "held": f"{counts.held:,}",
        "came_back": f"{counts.came_back:,}",
    }
