"""Export members: the columns chosen, for a purpose in words, marked for whom, and on record.

The record is written before the first byte leaves; how many rows left and their hash follow when
the last has. A download that is broken off stays on record without them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from http import HTTPStatus
from typing import Any, Final

from django.db import transaction
from django.db.models import QuerySet

from members.models import ExportRecord, Member
from members.rollfile.normal import fold, tidy
from office.models import StaffMember
from office.refusal import Refusal
from office.services.audit import record

ROWS_A_READ: Final = 5_000
KEPT_DAYS: Final = 30
SHORTEST_PURPOSE: Final = 10


@dataclass(frozen=True, slots=True)
class Column:
    """A column that can be chosen. is_contact: blank where the address is withheld."""

    name: str
    words: str
    is_contact: bool = False


COLUMNS: Final = (
    Column("number", "Membership number"),
    Column("title", "Title"),
    Column("given_name", "Given name"),
    Column("family_name", "Family name"),
    Column("section__name", "Section"),
    Column("unit__name", "Unit"),
    Column("standing", "Standing"),
    Column("joined_on", "Joined"),
    Column("paid_until", "Paid until"),
    Column("date_of_birth", "Date of birth"),
    Column("is_listed", "On the list"),
    Column("levy_confirmed", "Political levy confirmed"),
    Column("email", "E-mail", is_contact=True),
    Column("phone", "Phone", is_contact=True),
    Column("address_1", "Address, line 1", is_contact=True),
    Column("address_2", "Address, line 2", is_contact=True),
    Column("address_3", "Address, line 3", is_contact=True),
    Column("address_4", "Address, line 4", is_contact=True),
    Column("postcode", "Postcode", is_contact=True),
    Column("country", "Country", is_contact=True),
)
LEAST: Final = ("number", "given_name", "family_name")
_NAMED: Final = {column.name: column for column in COLUMNS}
FILTERS: Final = ("section_id", "unit_id", "standing", "is_listed")


@transaction.atomic
def begin_export(
    columns: Sequence[str],
    *,
    filters: Mapping[str, Any],
    purpose: str,
    by: int,
    now: datetime,
) -> ExportRecord:
    """Write down who takes which columns of whom, and what for.

    filters: any of section_id, unit_id, standing and is_listed, with the value asked for.
    """
    _refuse_unfit(columns, purpose)
    filters = {name: filters[name] for name in FILTERS if filters.get(name) not in (None, "")}
    recipient = StaffMember.objects.get(pk=by)
    export = ExportRecord.objects.create(
        at=now, by=recipient, purpose=tidy(purpose), filters=filters,
        columns=[column.name for column in COLUMNS if column.name in columns],
        destroy_by=(now + timedelta(days=KEPT_DAYS)).date(),
    )  # fmt: skip
    record("export_members", subject=("export", str(export.pk)), by=by, now=now,
           parameters={"columns": export.columns, **filters})  # fmt: skip
    return export


def _refuse_unfit(columns: Sequence[str], purpose: str) -> None:
    if not columns or set(columns) - set(_NAMED):
        raise Refusal(
            "export.columns", "Choose at least one of the columns that can be exported.",
            status=HTTPStatus.BAD_REQUEST,
        )  # fmt: skip
    if not SHORTEST_PURPOSE <= len(tidy(purpose)) <= 300:
        raise Refusal(
            "export.no-purpose", "Say in a sentence, of at most 300 characters, what the export "
            "is for.", status=HTTPStatus.BAD_REQUEST,
        )  # fmt: skip


def column_words(export: ExportRecord) -> list[str]:
    """The names of the columns that left, as they were chosen on the page."""
    return [_NAMED[name].words if name in _NAMED else name for name in export.columns]


def file_name(export: ExportRecord) -> str:
    """The file's name: it says which export it is, and whose."""
    return f"members-export-{export.pk}-{in_a_file_name(export.by.name)}.csv"


def in_a_file_name(name: str) -> str:
    """Somebody's name in the letters that every file name can have."""
    letters = fold(name).replace(" ", "-")
    return "".join(c for c in letters if c.isascii() and (c.isalnum() or c == "-"))[:60]


def mark_of(export: ExportRecord) -> str:
    """The line that marks the file: whose it is, what for, and until when."""
    return (
        f"Export {export.pk}, made for {export.by.name} on {_day(export.at.date())}. "
        f"Purpose: {export.purpose} Not to be passed on. To be destroyed by "
        f"{_day(export.destroy_by)}."
    )


def export_rows(export: ExportRecord) -> Iterator[list[str]]:
    """The lines of the file: the names of the columns, the members, and the mark once more."""
    columns = [_NAMED[name] for name in export.columns]
    yield [column.words for column in columns]
    rows = withheld = 0
    for is_withheld, cells in _cells(_chosen(export), columns):
        rows += 1
        withheld += is_withheld
        yield cells
    yield [
        f"End of export {export.pk}: {rows} members. {mark_of(export)} "
        f"Of {withheld} members the address is withheld: their address, e-mail and phone "
        "are blank here."
    ]


def _chosen(export: ExportRecord) -> QuerySet[Member]:
    return Member.objects.filter(**export.filters).order_by("pk")


def _cells(
    members: QuerySet[Member], columns: Sequence[Column]
) -> Iterator[tuple[bool, list[str]]]:
    """Each member's cells, read by key a few thousand at a time: no transaction stays open."""
    names = [column.name for column in columns]
    last = 0
    while True:
        page = list(
            members.filter(pk__gt=last).values_list("pk", "address_withheld", *names)[:ROWS_A_READ]
        )
        for _, is_withheld, *values in page:
            yield is_withheld, [
                "" if is_withheld and column.is_contact else _cell(value)
                for column, value in zip(columns, values, strict=True)
            ]
        if len(page) < ROWS_A_READ:
            return
        last = page[-1][0]


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return value.isoformat() if isinstance(value, date) else str(value)


def _day(day: date) -> str:
    return f"{day.day} {day:%B %Y}"


def end_export(export_id: int, *, rows: int, sha256: str, now: datetime) -> None:
    """Write down that the file has left whole, how many members it names, and its hash."""
    ended = ExportRecord.objects.filter(pk=export_id, finished_at=None)
    if not ended.update(rows=rows, sha256=sha256, finished_at=now):
        raise Refusal("export.ended", "This export has ended.", status=HTTPStatus.CONFLICT)
