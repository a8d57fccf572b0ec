"""The rows of one file on their way into the membership list, as sets in the database.

Two unlogged tables for each import, of its rows and of what they would change: filled by COPY,
compared and applied with set-based SQL, and dropped when the import is applied or discarded.
Unlogged, because the file itself is still kept: after a fall of the database the tables are
empty, which applying notices.

NULL in a staged row is a blank cell, and a blank cell is no news: it changes nothing. The empty
text is a blank cell that deletes, where the mapping of the file says so.
"""

from __future__ import annotations

import csv
import io
import json
from typing import Any, Final

from django.db import connection
from psycopg2 import sql

from members.models import ImportBatch
from members.models.imports import STAGING
from members.rollfile import RefusedLine, Row
from members.services.planning import give_memory

COPY_BYTES: Final = 1 << 16

TEXTS: Final = (
    "number",
    "title",
    "given_name",
    "family_name",
    "name_key",
    "email",
    "address_1",
    "address_2",
    "address_3",
    "address_4",
    "postcode",
    "country",
    "standing",
    "phone",
)
DATES: Final = ("joined_on", "paid_until", "date_of_birth")
ANSWERS: Final = ("levy_confirmed", "address_withheld")

_TABLE: Final = sql.SQL(
    """
    CREATE UNLOGGED TABLE {table} (
        line integer NOT NULL,
        number text NOT NULL,
        number_key text COLLATE "C" NOT NULL,
        title text,
        given_name text,
        family_name text NOT NULL,
        name_key text COLLATE "C" NOT NULL,
        email text,
        address_1 text,
        address_2 text,
        address_3 text,
        address_4 text,
        postcode text,
        country text,
        section text,
        unit text,
        unit_key text COLLATE "C",
        joined_on date,
        paid_until date,
        standing text,
        date_of_birth date,
        phone text,
        levy_confirmed boolean,
        address_withheld boolean
    )
    """
)


def table_of(batch_id: int) -> sql.Identifier:
    """The name of the import's table."""
    return sql.Identifier(STAGING, ImportBatch(pk=batch_id).staged_table)


def difference_of(batch_id: int) -> sql.Identifier:
    """The name of the table of what the import would change."""
    return sql.Identifier(STAGING, ImportBatch(pk=batch_id).difference_table)


def is_there(batch_id: int) -> bool:
    """Whether the import's table is there, filled or empty."""
    name = f"{STAGING}.{ImportBatch(pk=batch_id).staged_table}"
    return bool(run("SELECT to_regclass(%(name)s) IS NOT NULL", batch_id, name=name)[0][0])


def run(query: str, batch_id: int, **values: Any) -> list[tuple[Any, ...]]:
    """Run one statement in which {staged} and {difference} are the import's tables."""
    with connection.cursor() as cursor:
        cursor.execute(with_tables(query, batch_id), values or None)
        return list(cursor.fetchall()) if cursor.description else []


def changed_rows(query: str, batch_id: int, **values: Any) -> int:
    """Run one statement that writes, and return how many rows it wrote."""
    with connection.cursor() as cursor:
        cursor.execute(with_tables(query, batch_id), values or None)
        return int(cursor.rowcount)


def with_tables(query: str, batch_id: int) -> sql.Composed:
    """The statement with the import's tables for {staged} and {difference}."""
    return sql.SQL(query).format(staged=table_of(batch_id), difference=difference_of(batch_id))


def make(batch_id: int) -> None:
    """Make the import's table, empty."""
    drop(batch_id)
    give_memory()
    with connection.cursor() as cursor:
        cursor.execute(_TABLE.format(table=table_of(batch_id)))


def drop(batch_id: int) -> None:
    """Drop the import's tables, if they are there."""
    run("DROP TABLE IF EXISTS {staged}, {difference}", batch_id)


def fill(batch_id: int, rows: str) -> None:
    """COPY rows into the import's table; a blank cell becomes NULL.

    rows: as text, in PostgreSQL's own format, which costs a fifth of reading CSV
    (members.rollfile.batches). It is whole before the first of it is sent: making it may ask the
    database for more of the file, and a connection that is copying in can do nothing else.
    """
    order = sql.SQL(", ").join(map(sql.Identifier, Row._fields))
    statement = sql.SQL("COPY {} ({}) FROM STDIN (NULL '')").format(table_of(batch_id), order)
    with connection.cursor() as cursor:
        cursor.copy_expert(statement, io.StringIO(rows, newline=""), COPY_BYTES)


def make_blanks_delete(batch_id: int, column: str) -> None:
    """Turn the blank cells of a column of text from no news into the empty value."""
    if column not in TEXTS:
        raise ValueError(f"{column} is no column of text")
    name = sql.Identifier(column)
    statement = sql.SQL("UPDATE {} SET {} = '' WHERE {} IS NULL")
    with connection.cursor() as cursor:
        cursor.execute(statement.format(table_of(batch_id), name, name))


def fill_refusals(batch_id: int, refused: list[RefusedLine]) -> None:
    """COPY refused rows: their problems, one row each, and their cells as they stood."""
    if not refused:
        return
    _fill_mendable(batch_id, refused)
    text = io.StringIO(newline="")
    writer = csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\n")
    for row in refused:
        for problem in row.problems:
            writer.writerow((batch_id, row.line, problem.column, problem.value,
                             problem.trouble.value, row.number_key))  # fmt: skip
    text.seek(0)
    with connection.cursor() as cursor:
        cursor.copy_expert(
            'COPY members_refusedrow (batch_id, line, "column", value, trouble, number_key)'
            " FROM STDIN (FORMAT csv, FORCE_NOT_NULL (\"column\", value, number_key))",
            text,
        )


def _fill_mendable(batch_id: int, refused: list[RefusedLine]) -> None:
    """COPY the cells of refused rows. No database text holds a NUL: it is kept as �."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\n")
    for row in refused:
        cells = json.dumps([cell.replace("\x00", "\ufffd") for cell in row.cells])
        writer.writerow((batch_id, row.line, cells))
    text.seek(0)
    with connection.cursor() as cursor:
        cursor.copy_expert(
            "COPY members_mendablerow (batch_id, line, cells) FROM STDIN (FORMAT csv)", text
        )
