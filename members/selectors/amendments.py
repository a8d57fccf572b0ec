"""What has been amended of a frozen roll: the amendments, and the roll as of any of them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import connection

from members.mapping import (
    ENTRY_FIELDS,
    entry_line,
)
from members.models import AmendedEntry, Amendment, Member, Roll, RollEntry
from members.models.amendments import REASONS, Kind, Reason

_NOT_CONTACT: Final = {"public_id", "section", "unit"}
CONTACT: Final = tuple(name for name in ENTRY_FIELDS if name not in _NOT_CONTACT)

# Who of those asked for cannot be amended so, and why. A person has one entry, whatever their
# records: somebody struck off under one record is restored under it, and not added under another.
_CANNOT: Final = """
WITH asked AS (
    SELECT m.id, m.merged_into_id, coalesce(m.merged_into_id, m.id) AS person,
           row_number() OVER (PARTITION BY coalesce(m.merged_into_id, m.id) ORDER BY m.id) AS place
      FROM members_member m WHERE m.id = ANY(%(members)s)
), records AS (
    SELECT id, person AS record FROM asked
    UNION SELECT asked.id, o.id FROM asked JOIN members_member o ON o.merged_into_id = asked.person
    UNION SELECT id, id FROM asked
), held AS (
    SELECT r.id, bool_or(e.member_id = r.id AND x.entry_id IS NULL) AS is_on,
           bool_or(e.member_id = r.id) AS has_own, bool_or(e.member_id <> r.id) AS has_other
      FROM records r
      JOIN members_rollentry e ON e.roll_id = %(roll)s AND e.member_id = r.record
      LEFT JOIN members_struckentry x ON x.entry_id = e.id
     GROUP BY r.id
), judged AS (
    SELECT asked.id, CASE
        WHEN %(kind)s <> 'add' AND h.is_on IS NOT TRUE THEN 'not-on-roll'
        WHEN %(kind)s <> 'add' THEN NULL
        WHEN h.is_on OR h.has_other THEN 'on-roll'
        WHEN asked.merged_into_id IS NOT NULL AND h.has_own IS NOT TRUE THEN 'merged'
        WHEN asked.place > 1 THEN 'repeated'
    END AS why
      FROM asked LEFT JOIN held h ON h.id = asked.id
)
SELECT id, why FROM judged WHERE why IS NOT NULL ORDER BY id
"""

_SECTIONS: Final = """
SELECT s.id, s.code, s.name, sum(t.frozen)::bigint, sum(t.added)::bigint, sum(t.struck)::bigint
  FROM (SELECT section_id, people AS frozen, 0 AS added, 0 AS struck
          FROM members_rolltotal WHERE roll_id = %(roll)s AND rule = 'eligible'
        UNION ALL
        SELECT e.section_id, 0, (l.change IN ('added', 'restored'))::int,
               (l.change = 'struck')::int
          FROM members_amendment a
          JOIN members_amendedentry l ON l.amendment_id = a.id
          JOIN members_rollentry e ON e.id = l.entry_id
         WHERE a.roll_id = %(roll)s AND a.number <= %(upto)s) AS t
  JOIN members_section s ON s.id = t.section_id
 GROUP BY s.id ORDER BY s.precedence, s.code
