"""The two lists side by side: the rows of one import, and the members there are.

Set-based SQL, one statement a question. The condition that makes a row "changed" is written
once, here, and both the preview and the application use it.
"""

# ruff: noqa: S608
# The statements are put together from the names of columns in this file and in staging. Every
# value is a parameter, and the one name that is not constant is made of a number.

from __future__ import annotations

from typing import Any, Final

from django.db import connection

from members.models import ImportBatch
from members.models.contacts import CONTACT_COLUMNS
from members.rollfile import Trouble
from members.services import staging

SAMPLE_ROWS: Final = 12
NEW_UNITS_SHOWN: Final = 300

# number is left out: a list whose zeros a spreadsheet dropped is no news. name_key follows the
# names.
_COMPARED_TEXTS: Final = tuple(c for c in staging.TEXTS if c not in ("number", "name_key"))

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
    **{name: f"s.{name} <> m.{name}" for name in _COMPARED_TEXTS},
    **{
        name: f"(s.{name} IS NOT NULL AND s.{name} IS DISTINCT FROM m.{name})"
        for name in (*staging.DATES, *staging.ANSWERS)
    },
    "standing": f"(s.standing <> m.standing AND NOT {KEPT})",
    "section": "c.id <> m.section_id",
    "unit": "(s.unit_key IS NOT NULL AND u.id IS DISTINCT FROM m.unit_id)",
    "on the list": "NOT m.is_listed",
}
IS_CHANGED: Final = "coalesce(" + " OR ".join(_DIFFERENCES.values()) + ", false)"

