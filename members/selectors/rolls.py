"""What a frozen roll can be asked: its entries, its totals, its commitment."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.db.models import QuerySet, Sum
from django.db.models.functions import Now, TruncDate

from members.eligibility import reason_in_words
from members.eligibility.deciding import ELIGIBLE
from members.mapping import ENTRY_FIELDS, NEVER_ON_THE_LIST, Commitment, entry_line
from members.models import Roll, RollEntry, RollTotal
from members.selectors.amendments import amended, is_struck
from members.selectors.people import member_numbered
from office.progress import Report, silent
from office.refusal import Refusal

ENTRIES_A_READ = 20_000
ENTRIES_A_PAGE = 5_000

_SUMS = f"""
    WITH totals AS (
        SELECT section_id, sum(people) AS judged,
               coalesce(sum(people) FILTER (WHERE rule = %(eligible)s), 0) AS electors
        FROM members_rolltotal WHERE roll_id = %(roll)s GROUP BY section_id
    ), verdicts AS (
        SELECT section_id, count(*) AS judged,
               count(*) FILTER (WHERE rule = %(eligible)s) AS electors
        FROM members_verdict WHERE roll_id = %(roll)s GROUP BY section_id
    ), entries AS (
        SELECT section_id, count(*) AS electors
        FROM members_rollentry WHERE roll_id = %(roll)s GROUP BY section_id
    ), listed AS (
        SELECT section_id, count(*) AS members FROM members_member m
        WHERE NOT ({NEVER_ON_THE_LIST}) GROUP BY section_id
    )
    SELECT section.name, coalesce(listed.members, 0), coalesce(verdicts.judged, 0),
           coalesce(totals.judged, 0), coalesce(verdicts.electors, 0),
           coalesce(totals.electors, 0), coalesce(entries.electors, 0)
    FROM members_section section
    LEFT JOIN listed ON listed.section_id = section.id
    LEFT JOIN verdicts ON verdicts.section_id = section.id
    LEFT JOIN totals ON totals.section_id = section.id
    LEFT JOIN entries ON entries.section_id = section.id
    ORDER BY section.precedence
"""  # noqa: S608 - a constant.
_PERSONS = """
    SELECT count(DISTINCT coalesce(m.merged_into_id, m.id))
    FROM members_rollentry e JOIN members_member m ON m.id = e.member_id
    WHERE e.roll_id = %(roll)s
"""


def sums_of_roll(roll_id: int, *, electors: int) -> Iterator[tuple[str, int, int]]:
    """What must be equal of a roll that is being frozen: (what is counted, one count, another).

    Each count is taken from its own table: the list, the verdicts, the totals, the entries.
    electors: how many the roll says it has.
    """
    values: dict[str, int | str] = {"roll": roll_id, "eligible": ELIGIBLE}
    with connection.cursor() as cursor:
        cursor.execute(_SUMS, values)
        rows = cursor.fetchall()
        cursor.execute(_PERSONS, values)
        ((persons,),) = cursor.fetchall()
    for section, listed, judged, judged_in_totals, eligible, in_totals, entered in rows:
        yield f"the records of the section {section}, listed and judged,", listed, judged
        yield f"the verdicts of the section {section}", judged, int(judged_in_totals)
        yield f"the eligible of the section {section}", eligible, int(in_totals)
        yield f"the electors of the section {section}", eligible, entered
    yield "the electors", electors, sum(row[-1] for row in rows)
    yield "the people on the roll and their entries", persons, electors


def hash_of_verdicts(roll_id: int) -> str:
    """SHA-256 over every record and the rule of its verdict: the same list under the same rules
    has the same hash, whenever it is judged (docs/roll.md §4)."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {VERDICTS_HASH} FROM members_verdict WHERE roll_id = %s",  # noqa: S608
            [roll_id],
        )
        ((found,),) = cursor.fetchall()
    return str(found)


