"""One person's whole history, from everything that is written down about them, newest first.

Each sort of record is a source of its own. A further one joins with `@tells` above a function from
the keys of a person's rows to events; nothing else needs to know of it. Those of acts (decisions,
appeals, requests, amendments) are in members.selectors.acts_told.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from django.db.models import Q

from members.eligibility.deciding import ELIGIBLE
from members.models import (
    AccessRequest,
    Appeal,
    Change,
    ContactChange,
    CorrectionRequest,
    Decision,
    ImportBatch,
    Member,
    RollEntry,
    Section,
    Unit,
    Verdict,
)
from members.models.people import Standing
from office.models import Letter
from office.purposes import is_known_purpose, known_purposes, purpose_named

EVENTS_A_PAGE: Final = 25
MOST_OF_A_SORT: Final = 500


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that was changed, in words."""

    name: str
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened to somebody's record.

    at is empty for what is still to come, and for letters, of which no hour is kept; undated: it
    is a letter that has left or never will, and stands below everything that has an hour.
    """

    at: datetime | None
    words: str
    by: str = ""
    reason: str = ""
    differences: tuple[Difference, ...] = ()
    import_id: int | None = None
    roll_id: int | None = None
    undated: bool = False


Source = Callable[[Sequence[int]], Iterable[Event]]
_SOURCES: list[Source] = []
_LETTERS_TO_ENTRIES: list[str] = []


def tells(source: Source) -> Source:
    """Add a sort of record to the history: a function from members' keys to events."""
    _SOURCES.append(source)
    return source


def tell_of_letters(purpose: str) -> None:
    """Have the history show letters of this purpose that are addressed to roll entries.

    Called at start by whoever sends them. A letter that only somebody gets who has voted, or who
    has not, is not named here: the history is read by people who may not see who has voted, and
    so is what is held of a member (selectors.held).
    """
    if purpose not in _LETTERS_TO_ENTRIES:
        _LETTERS_TO_ENTRIES.append(purpose)


def history_of(member_id: int, *, after: int = 0) -> tuple[list[Event], int]:
    """One page of a person's history, and where the next begins (0: there is none)."""
    members = person_rows(member_id)
    ahead, below = datetime.max.replace(tzinfo=UTC), datetime.min.replace(tzinfo=UTC)
    # Of one moment, what is told by a later source is taken to have come later.
    told = [(event.at or (below if event.undated else ahead), place, event)
            for place, source in enumerate(_SOURCES) for event in source(members)]  # fmt: skip
    told.sort(key=lambda each: each[:2], reverse=True)
    page = [event for _, _, event in told[after : after + EVENTS_A_PAGE]]
    more = len(told) > after + EVENTS_A_PAGE
    return page, after + EVENTS_A_PAGE if more else 0


def person_rows(member_id: int) -> list[int]:
    """The keys of every row of the list that stands for the same person as this one."""
    person = Member.objects.values_list("merged_into_id", flat=True).get(pk=member_id) or member_id
    return list(
        Member.objects.filter(Q(pk=person) | Q(merged_into_id=person))
        .order_by("pk")
        .values_list("pk", flat=True)
    )


def records_named(members: Sequence[int]) -> dict[int, str]:
    """What to add to an event of each record: its number, where the person has several."""
    if len(members) == 1:
        return {members[0]: ""}
    numbers = Member.objects.filter(pk__in=members).values_list("pk", "number")
    return {key: f" (number {number})" for key, number in numbers}


# --- the sources ------------------------------------------------------------------------------


@tells
def _added(members: Sequence[int]) -> Iterable[Event]:
    rows = Member.objects.filter(pk__in=members).select_related("first_import__applied_by")
    for row in rows:
        batch: ImportBatch = row.first_import
        yield Event(
            batch.applied_at, f"Added to the list as number {row.number}",
            _named(batch.applied_by), import_id=batch.pk,
        )  # fmt: skip


@tells
def _changed(members: Sequence[int]) -> Iterable[Event]:
    rows = Change.objects.filter(member_id__in=members).select_related("by", "seconded_by")
    changes = list(rows.order_by("-pk")[:MOST_OF_A_SORT])
    names, which = names_in(changes), records_named(members)
    for change in changes:
        people = filter(None, (_named(change.by), _named(change.seconded_by)))
        yield Event(
            change.at, f"Changed by {change.get_source_display()}{which[change.member_id]}",
            " and ".join(people),
            change.reason, tuple(differences(change, names)), import_id=change.batch_id,
        )  # fmt: skip


