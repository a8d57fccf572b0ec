"""The commitments of a roll's amendments, each chained from the last, worked out from the rows.

What a commitment covers is told in docs/import-format.md §8.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from django.db import connection

from members.mapping import AmendmentCommitment, digest_of_set, entry_line
from members.models import Amendment, Roll
from members.selectors.amendments import CONTACT

_LINES: Final = f"""
SELECT l.change, e.public_id::text, {', '.join(f'l.{name}' for name in CONTACT)},
       c.code, coalesce(u.name, '')
  FROM members_amendedentry l
  JOIN members_rollentry e ON e.id = l.entry_id
  JOIN members_section c ON c.id = e.section_id
  LEFT JOIN members_unit u ON u.id = e.unit_id
 WHERE l.amendment_id = %s ORDER BY e.public_id
"""  # noqa: S608 - the names of our own columns.


@dataclass(frozen=True, slots=True)
class Link:
    """One amendment as its commitment covers it: worked out anew from its rows."""

    number: int
    kind: str
    reason: str
    previous: bytes
    commitment: bytes
    stored: bytes
    digest: bytes
    changes: tuple[tuple[str, str, int], ...]


def chain_of(roll_id: int, *, after: int = 0) -> list[Link]:
    """Every amendment after the given one with its commitment worked out anew, in order.

    changes: (change, section's code, people), sorted.
    """
    roll = Roll.objects.get(pk=roll_id)
    rows = Amendment.objects.filter(roll_id=roll_id, number__gte=after).order_by("number")
    previous = bytes(roll.commitment)
    links = []
    for row in rows:
        if row.number == after:
            previous = bytes(row.commitment)
            continue
        link = link_of(row, salt=bytes(roll.salt), previous=previous)
        previous = link.commitment
        links.append(link)
    return links


def link_of(row: Amendment, *, salt: bytes, previous: bytes) -> Link:
    """An amendment's link in the chain, from its entries."""
    with connection.cursor() as cursor:
        cursor.execute(_LINES, [row.pk])
        lines = cursor.fetchall()
    commitment = AmendmentCommitment(
        salt=salt, previous=previous, number=row.number, entries=len(lines)
    )
    counts: dict[tuple[str, str], int] = {}
    for line in lines:
        commitment.add(entry_line(line))
        key = (line[0], line[-2])
        counts[key] = counts.get(key, 0) + 1
    return Link(
        row.number, row.kind, row.reason, previous, commitment.value(), bytes(row.commitment),
        digest_of_set(line[1] for line in lines),
        tuple((change, section, people) for (change, section), people in sorted(counts.items())),
    )