# Over any table that has member_id and rule.
VERDICTS_HASH = (
    "encode(sha256(convert_to(coalesce(string_agg("
    "member_id || ' ' || rule || E'\\n', '' ORDER BY member_id), ''), 'UTF8')), 'hex')"
)


def rolls_named(name: str) -> QuerySet[Roll]:
    return Roll.objects.filter(name=name).order_by("-version")


def rolls() -> QuerySet[Roll]:
    return Roll.objects.select_related("rules", "destruction").order_by("-pk")


@dataclass(frozen=True, slots=True)
class Total:
    """How many people of one section and unit had one verdict."""

    section_code: str
    section_name: str
    unit_name: str | None
    rule: str
    people: int

    @property
    def is_eligible(self) -> bool:
        return self.rule == ELIGIBLE


def roll_totals(roll_id: int) -> list[Total]:
    """Every total of a roll, by section, unit and reason."""
    rows = (
        RollTotal.objects.filter(roll_id=roll_id)
        .select_related("section", "unit")
        .order_by("section__precedence", "unit__key", "rule")
    )
    return [
        Total(row.section.code, row.section.name, row.unit.name if row.unit else None,
              row.rule, row.people)
        for row in rows
    ]  # fmt: skip


def totals_by(roll_id: int, *names: str) -> list[tuple[Any, ...]]:
    """Totals of a roll added up over everything but the named fields of RollTotal."""
    rows = RollTotal.objects.filter(roll_id=roll_id).order_by(*names).values_list(*names)
    return list(rows.annotate(total=Sum("people")))


def entry_of(roll_id: int, *, member_id: int) -> RollEntry | None:
    """A member's entry, with name and address as they were last amended; also one struck off."""
    rows = RollEntry.objects.filter(roll_id=roll_id, member_id=member_id)
    return next(iter(amended(rows.select_related("section"))), None)


def entry_numbered(roll_id: int, number: str) -> RollEntry | None:
    """The entry of the member with this number, in whatever form it was typed.

    Nobody who is struck off: they are not on the roll.
    """
    found = member_numbered(number)
    entry = entry_of(roll_id, member_id=found.pk) if found else None
    return None if entry is None or is_struck(entry) else entry


def recompute_commitment(
    roll_id: int,
    *,
    salt: bytes | None = None,
    electors: int | None = None,
    report: Report = silent,
) -> bytes:
    """The commitment of a roll, worked out anew from its entries (members.mapping).

    salt, electors: as the roll's row has them; given while the row is still being written.
    """
    if salt is None or electors is None:
        roll = Roll.objects.get(pk=roll_id)
        salt, electors = bytes(roll.salt), roll.electors
    commitment = Commitment(salt=salt, entries=electors)
    for rows in _entries_by_pseudonym(roll_id):
        commitment.add(b"".join(map(entry_line, rows)), entries=len(rows))
        report(done=commitment.taken)
    return commitment.value()


def has_entries_as_frozen(roll_id: int) -> bool:
    """Whether a roll has as many entries as were frozen, those aside that were added since."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM members_rollentry e WHERE e.roll_id = %s AND NOT EXISTS ("
            " SELECT FROM members_amendedentry n WHERE n.entry_id = e.id AND n.change = 'added')",
            [roll_id],
        )
        found = int(cursor.fetchone()[0])
    return found == Roll.objects.values_list("electors", flat=True).get(pk=roll_id)


def _entries_by_pseudonym(roll_id: int) -> Iterator[list[tuple[str, ...]]]:
    """All entries' fields as text in the order of pseudonyms, streamed by a database cursor."""
    fields = {name: f"e.{name}" for name in ENTRY_FIELDS}
    fields["public_id"] = "e.public_id::text"
    fields |= {"section": "c.code", "unit": "coalesce(u.name, '')"}
    query = (
        f"SELECT {', '.join(fields.values())} FROM members_rollentry e"  # noqa: S608 - constants.
        " JOIN members_section c ON c.id = e.section_id"
        " LEFT JOIN members_unit u ON u.id = e.unit_id"
        # Who was added since is covered by the amendment that added them.
        " WHERE e.roll_id = %s AND NOT EXISTS (SELECT FROM members_amendedentry n"
        "   WHERE n.entry_id = e.id AND n.change = 'added') ORDER BY e.public_id"
    )
    with transaction.atomic(), connection.chunked_cursor() as cursor:
        cursor.execute(query, [roll_id])
        while rows := cursor.fetchmany(ENTRIES_A_READ):
            yield rows


