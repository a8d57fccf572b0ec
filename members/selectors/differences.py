"""What an import would change, person by person: the preview's pages.

The worker has written it down with the preview, one row a person in the import's own tables
(services.comparing); a page reads one page of it by its key, however large the list is.
"""

# ruff: noqa: S608
# The statements are put together from constants of this module and from names of tables that
# are made of a number; every value is a parameter.

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from django.db import connection
from psycopg2 import sql

from members.models import ImportBatch
from members.models.imports import STAGING
from members.models.people import Standing
from members.selectors.people import PAGE_ROWS

_NAME: Final = "concat_ws(' ', {0}.title, {0}.given_name, {0}.family_name)"
_PLACES: Final = """
    SELECT * FROM {difference} WHERE kind = %(kind)s AND place > %(after)s
    ORDER BY place LIMIT %(most)s
"""


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One field of one person: as it is, and as it would be."""

    field: str
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class ChangedPerson:
    """Somebody on the list whom the file would change. place: where the next page goes on."""

    place: int
    line: int
    member_id: int
    number: str
    name: str
    changes: tuple[FieldChange, ...]


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody whom the file would add, or who is not in it any more (then line is 0)."""

    place: int
    line: int
    member_id: int | None
    number: str
    name: str
    section: str
    unit: str


@dataclass(frozen=True, slots=True)
class AlikePerson:
    """A new person with the name of another, and what else of the two agrees."""

    place: int
    number: str
    name: str
    other_id: int | None
    other_line: int | None
    other_number: str
    other_name: str
    agrees: str


@dataclass(frozen=True, slots=True)
class KeptStanding:
    """Somebody whose standing the file has otherwise than was decided, in words."""

    line: int
    number: str
    name: str
    in_file: str
    decided: str


