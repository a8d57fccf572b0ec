"""Every change of a member is recorded by the database, as a set and once a statement.

Before and after are the columns that differ, as to_jsonb writes them. Who acts is what the
transaction said of itself (setting hustings.act); where it said nothing, source is "database".
"""

from __future__ import annotations

from django.db import migrations

HISTORY = """
CREATE FUNCTION members_keep_history() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    told jsonb := coalesce(nullif(current_setting('hustings.act', true), ''), '{}')::jsonb;
BEGIN
    INSERT INTO members_change
        (member_id, at, source, by_id, seconded_by_id, batch_id, reason, before, after)
    SELECT was.id,
           coalesce((told ->> 'at')::timestamptz, clock_timestamp()),
           coalesce(told ->> 'source', 'database'),
           (told ->> 'by')::bigint,
           (told ->> 'seconded_by')::bigint,
           (told ->> 'batch')::bigint,
           coalesce(told ->> 'reason', ''),
           differing.before,
           differing.after
    FROM was
    JOIN written USING (id)
    -- OFFSET 0 has each row written as JSON once, and not once more for each of its columns.
    CROSS JOIN LATERAL (SELECT to_jsonb(was) AS old, to_jsonb(written) AS new OFFSET 0) AS row
    CROSS JOIN LATERAL (
        SELECT jsonb_object_agg(cell.key, cell.value) AS before,
               jsonb_object_agg(cell.key, row.new -> cell.key) AS after
        FROM jsonb_each(row.old) AS cell
        WHERE cell.value IS DISTINCT FROM row.new -> cell.key
    ) AS differing
    WHERE differing.before IS NOT NULL
    ORDER BY was.id;
    RETURN NULL;
END $$;
CREATE TRIGGER members_member_history AFTER UPDATE ON members_member
    REFERENCING OLD TABLE AS was NEW TABLE AS written
    FOR EACH STATEMENT EXECUTE FUNCTION members_keep_history();
CREATE TRIGGER members_change_append_only BEFORE UPDATE OR DELETE ON members_change
    FOR EACH ROW EXECUTE FUNCTION members_refuse_change();
"""

UNDO = """
DROP TRIGGER members_change_append_only ON members_change;
DROP TRIGGER members_member_history ON members_member;
DROP FUNCTION members_keep_history();
"""

# As in kept_references, with the two references that are new.
REFERENCES = """
CREATE OR REPLACE FUNCTION members_check_member() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT 1 FROM written
        LEFT JOIN members_section p_section ON p_section.id = written.section_id
        LEFT JOIN members_unit p_unit ON p_unit.id = written.unit_id
        LEFT JOIN members_importbatch p_first ON p_first.id = written.first_import_id
        LEFT JOIN members_importbatch p_last ON p_last.id = written.last_import_id
        LEFT JOIN members_member p_person ON p_person.id = written.merged_into_id
        WHERE p_section.id IS NULL OR p_first.id IS NULL OR p_last.id IS NULL
           OR (written.unit_id IS NOT NULL AND p_unit.id IS NULL)
           OR (written.merged_into_id IS NOT NULL
               AND (p_person.id IS NULL OR p_person.merged_into_id IS NOT NULL))
    ) OR EXISTS (
        SELECT 1 FROM written JOIN members_member merged ON merged.merged_into_id = written.id
        WHERE written.merged_into_id IS NOT NULL
    ) THEN
        RAISE EXCEPTION 'a row of members_member refers to what is not there'
            USING ERRCODE = 'foreign_key_violation';
    END IF;
    RETURN NULL;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("members", "0006_history")]

    operations = [
        migrations.RunSQL(HISTORY, UNDO),
        migrations.RunSQL(REFERENCES, migrations.RunSQL.noop),
    ]
