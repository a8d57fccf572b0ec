"""What the membership list and its rolls can be asked. Nothing here writes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Count, QuerySet, Sum

from members.eligibility import (
    Rules,
    Value,
    decide,
    facts_used,
    failing,
    reason_in_words,
    rules_in_words,
    sentence,
)
from members.eligibility.deciding import ELIGIBLE
from members.mapping import (
    ENTRY_FIELDS,
    Commitment,
    entry_line,
    facts_of_member,
    facts_of_verdict,
    named_facts_of_member,
    rules_of_row,
)
from members.models import (
    EligibilityRules,
    ImportBatch,
    Member,
    RefusedRow,
    Roll,
    RollEntry,
    RollTotal,
    Section,
    Unit,
    Verdict,
)
from members.models.people import Standing
from members.rollfile import Trouble, name_key, number_key
from members.rollfile.errors import TROUBLE_WORDS
from members.rollfile.normal import fold
from office.progress import Report, silent
from office.refusal import Refusal

PAGE_ROWS = 50
ENTRIES_A_READ = 20_000


# --- the membership list ---------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ListFigures:
    """The membership list in figures."""

    listed: int
    no_longer_listed: int
    units: int
    sections: tuple[tuple[str, int], ...]


def list_figures() -> ListFigures:
    """How many people are on the list, in all and by section."""
    counts = {
        (section, is_listed): people
        for section, is_listed, people in Member.objects.order_by()
        .values_list("section_id", "is_listed")
        .annotate(people=Count("pk"))
    }
    return ListFigures(
        listed=sum(people for (_, is_listed), people in counts.items() if is_listed),
        no_longer_listed=sum(people for (_, is_listed), people in counts.items() if not is_listed),
        units=Unit.objects.count(),
        sections=tuple(
            (section.name, counts.get((section.pk, True), 0)) for section in Section.objects.all()
        ),
    )


@dataclass(frozen=True, slots=True)
class MemberPage:
    """One page of members in the order of names.

    next_after: the member that the next page begins after; 0 if there is no further page.
    """

    members: tuple[Member, ...]
    next_after: int


def find_members(words: str = "", *, after: int = 0) -> MemberPage:
    """Members whose number is `words`, or whose name begins with them; all, if there are none.

    after: the member that the page before named; 0 begins. Pages go by the key of names, so that
    the last is as quick as the first, and no name stands in an address.
    """
    people = Member.objects.select_related("section", "unit").order_by("name_key", "pk")
    if words.strip():
        people = people.filter(pk__in=_by_number_or_name(words))
    return _page_after(people, after)


def _by_number_or_name(words: str) -> list[int]:
    """Keys of the people found: two questions, each with its index, of at most so many rows."""
    numbers = Member.objects.filter(number_key=number_key(words.strip())[:32])
    names = Member.objects.filter(name_key__startswith=_name_as_kept(words)).order_by("name_key")
    most = 10 * PAGE_ROWS
    return [*numbers.values_list("pk", flat=True), *names.values_list("pk", flat=True)[:most]]


def _name_as_kept(words: str) -> str:
    """What was typed, as the list keeps names: family name first, whichever way round it came."""
    family, comma, given = words.partition(",")
    return name_key(family, given) if comma else fold(words)


def _page_after(people: QuerySet[Member], after: int) -> MemberPage:
    if after:
        people = people.extra(
            where=[
                "(members_member.name_key, members_member.id) >"
                " (SELECT last.name_key, last.id FROM members_member last WHERE last.id = %s)"
            ],
            params=[after],
        )
    rows = list(people[: PAGE_ROWS + 1])
    page, more = rows[:PAGE_ROWS], rows[PAGE_ROWS:]
    return MemberPage(tuple(page), page[-1].pk if more else 0)


def member(member_id: int) -> Member | None:
    return Member.objects.select_related("section", "unit", "last_import").filter(
        pk=member_id
    ).first()


def member_numbered(number: str) -> Member | None:
    """The member with this number, in whatever form it was typed."""
    key = number_key(number.strip())
    if not key or len(key) > 32:
        return None
    return Member.objects.select_related("section", "unit").filter(number_key=key).first()


def sections() -> QuerySet[Section]:
    return Section.objects.order_by("precedence")


def units() -> QuerySet[Unit]:
    return Unit.objects.order_by("key")


# --- imports ---------------------------------------------------------------------------------


def imports() -> QuerySet[ImportBatch]:
    return ImportBatch.objects.select_related("section", "uploaded_by").order_by("-pk")


def lines_refused(batch_id: int) -> int:
    """How many rows of a file were refused; a row may have several refused cells."""
    return _lines(RefusedRow.objects.filter(batch_id=batch_id))


def lines_refused_without_number(batch_id: int) -> int:
    """How many refused rows cannot be told to be anybody's."""
    return _lines(RefusedRow.objects.filter(batch_id=batch_id, number_key=""))


