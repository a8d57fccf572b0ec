"""One letter to every elector with an e-mail address, once for each number of what happened.

It goes to who has voted as well: whom it reaches says nothing of anybody. It carries no code. The
database keeps purpose, recipient and number unique, so nobody is told twice.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

from ballot.models import Election
from ballot.selectors import roll_of
from office.models import Dispatch
from office.services.dispatches import release_letters
from office.services.letters import prepare_dispatch, queue_letters_from

_WITH_ADDRESS: Final = """
SELECT r.public_id::text FROM members_rollentry r
 WHERE r.roll_id = %s
   AND NOT EXISTS (SELECT FROM members_struckentry x WHERE x.entry_id = r.id)
   AND coalesce((SELECT l.email FROM members_amendedentry l
                   JOIN members_amendment a ON a.id = l.amendment_id
                  WHERE l.entry_id = r.id ORDER BY a.number DESC LIMIT 1), r.email) <> ''
 ORDER BY r.id
"""


def tell_electors(
    election: Election, purpose: str, *, number: int, by: int, now: datetime
) -> int:
    """Queue the letters and let them out; return how many are new.

    number: of what they tell, from 1 in each purpose and roll: the letters' own number.
    Part of the act that they tell of: in its transaction, after its entry stands on the board.
    """
    roll = roll_of(election)
    dispatch = prepare_dispatch(purpose, reference=roll.public_id)
    letters = queue_letters_from(dispatch.pk, _WITH_ADDRESS, [roll.pk], attempt=number)
    # What an officer paused stays paused: they release it with the rest.
    if dispatch.state in (Dispatch.State.PREPARED, Dispatch.State.SENDING):
        release_letters(dispatch.pk, by=by, now=now)
    return letters
