"""The two lists side by side: the rows of one import, and the members there are.

Set-based SQL, one statement a question. The condition that makes a row "changed" is written
once, here, and both the preview and the application use it. What a file would change is worked
out once, into a table of one row a person, which the pages of the preview then read by its key.
"""

# ruff: noqa: S608
# The statements are put together from the names of columns in this file and in staging. Every
# value is a parameter, and the names that are not constant are made of a number.

from __future__ import annotations

from typing import Final

from django.db import connection

from members.models import ImportBatch
from members.models.contacts import CONTACT_COLUMNS
from members.rollfile import Trouble
from members.rollfile.columns import COLUMN_NAMES
from members.services import staging
from members.services.completing import complete_name_keys
from members.services.planning import by_hashing

NEW_UNITS_SHOWN: Final = 300

# number is left out: a list whose zeros a spreadsheet dropped is no news. name_key follows the
# names.
COMPARED_TEXTS: Final = tuple(c for c in staging.TEXTS if c not in ("number", "name_key"))

SIDE_BY_SIDE: Final = """
    {staged} s
    LEFT JOIN members_member m ON m.number_key = s.number_key
    LEFT JOIN members_section c ON c.code = s.section
    LEFT JOIN members_unit u ON u.key = s.unit_key
    LEFT JOIN members_keptstanding k ON k.member_id = m.id
"""
# A standing that two officers decided is kept: what a list says of it is no news
# (members.models.decisions).
KEPT: Final = "coalesce(k.against IN ('', s.standing), false)"
_DIFFERENCES: Final = {
    **{name: f"s.{name} <> m.{name}" for name in COMPARED_TEXTS},
    **{
        name: f"(s.{name} IS NOT NULL AND s.{name} IS DISTINCT FROM m.{name})"
        for name in (*staging.DATES, *staging.ANSWERS)
    },
    "standing": f"(s.standing <> m.standing AND NOT {KEPT})",
    "section": "c.id <> m.section_id",
    # A unit that is not known yet is made when the import is applied: news at both times.
    "unit": "(s.unit_key IS NOT NULL AND (u.id IS NULL OR u.id IS DISTINCT FROM m.unit_id))",
    "on the list": "NOT m.is_listed",
}
IS_CHANGED: Final = "coalesce(" + " OR ".join(_DIFFERENCES.values()) + ", false)"
_CHANGED_FIELDS: Final = "array_remove(ARRAY[{}], NULL)".format(
    ", ".join(f"CASE WHEN {differs} THEN '{name}' END" for name, differs in _DIFFERENCES.items())
)

IS_GONE: Final = """
    m.is_listed
    AND (%(section)s::bigint IS NULL OR m.section_id = %(section)s)
    AND NOT EXISTS (SELECT 1 FROM {staged} s WHERE s.number_key = m.number_key)
    AND NOT EXISTS (
        SELECT 1 FROM members_refusedrow r
        WHERE r.batch_id = %(batch)s AND r.number_key = m.number_key
    )
"""

# A row that is refused after it was read, in the order of the documented columns.
_CELLS: Final = "jsonb_build_array({})".format(
    ", ".join(f"coalesce(s.{name}::text, '')" for name in COLUMN_NAMES)
)
_KEEP_MENDABLE: Final = """
    INSERT INTO members_mendablerow (batch_id, line, cells)
    SELECT %(batch)s, line, as_it_stood FROM taken_out
"""


def refuse_repeats(batch_id: int) -> None:
    """Take out rows that share a number: copies but for the first, all of those that differ."""
    staging.run(
        f"""
        WITH repeated AS (
            SELECT number_key FROM {{staged}} GROUP BY number_key HAVING count(*) > 1
        ), compared AS (
            SELECT s.line, s.number, s.number_key, to_jsonb(s) - 'line' AS cells,
                   {_CELLS} AS as_it_stood
            FROM {{staged}} s JOIN repeated USING (number_key)
        ), judged AS (
            SELECT line, number, number_key, as_it_stood,
                   line = min(line) OVER same_number AS is_first,
                   min(cells::text) OVER same_number = max(cells::text) OVER same_number AS is_copy
            FROM compared
            WINDOW same_number AS (PARTITION BY number_key)
        ), taken_out AS (
            DELETE FROM {{staged}} s USING judged j
            WHERE s.line = j.line AND NOT (j.is_first AND j.is_copy)
            RETURNING j.*
        ), kept AS ({_KEEP_MENDABLE})
        INSERT INTO members_refusedrow (batch_id, line, "column", value, trouble, number_key)
        SELECT %(batch)s, line, 'number', number,
               CASE WHEN is_copy THEN %(copy)s ELSE %(differing)s END, number_key
        FROM taken_out
        """,
        batch_id,
        batch=batch_id,
        copy=Trouble.ROW_REPEATED.value,
        differing=Trouble.NUMBER_REPEATED.value,
    )


