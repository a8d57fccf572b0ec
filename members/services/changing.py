"""Write what an import changes into the membership list, as sets: the application's statements.

Each says again what it changes (services.comparing) and returns how many rows it wrote, so that
an application whose figures are not the preview's is noticed and taken back.
"""

# ruff: noqa: S608
# As in services.comparing: the names of columns are constants of ours, every value a parameter.

from __future__ import annotations

from members.models import ImportBatch
from members.services import staging
from members.services.comparing import COMPARED_TEXTS, IS_CHANGED, IS_GONE, KEPT, SIDE_BY_SIDE
from members.services.completing import NAME_KEY
from members.services.planning import by_hashing


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
    names = (*COMPARED_TEXTS, *staging.DATES, *staging.ANSWERS)
    values = {name: f"coalesce(s.{name}, t.{name})" for name in names}
    values["standing"] = "coalesce(s.standing_as_news, t.standing)"
    texts = ", ".join(f"{name} = {value}" for name, value in values.items())
    return staging.changed_rows(
        f"""
        UPDATE members_member t
        SET {texts},
            name_key = {NAME_KEY},
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
    # Each member against each refused row would be more than a billion comparisons.
    with by_hashing():
        return staging.changed_rows(
            f"""
            UPDATE members_member m SET is_listed = false, last_import_id = %(batch)s
            WHERE {IS_GONE}
            """,
            batch.pk,
            section=batch.section_id,
            batch=batch.pk,
        )
