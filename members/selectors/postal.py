"""Who on a roll is written to on paper: those without an e-mail address, and where they live.

The address of somebody at risk stands in no export (members.models.people), and a file for a
printer is one: they are left out, and are helped by another way to vote.
"""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.db import connection

from members.models import RollEntry
from members.selectors.amendments import amended

_WITHOUT_EMAIL = """
SELECT r.public_id FROM members_rollentry r
  JOIN members_roll o ON o.id = r.roll_id
 WHERE o.public_id = %s
   AND NOT EXISTS (SELECT FROM members_struckentry x WHERE x.entry_id = r.id)
   AND coalesce((SELECT l.email FROM members_amendedentry l
                   JOIN members_amendment a ON a.id = l.amendment_id
                  WHERE l.entry_id = r.id ORDER BY a.number DESC LIMIT 1), r.email) = ''
 ORDER BY r.id
"""


def electors_without_email(roll: UUID) -> list[UUID]:
    """The pseudonyms of everybody on a roll now who has no e-mail address, as last amended."""
    with connection.cursor() as cursor:
        cursor.execute(_WITHOUT_EMAIL, [roll])
        return [row[0] for row in cursor.fetchall()]


def postal_entries(public_ids: Iterable[UUID]) -> dict[UUID, RollEntry]:
    """Entries by their pseudonyms, as last amended, of those alone who can be written to."""
    rows = RollEntry.objects.select_related("member").filter(public_id__in=list(public_ids))
    return {
        row.public_id: row
        for row in amended(rows)
        if row.postal_lines and row.member is not None and not row.member.address_withheld
    }