"""

_NOW: Final = 2**31 - 1

WHY_NOT: Final = {
    "unknown": "no member has this number",
    "on-roll": "on the roll already, or struck off under another record of the same person",
    "not-on-roll": "not on the roll",
    "merged": "merged into another record, which is the one to add",
    "repeated": "named twice",
}


def cannot_be_amended(
    roll_id: int, *, kind: str, members: Sequence[int]
) -> list[tuple[int, str]]:
    """Those of these members to whom the amendment does not apply, each with a word why."""
    with connection.cursor() as cursor:
        cursor.execute(_CANNOT, {"roll": roll_id, "kind": kind, "members": list(members)})
        wrong = [(member, why) for member, why in cursor.fetchall()]
    known = set(Member.objects.filter(pk__in=members).values_list("pk", flat=True))
    return wrong + [(member, "unknown") for member in members if member not in known]


@dataclass(frozen=True, slots=True)
class SectionElectors:
    """One section of a roll: frozen + added − struck = electors. Restored counts as added."""

    section_id: int
    code: str
    name: str
    frozen: int
    added: int
    struck: int

    @property
    def electors(self) -> int:
        return self.frozen + self.added - self.struck


def electors_amended(roll_id: int, *, upto: int | None = None) -> list[SectionElectors]:
    """The electors by section, as of an amendment, or of the last one."""
    with connection.cursor() as cursor:
        cursor.execute(_SECTIONS, {"roll": roll_id, "upto": _NOW if upto is None else upto})
        return [SectionElectors(*row) for row in cursor.fetchall()]


def electors_now(roll_id: int) -> int:
    """How many electors are on a roll, after its amendments."""
    return sum(one.electors for one in electors_amended(roll_id))


@dataclass(frozen=True, slots=True)
class AmendmentShown:
    """One amendment as anybody may read it: no name, and not the grounds.

    sections: (code, name, people) of each section that it touched.
    """

    number: int
    kind: str
    kind_words: str
    reason: str
    reason_words: str
    made_at: datetime
    sections: tuple[tuple[str, str, int], ...]
    is_bulk: bool
    commitment: str

    @property
    def people(self) -> int:
        return sum(people for _, _, people in self.sections)


_TOUCHED: Final = """
SELECT a.number, s.code, s.name, count(*)
  FROM members_amendment a
  JOIN members_amendedentry l ON l.amendment_id = a.id
  JOIN members_rollentry e ON e.id = l.entry_id
  JOIN members_section s ON s.id = e.section_id
 WHERE a.roll_id = %s AND a.number > %s AND a.number <= %s
 GROUP BY a.number, s.code, s.name, s.precedence ORDER BY a.number, s.precedence
"""


def amendments_of(roll_id: int, *, after: int = 0, most: int = 1000) -> list[AmendmentShown]:
    """The amendments of a roll in their order, from the one after the given number."""
    rows = list(Amendment.objects.filter(roll_id=roll_id, number__gt=after)
                .order_by("number")[:most])
    touched: dict[int, list[tuple[str, str, int]]] = {}
    with connection.cursor() as cursor:
        cursor.execute(_TOUCHED, [roll_id, after, after + most])
        for number, code, name, people in cursor.fetchall():
            touched.setdefault(number, []).append((code, name, people))
    return [
        AmendmentShown(
            row.number, row.kind, Kind(row.kind).label, row.reason, Reason(row.reason).label,
            row.made_at, tuple(touched.get(row.number, ())), row.bulk_id is not None,
            bytes(row.commitment).hex(),
        )
        for row in rows
    ]


def last_amendment(roll_id: int) -> Amendment | None:
    return Amendment.objects.filter(roll_id=roll_id).order_by("-number").first()


def amendment_count(roll_id: int) -> int:
    return Amendment.objects.filter(roll_id=roll_id).count()


def struck_by_reason(roll_id: int) -> list[tuple[str, int]]:
    """Those who are struck off as the roll stands now: (reason in words, people)."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT reason, count(*) FROM members_struckentry WHERE roll_id = %s"
            " GROUP BY reason ORDER BY count(*) DESC, reason",
            [roll_id],
        )
        return [(str(Reason(reason).label), people) for reason, people in cursor.fetchall()]


