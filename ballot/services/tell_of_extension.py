"""Telling every elector that the poll closes later: one letter each for each extension, no code.

It goes to who has voted as well: whom it reaches says nothing of anybody. The number of the
extension is the letters' number, which the database keeps unique, so nobody is told twice. Where
another extension follows before a letter is sent, the later one's letter alone goes out.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

from ballot.extensions import extensions_of
from ballot.models import Election
from ballot.selectors import roll_of
from office.models import Dispatch
from office.services.letters import prepare_dispatch, queue_letters_from, release_letters

PURPOSE: Final = "extension"

_WITH_ADDRESS = """
SELECT r.public_id::text FROM members_rollentry r
 WHERE r.roll_id = %s
   AND NOT EXISTS (SELECT FROM members_struckentry x WHERE x.entry_id = r.id)
   AND coalesce((SELECT l.email FROM members_amendedentry l
                   JOIN members_amendment a ON a.id = l.amendment_id
                  WHERE l.entry_id = r.id ORDER BY a.number DESC LIMIT 1), r.email) <> ''
 ORDER BY r.id
"""


def tell_of_extension(election: Election, *, by: int, now: datetime) -> int:
    """Queue the letters of the newest extension and let them out; return how many are new.

    Part of the extension: in its transaction, after its entry stands on the board.
    """
    roll = roll_of(election)
    dispatch = prepare_dispatch(PURPOSE, reference=roll.public_id)
    number = len(extensions_of(election))
    letters = queue_letters_from(dispatch.pk, _WITH_ADDRESS, [roll.pk], attempt=number)
    # What an officer paused stays paused: they release it with the rest.
    if dispatch.state in (Dispatch.State.PREPARED, Dispatch.State.SENDING):
        release_letters(dispatch.pk, by=by, now=now)
    return letters
