"""A neutral notice of each cast, to the address on file: so that nobody votes in another's name
unnoticed. Queued by the worker for every mark that has none yet, set by set.

The clock looks at the marks since the last one that was told of, and a little way back; the
verification after the close looks at all of them.
"""

from __future__ import annotations

from typing import Final

from django.db import connection

from ballot.models import Election
from ballot.selectors import roll_of
from office.services.letters import dispatch_at_once, queue_letters_from

PURPOSE: Final = "cast-notice"
LOOK_BACK_MARKS: Final = 10_000

_MARKED = """
SELECT r.public_id::text FROM ballot_registermark m
  JOIN members_rollentry r ON r.id = m.roll_entry_id
 WHERE m.election_id = %s AND m.id > %s
   AND coalesce((SELECT l.email FROM members_amendedentry l
                   JOIN members_amendment a ON a.id = l.amendment_id
                  WHERE l.entry_id = r.id ORDER BY a.number DESC LIMIT 1), r.email) <> ''
   AND NOT EXISTS (SELECT FROM office_letter l
                    WHERE l.purpose = 'cast-notice' AND l.recipient = r.public_id::text
                      AND l.attempt = 1)
 ORDER BY r.public_id
"""


# Walked from the newest mark back: as far as there are marks without a notice, and no farther.
_NEWEST_TOLD = """
SELECT m.id FROM ballot_registermark m
  JOIN members_rollentry r ON r.id = m.roll_entry_id
 WHERE m.election_id = %s
   AND EXISTS (SELECT FROM office_letter l
                WHERE l.purpose = 'cast-notice' AND l.recipient = r.public_id::text
                  AND l.attempt = 1)
 ORDER BY m.id DESC LIMIT 1
"""


def notify_casts(election: Election) -> int:
    """Queue the notices that are due; return how many. The order is the pseudonyms', not time's."""
    return _notify_after(election, 0)


def notify_new_casts(election: Election) -> int:
    """Queue the notices of the casts since the last time, without looking at all the others.

    It looks a little way back, for casts that were committed out of their order. One that came
    later still is not lost: the verification looks at all of them.
    """
    with connection.cursor() as cursor:
        cursor.execute(_NEWEST_TOLD, [election.pk])
        row = cursor.fetchone()
    return _notify_after(election, max(row[0] - LOOK_BACK_MARKS, 0) if row else 0)


def _notify_after(election: Election, mark_id: int) -> int:
    if election.roll is None:
        return 0
    dispatch = dispatch_at_once(PURPOSE, reference=roll_of(election).public_id)
    return queue_letters_from(dispatch.pk, _MARKED, [election.pk, mark_id])
