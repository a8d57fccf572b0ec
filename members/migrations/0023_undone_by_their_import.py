"""Undoing an import deletes whom that import added, and nobody else.

Until now a transaction that said it undoes an import could delete anybody to whom nothing refers.
Now it has to name an import that is being undone, and may delete those alone whom it added.
"""

from __future__ import annotations

from django.db import migrations

BY_THEIR_IMPORT = """
CREATE OR REPLACE FUNCTION members_refuse_delete() RETURNS trigger LANGUAGE plpgsql
SET search_path = public, pg_temp AS $$
DECLARE
    told jsonb := coalesce(nullif(current_setting('hustings.act', true), ''), '{}')::jsonb;
    undone bigint;
    reference record;
    is_there boolean;
BEGIN
    IF NOT EXISTS (SELECT 1 FROM gone) THEN
        RETURN NULL;
    END IF;
    SELECT id INTO undone FROM members_importbatch
     WHERE told ->> 'source' = 'undo' AND id = (told ->> 'batch')::bigint AND state = 'undoing';
    IF undone IS NULL THEN
        RAISE EXCEPTION 'members are kept: DELETE is refused, but where an import is undone'
            USING ERRCODE = 'restrict_violation';
    END IF;
    IF EXISTS (SELECT 1 FROM gone WHERE first_import_id <> undone) THEN
        RAISE EXCEPTION 'members are kept: import % did not add all of those deleted', undone
            USING ERRCODE = 'restrict_violation';
    END IF;
    FOR reference IN SELECT "table" AS of_table, "column" AS of_column FROM members_memberreference
    LOOP
        EXECUTE format(
            'SELECT EXISTS (SELECT 1 FROM %I AS referring JOIN gone ON gone.id = referring.%I)',
            reference.of_table, reference.of_column
        ) INTO is_there;
        IF is_there THEN
            RAISE EXCEPTION 'a row of % still refers to a deleted member', reference.of_table
                USING ERRCODE = 'foreign_key_violation';
        END IF;
    END LOOP;
    RETURN NULL;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("members", "0022_functions_look_in_public")]

    operations = [migrations.RunSQL(BY_THEIR_IMPORT, migrations.RunSQL.noop)]
