"""Somebody whom an import added is deleted by undoing it, unless anything refers to them.

Until now nobody was ever deleted, which a trigger held row by row. Now it is held as a set, once
a statement: a DELETE is refused unless its transaction said that it undoes an import, and while
any row of the columns that members_memberreference names refers to one of the deleted. A later
migration that makes a column referring to members adds its row there, and nothing else.

The trigger that keeps a member's id from changing is not named _kept: to grant_access that name
says that nobody at work may delete from the table (config.database_access).
"""

from __future__ import annotations

from django.db import migrations

KEPT = """
DROP TRIGGER members_member_kept ON members_member;
CREATE TRIGGER members_member_id_stays BEFORE UPDATE OF id ON members_member
    FOR EACH ROW EXECUTE FUNCTION members_refuse_change();

CREATE FUNCTION members_refuse_delete() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    told jsonb := coalesce(nullif(current_setting('hustings.act', true), ''), '{}')::jsonb;
    reference record;
    is_there boolean;
BEGIN
    IF NOT EXISTS (SELECT 1 FROM gone) THEN
        RETURN NULL;
    END IF;
    IF told ->> 'source' IS DISTINCT FROM 'undo' THEN
        RAISE EXCEPTION 'members are kept: DELETE is refused, but where an import is undone'
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
CREATE TRIGGER members_member_deleted AFTER DELETE ON members_member
    REFERENCING OLD TABLE AS gone
    FOR EACH STATEMENT EXECUTE FUNCTION members_refuse_delete();
"""

AS_BEFORE = """
DROP TRIGGER members_member_deleted ON members_member;
DROP FUNCTION members_refuse_delete();
DROP TRIGGER members_member_id_stays ON members_member;
CREATE TRIGGER members_member_kept BEFORE DELETE OR UPDATE OF id ON members_member
    FOR EACH ROW EXECUTE FUNCTION members_refuse_change();
"""

REFERENCES = """
INSERT INTO members_memberreference ("table", "column", words) VALUES
    ('members_verdict', 'member_id', 'verdicts on them'),
    ('members_rollentry', 'member_id', 'entries on a roll'),
    ('members_change', 'member_id', 'changes made to them'),
    ('members_member', 'merged_into_id', 'records merged into theirs');
"""

CERTIFICATES = """
CREATE TRIGGER members_destroyedfile_append_only BEFORE UPDATE OR DELETE ON members_destroyedfile
    FOR EACH ROW EXECUTE FUNCTION members_refuse_change();
"""


class Migration(migrations.Migration):
    dependencies = [("members", "0010_kept_files")]

    operations = [
        migrations.RunSQL(KEPT, AS_BEFORE),
        migrations.RunSQL(REFERENCES, "DELETE FROM members_memberreference"),
        migrations.RunSQL(
            CERTIFICATES,
            "DROP TRIGGER members_destroyedfile_append_only ON members_destroyedfile",
        ),
    ]
