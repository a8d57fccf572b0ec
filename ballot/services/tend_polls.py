"""What the clock does for open polls: cast ballots go on the board, and their notices go out."""

from __future__ import annotations

from ballot.lifecycle import State
from ballot.models import Election
from ballot.services.board import append_new_ballots
from ballot.services.notify_casts import notify_new_casts

TENDED = (State.POLLING, State.SUSPENDED, State.CLOSED)


def tend_polls() -> int:
    """Tend every poll; return how many ballots went on the board. Run as often as one likes."""
    appended = 0
    for election in Election.objects.filter(state__in=[state.value for state in TENDED]):
        notify_new_casts(election)
        if election.stage != State.CLOSED:
            appended += append_new_ballots(election)
    return appended