def _lines(rows: QuerySet[RefusedRow]) -> int:
    return int(rows.aggregate(lines=Count("line", distinct=True))["lines"])


@dataclass(frozen=True, slots=True)
class Refused:
    """A refused cell, with the words for it."""

    line: int
    column: str
    value: str
    reason: str
    remedy: str


def refusals(
    batch_id: int, *, after_line: int = 0, most: int | None = PAGE_ROWS
) -> Iterator[Refused]:
    """Refused cells in the order of the file, from the line after the given one."""
    rows = RefusedRow.objects.filter(batch_id=batch_id, line__gt=after_line)
    found = rows.order_by("line", "column").values_list("line", "column", "value", "trouble")
    if most is not None:
        found = found[:most]
    for line, column, value, trouble in found.iterator(chunk_size=2000):
        reason, remedy = TROUBLE_WORDS[Trouble(trouble)]
        yield Refused(line, column, value, reason, remedy)


def refusals_by_reason(batch_id: int) -> list[tuple[str, str, int]]:
    """Each reason with what to do and how many rows have it, the most frequent first."""
    rows = (
        RefusedRow.objects.filter(batch_id=batch_id)
        .values_list("trouble")
        .annotate(lines=Count("line", distinct=True))
        .order_by("-lines", "trouble")
    )
    return [(*TROUBLE_WORDS[Trouble(trouble)], lines) for trouble, lines in rows]


# --- rules and rolls -------------------------------------------------------------------------


def rules_of(rules_id: int) -> Rules:
    """The rules of a stored version, as the core reads them."""
    return rules_of_row(EligibilityRules.objects.get(pk=rules_id))


def rules_told(rules_id: int) -> tuple[str, ...]:
    """Each rule of a stored version as a sentence, with sections and units by their names."""
    return rules_in_words(rules_of(rules_id), display_names())


def verdict_examples(rules_id: int) -> list[tuple[str, str]]:
    """What somebody is told whom each of these rules keeps out: reason, and the sentence."""
    rules = rules_of(rules_id)
    names = display_names()
    return [
        (reason_in_words(rule), sentence(rule, facts, rules, names).removeprefix("Not eligible: "))
        for rule, facts in failing(rules)
    ]


def rules_rows() -> QuerySet[EligibilityRules]:
    return EligibilityRules.objects.select_related("written_by").order_by("name", "-version")


def rolls_named(name: str) -> QuerySet[Roll]:
    return Roll.objects.filter(name=name).order_by("-version")


def rolls() -> QuerySet[Roll]:
    return Roll.objects.select_related("rules").order_by("-pk")


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


def totals_by(roll_id: int, *names: str) -> list[tuple[object, ...]]:
    """Totals of a roll added up over everything but the named fields of RollTotal."""
    rows = RollTotal.objects.filter(roll_id=roll_id).order_by(*names).values_list(*names)
    return list(rows.annotate(total=Sum("people")))


def electors_by_section(roll_id: int) -> dict[int, int]:
    """How many electors each section of a roll has."""
    rows = (
        RollTotal.objects.filter(roll_id=roll_id, rule=ELIGIBLE)
        .order_by()
        .values_list("section_id")
        .annotate(electors=Sum("people"))
    )
    return dict(rows)


def sections_of(roll_id: int) -> QuerySet[Section]:
    """The sections that have electors on this roll, in the order of precedence."""
    return Section.objects.filter(pk__in=electors_by_section(roll_id)).order_by("precedence")


def entries_after(roll_id: int, *, after_id: int = 0, size: int = 1000) -> list[RollEntry]:
    """The next entries of a roll in the order of their ids, from the one after the given."""
    rows = RollEntry.objects.filter(roll_id=roll_id, pk__gt=after_id).select_related(
        "section", "unit"
    )
    return list(rows.order_by("pk")[:size])


def entry_ids(roll_id: int) -> Iterator[int]:
    """The ids of a roll's entries, ascending, a read at a time."""
    last = 0
    while True:
        rows = RollEntry.objects.filter(roll_id=roll_id, pk__gt=last).order_by("pk")
        page = list(rows.values_list("pk", flat=True)[:ENTRIES_A_READ])
        if not page:
            return
        yield from page
        last = page[-1]