def refuse_new_without_section(batch_id: int) -> None:
    """Take out people who are new and have no section: nobody can tell which they belong to."""
    staging.run(
        f"""
        WITH taken_out AS (
            DELETE FROM {{staged}} s
            WHERE s.section IS NULL AND NOT EXISTS (
                SELECT 1 FROM members_member m WHERE m.number_key = s.number_key
            )
            RETURNING line, number_key, {_CELLS} AS as_it_stood
        ), kept AS ({_KEEP_MENDABLE})
        INSERT INTO members_refusedrow (batch_id, line, "column", value, trouble, number_key)
        SELECT %(batch)s, line, 'section', '', %(trouble)s, number_key FROM taken_out
        """,
        batch_id,
        batch=batch_id,
        trouble=Trouble.SECTION_MISSING.value,
    )


def compare(batch: ImportBatch) -> None:
    """Work out who is new, changed and gone, and set the import's figures by it."""
    _make_difference(batch)
    _look_for_people_alike(batch.pk)
    staging.run("ANALYZE {difference}", batch.pk)
    counts = dict(staging.run("SELECT kind, count(*) FROM {difference} GROUP BY kind", batch.pk))
    ((good_rows,),) = staging.run("SELECT count(*) FROM {staged}", batch.pk)
    batch.rows_new = counts.get("new", 0)
    batch.rows_changed = counts.get("changed", 0)
    batch.rows_unchanged = good_rows - batch.rows_new - batch.rows_changed
    batch.members_gone = counts.get("gone", 0)
    batch.rows_alike = counts.get("alike", 0)
    batch.changes_by_field = dict(_changes_by_field(batch.pk))
    batch.units_new = new_units(batch.pk)
    batch.votes_taken = _votes_taken(batch.pk)


def _make_difference(batch: ImportBatch) -> None:
    """Write one row a person whom the import would touch.

    place is the line of the file, and of somebody gone the member's key: what the pages go by.
    """
    staging.run("CREATE UNIQUE INDEX ON {staged} (line)", batch.pk)
    # Of the columns that lists are joined by alone: sorting samples of the others takes a second.
    staging.run("ANALYZE {staged} (line, number_key, name_key, section, unit_key)", batch.pk)
    complete_name_keys(batch.pk)
    staging.run(
        f"""
        CREATE UNLOGGED TABLE {{difference}} AS
        SELECT CASE WHEN m.id IS NULL THEN 'new' ELSE 'changed' END AS kind,
               s.line::bigint AS place, m.id AS member_id, NULL::bigint AS other_line,
               CASE WHEN m.id IS NOT NULL THEN {_CHANGED_FIELDS} END AS fields
        FROM {SIDE_BY_SIDE} WHERE m.id IS NULL OR {IS_CHANGED}
        """,
        batch.pk,
    )
    staging.run(
        f"""
        INSERT INTO {{difference}} (kind, place, member_id)
        SELECT 'kept', s.line, m.id FROM {SIDE_BY_SIDE}
        WHERE k.member_id IS NOT NULL AND s.standing <> m.standing AND {KEPT}
        """,
        batch.pk,
    )
    if batch.scope != ImportBatch.Scope.PART:
        with by_hashing():
            staging.run(
                f"""
                INSERT INTO {{difference}} (kind, place, member_id)
                SELECT 'gone', m.id, m.id FROM members_member m WHERE {IS_GONE}
                """,
                batch.pk, section=batch.section_id, batch=batch.pk,
            )  # fmt: skip
    staging.run("CREATE UNIQUE INDEX ON {difference} (kind, place)", batch.pk)


