"""Sets of members for a bulk amendment, fixed before two officers decide."""

from __future__ import annotations

from django.db import connection

from members.models import BulkAmendment, BulkLine, BulkRefused, Member
from members.selectors.amendments import WHY_NOT


def bulk_amendment(bulk_id: int) -> BulkAmendment | None:
    return BulkAmendment.objects.select_related("roll", "made_by").filter(pk=bulk_id).first()


def members_of_bulk(bulk_id: int) -> list[int]:
    """The ids of a set's members, ascending."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT member_id FROM members_bulkline WHERE bulk_id = %s ORDER BY member_id",
            [bulk_id],
        )
        return [row[0] for row in cursor.fetchall()]


def people_of_bulk(bulk_id: int, *, most: int = 200) -> list[Member]:
    """The first members of a set, for a page: in the order of the list."""
    rows = BulkLine.objects.filter(bulk_id=bulk_id).select_related("member__section")
    return [row.member for row in rows.order_by("member_id")[:most]]


def bulk_by_section(bulk: BulkAmendment) -> list[tuple[str, int]]:
    """How many people of a set each section has: by the roll for those on it, else by the list."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT s.name, count(*) FROM members_bulkline l"
            " JOIN members_member m ON m.id = l.member_id"
            " LEFT JOIN members_rollentry e ON e.roll_id = %s AND e.member_id = m.id"
            " JOIN members_section s ON s.id = coalesce(e.section_id, m.section_id)"
            " WHERE l.bulk_id = %s GROUP BY s.name, s.precedence ORDER BY s.precedence",
            [bulk.roll_id, bulk.pk],
        )
        return [(name, people) for name, people in cursor.fetchall()]


def bulks_of(roll_id: int) -> list[BulkAmendment]:
    rows = BulkAmendment.objects.filter(roll_id=roll_id).select_related("amendment")
    return list(rows.order_by("-pk")[:100])


def refused_of_bulk(bulk_id: int, *, most: int = 200) -> list[tuple[int, str, str]]:
    """Lines of the list that are not in the set: (line, number as typed, why in words)."""
    rows = BulkRefused.objects.filter(bulk_id=bulk_id).order_by("line")[:most]
    return [(row.line, row.number, WHY_NOT[row.why]) for row in rows]