def is_written_down(batch: ImportBatch) -> bool:
    """Whether the rows are there: they go when the import is settled, or the database falls."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT to_regclass(%s) IS NOT NULL AND to_regclass(%s) IS NOT NULL",
            [f"{STAGING}.{batch.staged_table}", f"{STAGING}.{batch.difference_table}"],
        )
        return bool(cursor.fetchone()[0])


def new_people(batch: ImportBatch, *, after: int = 0, most: int = PAGE_ROWS) -> list[Person]:
    """People whose number nobody has, in the order of the file."""
    rows = _asked(
        f"""
        SELECT d.place, s.line, NULL, s.number, {_NAME.format("s")}, c.name, coalesce(s.unit, '')
        FROM ({_PLACES}) d JOIN {{staged}} s ON s.line = d.place
        JOIN members_section c ON c.code = s.section ORDER BY d.place
        """,
        batch, kind="new", after=after, most=most,
    )  # fmt: skip
    return [Person(*row) for row in rows]


def gone_people(batch: ImportBatch, *, after: int = 0, most: int = PAGE_ROWS) -> list[Person]:
    """People on the list and not in the file, in the order in which they came to the list."""
    rows = _asked(
        f"""
        SELECT d.place, 0, m.id, m.number, {_NAME.format("m")}, c.name, coalesce(u.name, '')
        FROM ({_PLACES}) d JOIN members_member m ON m.id = d.member_id
        JOIN members_section c ON c.id = m.section_id
        LEFT JOIN members_unit u ON u.id = m.unit_id ORDER BY d.place
        """,
        batch, kind="gone", after=after, most=most,
    )  # fmt: skip
    return [Person(*row) for row in rows]


_OWN_WORDS: Final = {
    "section": ("was_c.name", "c.name"),
    "unit": ("was_u.name", "s.unit"),
    "on the list": ("'no'", "'yes'"),
}
_PLAIN_FIELDS: Final = (
    "title", "given_name", "family_name", "email", "address_1", "address_2", "address_3",
    "address_4", "postcode", "country", "standing", "phone", "joined_on", "paid_until",
    "date_of_birth", "levy_confirmed", "address_withheld",
)  # fmt: skip
_WORDS: Final = {
    **{name: (f"m.{name}::text", f"s.{name}::text") for name in _PLAIN_FIELDS}, **_OWN_WORDS,
}  # fmt: skip
_OLD: Final = " ".join(f"WHEN '{name}' THEN {old}" for name, (old, _) in _WORDS.items())
_NEW: Final = " ".join(f"WHEN '{name}' THEN {new}" for name, (_, new) in _WORDS.items())


def changed_people(
    batch: ImportBatch, *, after: int = 0, most: int = PAGE_ROWS
) -> list[ChangedPerson]:
    """People whom the file would change, in its order, with each field as it is and would be."""
    rows = _asked(
        f"""
        SELECT d.place, s.line, m.id, m.number, {_NAME.format("m")}, field,
               CASE field {_OLD} END, CASE field {_NEW} END
        FROM ({_PLACES}) d JOIN {{staged}} s ON s.line = d.place
        JOIN members_member m ON m.id = d.member_id
        JOIN members_section was_c ON was_c.id = m.section_id
        LEFT JOIN members_unit was_u ON was_u.id = m.unit_id
        LEFT JOIN members_section c ON c.code = s.section
        CROSS JOIN LATERAL unnest(d.fields) WITH ORDINALITY AS f (field, rank)
        ORDER BY d.place, f.rank
        """,
        batch, kind="changed", after=after, most=most,
    )  # fmt: skip
    found: dict[tuple[Any, ...], list[FieldChange]] = {}
    for *person, field, old, new in rows:
        change = FieldChange(in_words(field), old or "", new or "")
        found.setdefault(tuple(person), []).append(change)
    return [
        ChangedPerson(place, line, member_id, number, name, tuple(changes))
        for (place, line, member_id, number, name), changes in found.items()
    ]


def alike_people(batch: ImportBatch, *, after: int = 0, most: int = PAGE_ROWS) -> list[AlikePerson]:
    """New people who may be on the list, or higher up in the file, under another number."""
    rows = _asked(
        f"""
        SELECT d.place, s.number, {_NAME.format("s")}, d.member_id, d.other_line,
               coalesce(m.number, o.number), coalesce({_NAME.format("m")}, ''),
               coalesce({_NAME.format("o")}, ''), d.fields
        FROM ({_PLACES}) d JOIN {{staged}} s ON s.line = d.place
        LEFT JOIN members_member m ON m.id = d.member_id
        LEFT JOIN {{staged}} o ON o.line = d.other_line ORDER BY d.place
        """,
        batch, kind="alike", after=after, most=most,
    )  # fmt: skip
    return [
        AlikePerson(
            place, number, name, other_id, other_line, other_number, listed_name or name_in_file,
            "name and " + " and ".join(map(in_words, agrees)),
        )
        for place, number, name, other_id, other_line, other_number, listed_name, name_in_file,
            agrees in rows
    ]


def kept_standings(
    batch: ImportBatch, *, after: int = 0, most: int = PAGE_ROWS
) -> list[KeptStanding]:
    """People whose standing stays as it was decided, whatever the file has."""
    rows = _asked(
        f"""
        SELECT d.place, m.number, {_NAME.format("m")}, s.standing, m.standing
        FROM ({_PLACES}) d JOIN {{staged}} s ON s.line = d.place
        JOIN members_member m ON m.id = d.member_id ORDER BY d.place
        """,
        batch, kind="kept", after=after, most=most,
    )  # fmt: skip
    words = dict(Standing.choices)
    return [
        KeptStanding(line, number, name, str(words.get(given, given)),
                     str(words.get(decided, "not recorded")))
        for line, number, name, given, decided in rows
    ]  # fmt: skip


_ADDRESS_LINES: Final = {f"address_{line}": f"address, line {line}" for line in range(1, 5)}


def in_words(field: str) -> str:
    """A column of the list, as the pages call it."""
    words = {"email": "e-mail", "joined_on": "joined", **_ADDRESS_LINES}
    return words.get(field, field.replace("_", " "))


def _asked(query: str, batch: ImportBatch, **values: Any) -> list[tuple[Any, ...]]:
    tables = {
        "staged": sql.Identifier(STAGING, batch.staged_table),
        "difference": sql.Identifier(STAGING, batch.difference_table),
    }
    with connection.cursor() as cursor:
        cursor.execute(sql.SQL(query).format(**tables), values)
        return list(cursor.fetchall())
