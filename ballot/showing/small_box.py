"""Said beforehand: a box that trustees' software will not open (trustees §6, `box.small`)."""

from __future__ import annotations

from ballot.lifecycle import State
from ballot.models import Election
from ballot.showing.business import ballots_cast
from ballot.struck_ballots import struck_ballots


def small_box_sentence(election: Election) -> str:
    """What setting ballots aside does to a box too small to be opened; empty where it does nothing.

    From the close to the opening, for what is set aside and what is due to be. By the pooling of
    the boxes one is too small only where all the ballots counted are too few. In a demonstration
    the server opens the boxes, and opens such a one.
    """
    if election.demonstration or election.stage not in {State.CLOSED, State.VERIFIED, State.MIXED}:
        return ""
    ballots = struck_ballots(election)
    aside = sum(one.is_set_aside for one in ballots)
    due = sum(one.is_due and not one.is_set_aside for one in ballots)
    if not (aside or due) or not 0 < ballots_cast(election) - aside - due < election.smallest_box:
        return ""
    when = "Setting aside what is due leaves" if due else "Setting ballots aside has left"
    return (
        f"{when} fewer ballots than {election.smallest_box}, the notice’s smallest box. Where a "
        "ballot was set aside the trustees’ software opens no such box, since it could show how "
        "the few others voted: it cannot be counted, and the election has to be declared void."
    )