def _look_for_people_alike(batch_id: int) -> None:
    """Write one row for each new person who has somebody's name and their e-mail or postcode.

    The somebody is on the list under another number, or stands higher up in the file. Each of
    the four questions is a join on two whole keys: names alone are shared by thousands. A blank
    cell that deletes is staged as the empty text, and two of those agree in nothing.
    """
    staging.run(
        """
        WITH new_rows AS MATERIALIZED (
            SELECT s.line, s.name_key, nullif(lower(s.email), '') AS email,
                   nullif(upper(replace(s.postcode, ' ', '')), '') AS postcode
            FROM {difference} d JOIN {staged} s ON s.line = d.place WHERE d.kind = 'new'
        ), pairs AS (
            SELECT n.line, m.id AS member_id, NULL::bigint AS other_line, 'email' AS agrees
            FROM new_rows n JOIN members_member m
              ON m.name_key = n.name_key AND lower(m.email) = n.email AND m.is_listed
            UNION ALL
            SELECT n.line, m.id, NULL, 'postcode'
            FROM new_rows n JOIN members_member m
              ON m.name_key = n.name_key AND upper(replace(m.postcode, ' ', '')) = n.postcode
             AND m.is_listed
            UNION ALL
            SELECT n.line, NULL, o.line, 'email'
            FROM new_rows n JOIN new_rows o
              ON o.name_key = n.name_key AND o.email = n.email AND o.line < n.line
            UNION ALL
            SELECT n.line, NULL, o.line, 'postcode'
            FROM new_rows n JOIN new_rows o
              ON o.name_key = n.name_key AND o.postcode = n.postcode AND o.line < n.line
        )
        INSERT INTO {difference} (kind, place, member_id, other_line, fields)
        SELECT DISTINCT ON (line) 'alike', line, member_id, other_line,
               array_agg(agrees ORDER BY agrees)
        FROM pairs GROUP BY line, member_id, other_line
        ORDER BY line, count(*) DESC, member_id, other_line
        """,
        batch_id,
    )


def _changes_by_field(batch_id: int) -> list[tuple[str, int]]:
    """How many people each field would change of."""
    rows = staging.run(
        """
        SELECT field, count(*) FROM {difference} d CROSS JOIN LATERAL unnest(d.fields) AS field
        WHERE d.kind = 'changed' GROUP BY field ORDER BY count(*) DESC, field
        """,
        batch_id,
    )
    return [(field, people) for field, people in rows]


def _votes_taken(batch_id: int) -> list[dict[str, str | int]]:
    """How many people of each section would lose what a vote may rest on, by what it is.

    Being on the list; a standing of good or arrears for a worse one; being neither suspended nor
    excluded, whatever the standing; the day of joining or the last day paid for, where the new one
    is worse. Each person is counted once. Section and unit are not asked: which is worse, only
    the rules could say.
    """
    rows = staging.run(
        """
        SELECT what, name, count(*) FROM (
            SELECT c.name, c.precedence, CASE
                WHEN d.kind = 'gone' THEN 'gone'
                WHEN 'standing' = ANY(d.fields) AND s.standing <> 'good'
                     AND (m.standing IN ('good', 'arrears')
                          OR s.standing IN ('suspended', 'excluded')) THEN s.standing
                WHEN s.joined_on > m.joined_on OR s.paid_until < m.paid_until THEN 'dates'
            END AS what
            FROM {difference} d
            JOIN members_member m ON m.id = d.member_id
            JOIN members_section c ON c.id = m.section_id
            LEFT JOIN {staged} s ON d.kind = 'changed' AND s.line = d.place
            WHERE d.kind IN ('gone', 'changed') AND m.is_listed
        ) AS losing
        WHERE what IS NOT NULL GROUP BY what, name, precedence ORDER BY what, precedence
        """,
        batch_id,
    )
    return [{"what": what, "section": name, "people": people} for what, name, people in rows]


def count_contacts_brought(batch_id: int) -> tuple[int, int]:
    """How many people's contact details the import would change; how many it would bring.

    Case and spacing count as a change here. Brought are those of whoever is new, and of whoever
    comes back to the list.
    """
    ((changed, brought),) = staging.run(
        """
        SELECT count(*) FILTER (WHERE kind = 'changed' AND fields && %(contacts)s::text[]),
               count(*) FILTER (WHERE kind = 'new'
                                OR kind = 'changed' AND 'on the list' = ANY(fields))
        FROM {difference}
        """,
        batch_id,
        contacts=list(CONTACT_COLUMNS),
    )
    return int(changed), int(brought)


def new_units(batch_id: int) -> list[str]:
    """Names of units that nobody belongs to: a misspelt one shows here."""
    rows = staging.run(
        """
        SELECT min(s.unit) FROM {staged} s
        WHERE s.unit_key IS NOT NULL AND NOT EXISTS (
            SELECT 1 FROM members_unit u JOIN members_member m ON m.unit_id = u.id
            WHERE u.key = s.unit_key
        )
        GROUP BY s.unit_key ORDER BY s.unit_key LIMIT %(most)s
        """,
        batch_id,
        most=NEW_UNITS_SHOWN,
    )
    return [name for (name,) in rows]


def analyse_members() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT members_analyse()")

