"""A neutral notice of each cast, to the address on file: so that nobody votes in another's name
unnoticed. Queued by the worker for every mark that has none yet, set by set."""

from __future__ import annotations

from typing import Final

from ballot.models import Election
from ballot.selectors import roll_of
from office.services.letters import dispatch_at_once, queue_letters_from

PURPOSE: Final = "cast-notice"

_MARKED = """
SELECT r.public_id::text FROM ballot_registermark m
  JOIN members_rollentry r ON r.id = m.roll_entry_id
 WHERE m.election_id = %s AND r.email <> ''
   AND NOT EXISTS (SELECT FROM office_letter l
                    WHERE l.purpose = 'cast-notice' AND l.recipient = r.public_id::text
                      AND l.attempt = 1)
 ORDER BY r.public_id
"""


def notify_casts(election: Election) -> int:
    """Queue the notices that are due; return how many. The order is the pseudonyms', not time's."""
    if election.roll is None:
        return 0
    dispatch = dispatch_at_once(PURPOSE, reference=roll_of(election).public_id)
    return queue_letters_from(dispatch.pk, _MARKED, [election.pk])