# Whether a changed row changes contact details, for their freeze; case and spacing count here.
IS_CONTACT_CHANGED: Final = (
    "coalesce(" + " OR ".join(_DIFFERENCES[name] for name in CONTACT_COLUMNS) + ", false)"
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


def analyse(batch_id: int) -> None:
    staging.run("ANALYZE {staged}", batch_id)


def refuse_repeats(batch_id: int) -> None:
    """Take out rows that share a number: copies but for the first, all of those that differ."""
    staging.run(
        """
        WITH repeated AS (
            SELECT number_key FROM {staged} GROUP BY number_key HAVING count(*) > 1
        ), compared AS (
            SELECT s.line, s.number, s.number_key, to_jsonb(s) - 'line' AS cells
            FROM {staged} s JOIN repeated USING (number_key)
        ), judged AS (
            SELECT line, number, number_key,
                   line = min(line) OVER same_number AS is_first,
                   min(cells::text) OVER same_number = max(cells::text) OVER same_number AS is_copy
            FROM compared
            WINDOW same_number AS (PARTITION BY number_key)
        ), taken_out AS (
            DELETE FROM {staged} s USING judged j
            WHERE s.line = j.line AND NOT (j.is_first AND j.is_copy)
            RETURNING j.*
        )
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
        """
        WITH taken_out AS (
            DELETE FROM {staged} s
            WHERE s.section IS NULL AND NOT EXISTS (
                SELECT 1 FROM members_member m WHERE m.number_key = s.number_key
            )
            RETURNING line, number_key
        )
        INSERT INTO members_refusedrow (batch_id, line, "column", value, trouble, number_key)
        SELECT %(batch)s, line, 'section', '', %(trouble)s, number_key FROM taken_out
        """,
        batch_id,
        batch=batch_id,
        trouble=Trouble.SECTION_MISSING.value,
    )


def count(batch: ImportBatch) -> tuple[int, int, int]:
    """How many rows are new, changed and unchanged."""
    ((new, changed, unchanged),) = staging.run(
        f"""
        SELECT count(*) FILTER (WHERE m.id IS NULL),
               count(*) FILTER (WHERE m.id IS NOT NULL AND {IS_CHANGED}),
               count(*) FILTER (WHERE m.id IS NOT NULL AND NOT {IS_CHANGED})
        FROM {SIDE_BY_SIDE}
        """,
        batch.pk,
    )
    return new, changed, unchanged


def is_changing_contacts(batch_id: int) -> bool:
    """Whether applying the import would change the contact details of anybody on the list."""
    ((found,),) = staging.run(
        f"SELECT EXISTS (SELECT FROM {SIDE_BY_SIDE} WHERE m.id IS NOT NULL"
        f" AND {IS_CONTACT_CHANGED})",
        batch_id,
    )
    return bool(found)


def count_contact_changes(batch_id: int) -> int:
    """How many people's contact details applying the import would change."""
    ((people,),) = staging.run(
        f"SELECT count(*) FROM {SIDE_BY_SIDE} WHERE m.id IS NOT NULL AND {IS_CONTACT_CHANGED}",
        batch_id,
    )
    return int(people)


def count_gone(batch: ImportBatch) -> int:
    """How many members in the file's scope are on the list now and not in the file."""
    if batch.scope == ImportBatch.Scope.PART:
        return 0
    ((gone,),) = staging.run(
        f"SELECT count(*) FROM members_member m WHERE {IS_GONE}",
        batch.pk, section=batch.section_id, batch=batch.pk,
    )  # fmt: skip
    return int(gone)


def new_units(batch_id: int) -> list[str]:
    """Names of units that nobody belonged to before: a misspelt one shows here."""
    rows = staging.run(
        """
        SELECT min(s.unit) FROM {staged} s
        WHERE s.unit_key IS NOT NULL
          AND NOT EXISTS (SELECT 1 FROM members_unit u WHERE u.key = s.unit_key)
        GROUP BY s.unit_key ORDER BY s.unit_key LIMIT %(most)s
        """,
        batch_id,
        most=NEW_UNITS_SHOWN,
    )
    return [name for (name,) in rows]


def samples(batch: ImportBatch) -> dict[str, list[dict[str, Any]]]:
    """A few rows of each kind, for the preview page; forgotten when the import is settled."""
    return {
        "new": _sample_new(batch),
        "changed": _sample_changed(batch),
        "gone": _sample_gone(batch),
    }


def _sample_new(batch: ImportBatch) -> list[dict[str, Any]]:
    if not batch.rows_new:
        return []
    rows = staging.run(
        f"""
        SELECT s.line, s.number, concat_ws(' ', s.given_name, s.family_name),
               c.name, coalesce(s.unit, '')
        FROM {SIDE_BY_SIDE} WHERE m.id IS NULL ORDER BY s.line LIMIT %(most)s
        """,
        batch.pk,
        most=SAMPLE_ROWS,
    )
    names = ("line", "number", "name", "section", "unit")
    return [dict(zip(names, row, strict=True)) for row in rows]


def _sample_changed(batch: ImportBatch) -> list[dict[str, Any]]:
    if not batch.rows_changed:
        return []
    # One row a difference: what it was, what it would be, in words.
    pairs = {name: (f"m.{name}::text", f"s.{name}::text") for name in _DIFFERENCES}
    pairs["section"] = ("old_c.name", "c.name")
    pairs["unit"] = ("old_u.name", "s.unit")
    pairs["on the list"] = ("'no'", "'yes'")
    differences = ", ".join(
        f"('{name}', {old}, {new}, {_DIFFERENCES[name]})" for name, (old, new) in pairs.items()
    )
    rows = staging.run(
        f"""
        WITH changed AS (
            SELECT s.line FROM {SIDE_BY_SIDE}
            WHERE m.id IS NOT NULL AND {IS_CHANGED} ORDER BY s.line LIMIT %(most)s
        )
        SELECT s.line, s.number, concat_ws(' ', m.given_name, m.family_name),
               d.name, coalesce(d.old, ''), d.new
        FROM changed JOIN {SIDE_BY_SIDE} USING (line)
        LEFT JOIN members_section old_c ON old_c.id = m.section_id
        LEFT JOIN members_unit old_u ON old_u.id = m.unit_id
        CROSS JOIN LATERAL (VALUES {differences}) AS d (name, old, new, differs)
        WHERE d.differs ORDER BY s.line
        """,
        batch.pk,
        most=SAMPLE_ROWS,
    )
    found: dict[int, dict[str, Any]] = {}
    for line, number, name, field, old, new in rows:
        person = found.setdefault(
            line, {"line": line, "number": number, "name": name, "changes": []}
        )
        person["changes"].append({"field": field.replace("_", " "), "old": old, "new": new})
    return list(found.values())


def _sample_gone(batch: ImportBatch) -> list[dict[str, Any]]:
    if not batch.members_gone:
        return []
    rows = staging.run(
        f"""
        SELECT m.number, concat_ws(' ', m.given_name, m.family_name), c.name
        FROM members_member m JOIN members_section c ON c.id = m.section_id
        WHERE {IS_GONE} ORDER BY m.number_key LIMIT %(most)s
        """,
        batch.pk,
        section=batch.section_id,
        batch=batch.pk,
        most=SAMPLE_ROWS,
    )
    return [dict(zip(("number", "name", "section"), row, strict=True)) for row in rows]


def add_units(batch_id: int) -> int:
    """Make the units that the file names and nobody belonged to before."""
    return staging.changed_rows(
        """
        INSERT INTO members_unit (name, key)
        SELECT min(s.unit), s.unit_key FROM {staged} s
        WHERE s.unit_key IS NOT NULL GROUP BY s.unit_key ORDER BY s.unit_key
        ON CONFLICT (key) DO NOTHING
        """,
        batch_id,
    )


def change_members(batch_id: int) -> int:
    """Write the changed rows over their members; a blank cell leaves what was there."""
    names = (*_COMPARED_TEXTS, *staging.DATES, *staging.ANSWERS)
    values = {name: f"coalesce(s.{name}, t.{name})" for name in names}
    values["standing"] = "coalesce(s.standing_as_news, t.standing)"
    texts = ", ".join(f"{name} = {value}" for name, value in values.items())
    return staging.changed_rows(
        f"""
        UPDATE members_member t
        SET {texts},
            name_key = coalesce(s.name_key, t.name_key),
            section_id = coalesce(s.section_id, t.section_id),
            unit_id = coalesce(s.unit_id, t.unit_id),
            is_listed = true,
            last_import_id = %(batch)s
        FROM (
            SELECT s.*, m.id AS member_id, c.id AS section_id, u.id AS unit_id,
                   CASE WHEN NOT {KEPT} THEN s.standing END AS standing_as_news
            FROM {SIDE_BY_SIDE} WHERE m.id IS NOT NULL AND {IS_CHANGED}
        ) s
        WHERE t.id = s.member_id
        """,
        batch_id,
        batch=batch_id,
    )


def add_members(batch_id: int) -> int:
    """Add the people whose number nobody has."""
    texts = [name for name in staging.TEXTS if name not in ("number", "name_key", "family_name")]
    filled = ", ".join(f"coalesce(s.{name}, '')" for name in texts)
    return staging.changed_rows(
        f"""
        INSERT INTO members_member (
            number, number_key, family_name, name_key, {", ".join(texts)},
            {", ".join(staging.DATES)}, levy_confirmed, address_withheld,
            section_id, unit_id, is_listed, first_import_id, last_import_id
        )
        SELECT s.number, s.number_key, s.family_name, s.name_key, {filled},
               {", ".join(f"s.{name}" for name in staging.DATES)}, s.levy_confirmed,
               coalesce(s.address_withheld, false), c.id, u.id, true, %(batch)s, %(batch)s
        FROM {SIDE_BY_SIDE} WHERE m.id IS NULL
        ORDER BY s.number_key
        """,
        batch_id,
        batch=batch_id,
    )


def unlist_gone(batch: ImportBatch) -> int:
    """Mark the members who are in the file's scope and not in the file as no longer listed."""
    if batch.scope == ImportBatch.Scope.PART:
        return 0
    return staging.changed_rows(
        f"""
        UPDATE members_member m SET is_listed = false, last_import_id = %(batch)s
        WHERE {IS_GONE}
        """,
        batch.pk,
        section=batch.section_id,
        batch=batch.pk,
    )


def analyse_members() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT members_analyse()")
