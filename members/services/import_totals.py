"""How many people of each section and unit a file lists, and how many there would then be.

Worked out once with the preview, from the staged rows and the list, and kept: set beside the
next import's, the figures show a unit that was lost or doubled.
"""

from __future__ import annotations

from typing import Final

from members.models import ImportBatch, ImportTotal
from members.services import staging

_TOTALS: Final = """
    WITH grouped AS (
        SELECT m.is_listed, m.section_id, m.unit_id, s.section, s.unit_key,
               min(s.unit) AS unit, count(*) AS people
        FROM {staged} s LEFT JOIN members_member m ON m.number_key = s.number_key
        GROUP BY m.is_listed, m.section_id, m.unit_id, s.section, s.unit_key
    ), moved AS (
        SELECT g.people, g.is_listed, g.section_id AS old_section, coalesce(was.key, '') AS old_key,
               coalesce(was.name, '') AS old_name, coalesce(c.id, g.section_id) AS new_section,
               coalesce(g.unit_key, was.key, '') AS new_key,
               coalesce(becomes.name, g.unit, was.name, '') AS new_name
        FROM grouped g
        LEFT JOIN members_section c ON c.code = g.section
        LEFT JOIN members_unit was ON was.id = g.unit_id
        LEFT JOIN members_unit becomes ON becomes.key = g.unit_key
    ), stays AS (
        SELECT *, coalesce(is_listed, false) AS was_listed, coalesce(
            is_listed AND old_section = new_section AND old_key = new_key, false) AS is_same
        FROM moved
    ), gone AS (
        SELECT m.section_id, m.unit_id, count(*) AS people
        FROM {difference} d JOIN members_member m ON m.id = d.member_id
        WHERE d.kind = 'gone' GROUP BY m.section_id, m.unit_id
    ), listed AS (
        SELECT section_id, unit_id, count(*) AS people
        FROM members_member WHERE is_listed GROUP BY section_id, unit_id
    ), parts (section_id, key, name, before, in_file, joining, leaving) AS (
        SELECT l.section_id, coalesce(u.key, ''), coalesce(u.name, ''), l.people, 0, 0, 0
        FROM listed l LEFT JOIN members_unit u ON u.id = l.unit_id
        UNION ALL
        SELECT new_section, new_key, new_name, 0, people,
               CASE WHEN is_same THEN 0 ELSE people END, 0
        FROM stays
        UNION ALL
        SELECT old_section, old_key, old_name, 0, 0, 0, people
        FROM stays WHERE was_listed AND NOT is_same
        UNION ALL
        SELECT g.section_id, coalesce(u.key, ''), coalesce(u.name, ''), 0, 0, 0, g.people
        FROM gone g LEFT JOIN members_unit u ON u.id = g.unit_id
    )
    INSERT INTO members_importtotal (
        batch_id, section_id, unit_key, unit_name, before, in_file, after, joining, leaving
    )
    SELECT %(batch)s, section_id, key, max(name), sum(before), sum(in_file),
           sum(before) + sum(joining) - sum(leaving), sum(joining), sum(leaving)
    FROM parts GROUP BY section_id, key
"""


def keep_totals(batch: ImportBatch) -> None:
    """Write the import's totals; those of an earlier preview of it give way."""
    ImportTotal.objects.filter(batch=batch).delete()
    staging.run(_TOTALS, batch.pk, batch=batch.pk)