def entry_of(roll_id: int, *, member_id: int) -> RollEntry | None:
    return RollEntry.objects.filter(roll_id=roll_id, member_id=member_id).first()


def entry_numbered(roll_id: int, number: str) -> RollEntry | None:
    """The entry of the member with this number, in whatever form it was typed."""
    found = member_numbered(number)
    return entry_of(roll_id, member_id=found.pk) if found else None


@dataclass(frozen=True, slots=True)
class Why:
    """The verdict on one member, for a person to read."""

    eligible: bool
    rule: str
    sentence: str
    facts: Mapping[str, Value]


def why(member_id: int, *, roll_id: int) -> Why | None:
    """Why a member is, or is not, on a roll: from the verdict stored at the freeze.

    None where the member was not on the membership list, now or once, when it was frozen.
    """
    verdict = (
        Verdict.objects.select_related("section", "unit", "roll__rules")
        .filter(roll_id=roll_id, member_id=member_id)
        .first()
    )
    if verdict is None:
        return None
    facts = facts_of_verdict(verdict)
    rules = rules_of_row(verdict.roll.rules)
    words = sentence(verdict.rule, facts, rules, dict(Standing.choices))
    used = facts_used(verdict.rule, facts, rules)
    return Why(verdict.rule == ELIGIBLE, verdict.rule, words, used)


def judge_today(member_id: int, *, rules_id: int) -> Why:
    """What the verdict on a member would be if the roll were frozen as the list stands now."""
    found = Member.objects.select_related("section", "unit").get(pk=member_id)
    rules = rules_of(rules_id)
    verdict = decide(facts_of_member(found), rules)
    named = named_facts_of_member(found)
    words = sentence(verdict.rule, named, rules, display_names())
    return Why(verdict.eligible, verdict.rule, words, facts_used(verdict.rule, named, rules))


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


def _entries_by_pseudonym(roll_id: int) -> Iterator[list[tuple[str, ...]]]:
    """All entries' fields as text in the order of pseudonyms, streamed by a database cursor."""
    fields = {name: f"e.{name}" for name in ENTRY_FIELDS}
    fields["public_id"] = "e.public_id::text"
    fields |= {"section": "c.code", "unit": "coalesce(u.name, '')"}
    query = (
        f"SELECT {', '.join(fields.values())} FROM members_rollentry e"  # noqa: S608 - constants.
        " JOIN members_section c ON c.id = e.section_id"
        " LEFT JOIN members_unit u ON u.id = e.unit_id"
        " WHERE e.roll_id = %s ORDER BY e.public_id"
    )
    with transaction.atomic(), connection.chunked_cursor() as cursor:
        cursor.execute(query, [roll_id])
        while rows := cursor.fetchmany(ENTRIES_A_READ):
            yield rows


def roll_with_id(public_id: UUID) -> Roll | None:
    return Roll.objects.select_related("rules").filter(public_id=public_id).first()


def standing_rolls() -> QuerySet[Roll]:
    """The rolls that are frozen now, one of each name, the newest first."""
    return Roll.objects.filter(state=Roll.State.FROZEN).select_related("rules").order_by("-pk")


def roll_commitment(roll_id: int) -> bytes:
    """The commitment that was published when the roll was frozen."""
    return bytes(Roll.objects.values_list("commitment", flat=True).get(pk=roll_id))


def entry_by_public_id(roll_id: int, public_id: UUID) -> RollEntry:
    """The entry of a roll with this pseudonym; somebody who is not on it is refused."""
    entry = (
        RollEntry.objects.select_related("section")
        .filter(roll_id=roll_id, public_id=public_id)
        .first()
    )
    if entry is None:
        raise Refusal("roll.no-such-entry", "There is nobody of this kind on the roll.", status=404)
    return entry


def entries_by_public_id(public_ids: Iterable[UUID]) -> dict[UUID, RollEntry]:
    """Entries by their pseudonyms, in one question; who is not on any roll is left out."""
    rows = RollEntry.objects.select_related("roll").filter(public_id__in=list(public_ids))
    return {row.public_id: row for row in rows}


def unit_names() -> dict[str, str]:
    """From each unit's key to its name."""
    return dict(Unit.objects.values_list("key", "name"))


def display_names() -> dict[str, str]:
    """What to call each section, standing and unit where rules are put in words."""
    sections_named = dict(Section.objects.values_list("code", "name"))
    return {**unit_names(), **sections_named, **dict(Standing.choices)}


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