def is_struck(entry: RollEntry) -> bool:
    """Whether an entry is struck off the roll as it stands now."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT EXISTS (SELECT FROM members_struckentry WHERE entry_id = %s)",
                       [entry.pk])
        return bool(cursor.fetchone()[0])


def entry_ids_as_of(roll_id: int, number: int) -> set[int]:
    """The entries on a roll after an amendment (0: as it was frozen), for explaining it."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT e.id FROM members_rollentry e LEFT JOIN LATERAL ("
            "  SELECT l.change, a.number FROM members_amendedentry l"
            "    JOIN members_amendment a ON a.id = l.amendment_id"
            "   WHERE l.entry_id = e.id AND l.change <> 'corrected' AND a.number <= %s"
            "   ORDER BY a.number DESC LIMIT 1) AS last ON true"
            " WHERE e.roll_id = %s AND CASE WHEN last.change IS NULL THEN NOT EXISTS ("
            "   SELECT FROM members_amendedentry n WHERE n.entry_id = e.id"
            "      AND n.change = 'added') ELSE last.change <> 'struck' END",
            [number, roll_id],
        )
        return {row[0] for row in cursor.fetchall()}


def amended(entries: Iterable[RollEntry]) -> list[RollEntry]:
    """The same entries with name and address as the last amendment of each has them."""
    rows = list(entries)
    lines = (
        AmendedEntry.objects.filter(entry__in=[row.pk for row in rows])
        .select_related("amendment")
        .order_by("amendment__number")
    )
    newest = {line.entry_id: line for line in lines}
    for row in rows:
        line = newest.get(row.pk)
        for name in CONTACT if line else ():
            setattr(row, name, getattr(line, name))
    return rows


def reasons_for(kind: str) -> tuple[str, ...]:
    return tuple(reason.value for reason in REASONS[Kind(kind)])


def reason_label(reason: str) -> str:
    return str(Reason(reason).label)


def amendment_choices(*kinds: str) -> list[tuple[str, list[tuple[str, str]]]]:
    """What a form offers: under each kind its reasons, as "kind:reason" and in words."""
    return [
        (str(kind.label), [(f"{kind.value}:{one.value}", str(one.label)) for one in REASONS[kind]])
        for kind in Kind
        if not kinds or kind.value in kinds
    ]


@dataclass(frozen=True, slots=True)
class MemberAmended:
    """What a proposal says of the one person it is about, without their name.

    digest: of name, address, section and unit as they would go onto the roll (or leave it), so
            that a change between proposal and approval shows.
    """

    section: str
    digest: str


def member_amended(roll_id: int, member_id: int, *, kind: str) -> MemberAmended:
    """The person of a proposal, from the roll if they are to leave it, else from the list."""
    roll = Roll.objects.get(pk=roll_id)
    rows = RollEntry.objects.filter(roll_id=roll_id, member_id=member_id)
    entry = next(iter(amended(rows.select_related("section", "unit"))), None)
    member = Member.objects.select_related("section", "unit").get(pk=member_id)
    place = entry or member
    contact = entry if entry is not None and kind == Kind.REMOVE else member
    fields = [str(getattr(contact, name)) for name in CONTACT]
    unit = place.unit.name if place.unit else ""
    line = entry_line([kind, *fields, place.section.code, unit])
    return MemberAmended(
        place.section.name, hashlib.sha256(bytes(roll.salt) + line).hexdigest()[:16]
    )


def addresses_before(corrections: Iterable[tuple[UUID, int]]) -> dict[tuple[UUID, int], str]:
    """The e-mail address that each entry had before an amendment: (pseudonym, number) → address."""
    pairs = list(corrections)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT e.public_id, k.number, coalesce(("
            "  SELECT l.email FROM members_amendedentry l"
            "    JOIN members_amendment a ON a.id = l.amendment_id"
            "   WHERE l.entry_id = e.id AND a.number < k.number"
            "   ORDER BY a.number DESC LIMIT 1), e.email)"
            "  FROM unnest(%s::uuid[], %s::int[]) AS k (public_id, number)"
            "  JOIN members_rollentry e ON e.public_id = k.public_id",
            [[str(key) for key, _ in pairs], [number for _, number in pairs]],
        )
        return {(key, number): email for key, number, email in cursor.fetchall()}
