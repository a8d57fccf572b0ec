"""People with two papers: on a frozen roll under more than one record, none of them struck off.

A freeze enters a person once. Records that were found to be one person's after it, or added one by
one before they were, have an entry each, until all but one are struck off by an amendment.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from django.db import connection

from members.models import Member, Roll
from members.selectors.rolls import standing_rolls

MOST: Final = 100

# Merged records are few beside the list: entries are looked up from them, and not the other way.
_TWICE: Final = """
WITH merged (record, person) AS (
    SELECT id, merged_into_id FROM members_member WHERE merged_into_id IS NOT NULL
    UNION
    SELECT merged_into_id, merged_into_id FROM members_member WHERE merged_into_id IS NOT NULL
)
SELECT e.roll_id, merged.person, array_agg(e.member_id ORDER BY e.member_id)
  FROM merged JOIN members_rollentry e ON e.member_id = merged.record
 WHERE e.roll_id = ANY(%(rolls)s)
   AND (%(person)s::bigint IS NULL OR merged.person = %(person)s)
   AND NOT EXISTS (SELECT FROM members_struckentry x
                    WHERE x.roll_id = e.roll_id AND x.entry_id = e.id)
 GROUP BY e.roll_id, merged.person HAVING count(*) > 1
 ORDER BY e.roll_id, merged.person
"""


@dataclass(frozen=True, slots=True)
class EnteredTwice:
    """One person's records that each have an entry on one roll."""

    roll_id: int
    records: tuple[Member, ...]


def entered_twice(roll_id: int) -> list[EnteredTwice]:
    """Everybody who is on a roll more than once."""
    return _found([roll_id], person=None)


def rolls_entered_twice(member: Member) -> list[tuple[Roll, EnteredTwice]]:
    """The frozen rolls on which a record's person stands more than once."""
    rolls = {roll.pk: roll for roll in standing_rolls().filter(destruction__isnull=True)}
    found = _found(list(rolls), person=member.merged_into_id or member.pk)
    return [(rolls[one.roll_id], one) for one in found]


def _found(rolls: list[int], *, person: int | None) -> list[EnteredTwice]:
    with connection.cursor() as cursor:
        cursor.execute(_TWICE, {"rolls": rolls, "person": person})
        rows = cursor.fetchall()
    members = Member.objects.in_bulk([key for _, _, records in rows for key in records])
    return [
        EnteredTwice(roll_id, tuple(members[key] for key in records))
        for roll_id, _, records in rows
    ]