@tells
def _judged(members: Sequence[int]) -> Iterable[Event]:
    rows = Verdict.objects.filter(member_id__in=members).select_related("roll__frozen_by")
    which = records_named(members)
    for row in rows[:MOST_OF_A_SORT]:
        found = "on the roll" if row.rule == ELIGIBLE else "not on the roll"
        yield Event(
            row.roll.frozen_at, f"Judged for {row.roll}: {found}{which[row.member_id]}",
            _named(row.roll.frozen_by),
            roll_id=row.roll_id,
        )  # fmt: skip


@tells
def _written_to(members: Sequence[int]) -> Iterable[Event]:
    for letter in letters_to(members):
        purpose = letter.purpose
        words = purpose_named(purpose).words if is_known_purpose(purpose) else purpose
        has_left = letter.state in (Letter.State.HANDED_OVER, Letter.State.CANCELLED)
        yield Event(None, f"Letter: {words} ({letter.get_state_display()})", undated=has_left)


@tells
def _asked(members: Sequence[int]) -> Iterable[Event]:
    rows = AccessRequest.objects.filter(member_id__in=members).select_related("requested_by")
    for row in rows.defer("file"):
        yield Event(row.requested_at, "Asked to see what is held", _named(row.requested_by))


def letters_to(members: Sequence[int]) -> list[Letter]:
    """Letters to these members, and those to their roll entries that the history may show."""
    own = list(_addressed(members))
    to_members = Q(purpose__in=known_purposes(), recipient__in=own)
    entries = RollEntry.objects.filter(member_id__in=members).values_list("public_id", flat=True)
    to_entries = Q(purpose__in=_LETTERS_TO_ENTRIES, recipient__in=[str(each) for each in entries])
    return list(Letter.objects.filter(to_members | to_entries).order_by("-pk")[:MOST_OF_A_SORT])


def _addressed(members: Sequence[int]) -> Iterable[str]:
    """The names under which letters go to them: their own, and those of what is written about."""
    yield from (f"member:{key}" for key in members)
    for kind, rows in {
        "decision": Decision.objects.filter(member_id__in=members),
        "appeal": Appeal.objects.filter(decision__member_id__in=members),
        "correction": CorrectionRequest.objects.filter(member_id__in=members),
    }.items():
        yield from (f"{kind}:{key}" for key in rows.values_list("pk", flat=True))
    changes = ContactChange.objects.filter(change__member_id__in=members).order_by("-pk")
    for key in changes.values_list("pk", flat=True)[:MOST_OF_A_SORT]:
        yield from (f"change:{key}:{side}" for side in ("old", "new"))


# --- changes in words -------------------------------------------------------------------------

_WORDS: Final = {
    "number": "Number", "title": "Title", "given_name": "Given name",
    "family_name": "Family name", "email": "E-mail", "address_1": "Address, line 1",
    "address_2": "Address, line 2", "address_3": "Address, line 3",
    "address_4": "Address, line 4", "postcode": "Postcode", "country": "Country",
    "section_id": "Section", "unit_id": "Unit", "joined_on": "Joined", "paid_until": "Paid until",
    "standing": "Standing", "date_of_birth": "Date of birth", "phone": "Phone",
    "levy_confirmed": "Political levy confirmed", "address_withheld": "Address withheld",
    "is_listed": "On the membership list", "merged_into_id": "Same person as",
}  # fmt: skip
# Keys for matching follow from what is shown, and imports are named beside the event.
_NOT_SHOWN: Final = {"name_key", "number_key", "first_import_id", "last_import_id"}


def differences(change: Change, names: dict[str, dict[Any, str]]) -> list[Difference]:
    """What one change changed, from → to, with the names of sections, units and people."""
    return [
        Difference(
            _WORDS.get(column, column.replace("_", " ").capitalize()),
            _shown(column, change.before[column], names),
            _shown(column, change.after.get(column), names),
        )
        for column in sorted(change.before, key=lambda name: list(_WORDS).index(name)
                             if name in _WORDS else len(_WORDS))
        if column not in _NOT_SHOWN
    ]  # fmt: skip


def names_in(changes: Sequence[Change]) -> dict[str, dict[Any, str]]:
    """The names behind the keys that changes hold."""

    def keys(column: str) -> set[Any]:
        return {side.get(column) for change in changes for side in (change.before, change.after)}

    return {
        "section_id": dict(Section.objects.values_list("pk", "name")),
        "unit_id": dict(Unit.objects.filter(pk__in=keys("unit_id")).values_list("pk", "name")),
        "merged_into_id": dict(
            Member.objects.filter(pk__in=keys("merged_into_id")).values_list("pk", "number")
        ),
        "standing": dict(Standing.choices),
    }


def _shown(column: str, value: Any, names: dict[str, dict[Any, str]]) -> str:
    if value is None or value == "":
        return "blank"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(names.get(column, {}).get(value, value))


def _named(person: Any) -> str:
    return str(person.name) if person else ""