def standing_rolls() -> QuerySet[Roll]:
    """The rolls that are frozen now, one of each name, the newest first."""
    return Roll.objects.filter(state=Roll.State.FROZEN).select_related("rules").order_by("-pk")


def rolls_due_for_destruction() -> QuerySet[Roll]:
    """The rolls whose day of destruction has come, by the database's clock."""
    return Roll.objects.filter(
        destroy_on__lte=TruncDate(Now(), tzinfo=UTC), destruction__isnull=True
    ).order_by("pk")


def roll_commitment(roll_id: int) -> bytes:
    """The commitment that was published when the roll was frozen."""
    return bytes(Roll.objects.values_list("commitment", flat=True).get(pk=roll_id))


def entry_by_public_id(roll_id: int, public_id: UUID) -> RollEntry:
    """The entry of a roll with this pseudonym; somebody who is not on it is refused."""
    rows = RollEntry.objects.select_related("section").filter(
        roll_id=roll_id, public_id=public_id
    )
    entry = next(iter(amended(rows)), None)
    if entry is None:
        raise Refusal("roll.no-such-entry", "There is nobody of this kind on the roll.", status=404)
    return entry


def entries_by_public_id(public_ids: Iterable[UUID]) -> dict[UUID, RollEntry]:
    """Entries by their pseudonyms, as last amended; who is not on any roll is left out."""
    rows = RollEntry.objects.select_related("roll", "section")
    rows = rows.filter(public_id__in=list(public_ids))
    return {row.public_id: row for row in amended(rows)}


def roll_as_amended(roll_id: int) -> Iterator[RollEntry]:
    """Everybody who is on a roll now, with name and address as last amended; a page at a time."""
    after = 0
    while True:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT e.id FROM members_rollentry e WHERE e.roll_id = %s AND e.id > %s"
                " AND NOT EXISTS (SELECT FROM members_struckentry x WHERE x.entry_id = e.id)"
                " ORDER BY e.id LIMIT %s",
                [roll_id, after, ENTRIES_A_PAGE],
            )
            keys = [row[0] for row in cursor.fetchall()]
        if not keys:
            return
        after = keys[-1]
        rows = RollEntry.objects.filter(pk__in=keys).select_related("section")
        yield from amended(rows.order_by("pk"))


@dataclass(frozen=True, slots=True)
class RollFigures:
    """A roll's totals, ready to read: by section, by reason and by unit."""

    sections: tuple[tuple[str, int, int], ...]
    reasons: tuple[tuple[str, int], ...]
    units: tuple[tuple[str, int, int], ...]


def roll_figures(roll_id: int) -> RollFigures:
    """Totals of a roll: (section, electors, not eligible), (reason, people), (unit, …)."""
    by_section: dict[str, list[int]] = {}
    by_unit: dict[str, list[int]] = {}
    by_reason: dict[str, int] = {}
    for total in roll_totals(roll_id):
        for table, name in (
            (by_section, total.section_name), (by_unit, total.unit_name or "No unit")
        ):  # fmt: skip
            table.setdefault(name, [0, 0])[0 if total.is_eligible else 1] += total.people
        if not total.is_eligible:
            by_reason[total.rule] = by_reason.get(total.rule, 0) + total.people
    reasons = sorted(by_reason.items(), key=lambda pair: (-pair[1], pair[0]))
    return RollFigures(
        tuple((name, electors, others) for name, (electors, others) in by_section.items()),
        tuple((reason_in_words(rule), people) for rule, people in reasons),
        tuple((name, electors, others) for name, (electors, others) in by_unit.items()),
    )
