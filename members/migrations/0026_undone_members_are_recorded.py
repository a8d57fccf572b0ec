"""Nobody is deleted without a record, and what refers to members is nobody's to change at work.

Until now a transaction that said it undoes an import could delete anybody to whom nothing refers,
and no row told of it. Now it has to name an import that is being undone, may delete those alone
whom that import added, and the trigger that lets somebody go writes down who it was, when by PostgreSQL's own clock, and with which import. And it could empty the list of what
refers to members, which the trigger looks into: that list is written by migrations alone
(config.database_access).
"""

from __future__ import annotations

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

RECORDED = """
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
    INSERT INTO members_undonemember (member_key, number, batch_id, at, by_id)
    SELECT id, number, undone, clock_timestamp(), (told ->> 'by')::bigint FROM gone ORDER BY id;
    RETURN NULL;
END $$;
"""

KEPT = "".join(
    f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table}"
    " FOR EACH ROW EXECUTE FUNCTION members_refuse_change();"
    for table in ("members_undonemember", "members_memberreference")
)

KEPT_BACK = "".join(
    f"DROP TRIGGER {table}_append_only ON {table};"
    for table in ("members_undonemember", "members_memberreference")
)


class Migration(migrations.Migration):
    dependencies = [
        ("members", "0025_digits_keep_apart"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="UndoneMember",
            fields=[
                ("id", models.BigAutoField(
                    auto_created=True, primary_key=True, serialize=False, verbose_name="ID",
                )),
                ("member_key", models.BigIntegerField()),
                ("number", models.CharField(max_length=32)),
                ("at", models.DateTimeField()),
                ("batch", models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT, related_name="undone_members",
                    to="members.importbatch",
                )),
                ("by", models.ForeignKey(
                    null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+",
                    to=settings.AUTH_USER_MODEL,
                )),
            ],
            options={"ordering": ("id",)},
        ),
        migrations.RunSQL(RECORDED, migrations.RunSQL.noop),
        migrations.RunSQL(KEPT, KEPT_BACK),
    ]
