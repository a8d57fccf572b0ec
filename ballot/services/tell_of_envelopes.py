"""A notice to each elector to whom a postal envelope was issued, at the address on file.

Who issues, prints and scans envelopes could send one for an elector who asked for none: they are
told, while there is time to say so. Queued set by set, with the issue.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from django.db.models import Count

from ballot.models import Election, Envelope
from ballot.selectors import roll_of
from office.services.letters import dispatch_at_once, queue_letters_from

PURPOSE: Final = "envelope-issued"

# In the order of the pseudonyms. Who is issued another is told again.
_ISSUED = """
SELECT r.public_id::text FROM members_rollentry r
  JOIN ballot_envelope v ON v.roll_entry_id = r.id
 WHERE v.election_id = %s AND r.id = ANY(%s)
   AND coalesce((SELECT l.email FROM members_amendedentry l
                   JOIN members_amendment a ON a.id = l.amendment_id
                  WHERE l.entry_id = r.id ORDER BY a.number DESC LIMIT 1), r.email) <> ''
 GROUP BY r.id HAVING count(*) = %s ORDER BY r.public_id
"""


def tell_of_envelopes(election: Election, entries: Collection[int]) -> None:
    """Queue a letter to each of these roll entries that has an e-mail address.

    entries: ids of those to whom one envelope each was issued just now.
    """
    dispatch = dispatch_at_once(PURPOSE, reference=roll_of(election).public_id)
    mine = Envelope.objects.filter(election=election, roll_entry__in=entries)
    held = mine.values("roll_entry").annotate(number=Count("pk")).order_by()
    for number in sorted({one["number"] for one in held}):
        queue_letters_from(
            dispatch.pk, _ISSUED, [election.pk, list(entries), number], attempt=number
        )
