"""Staged imports in a schema of their own, and statistics for those who own no table.

Web and workers own neither the tables nor the right to make any among them (config's
database_access): the tables that come and go with an import are in a schema where they may.
"""

from __future__ import annotations

from django.db import migrations

# A previewed import whose staged rows are gone is noticed, and compared again.
FORMER = """
DO $$ DECLARE former text; BEGIN
    FOR former IN SELECT relname FROM pg_class
        WHERE relname LIKE 'members\\_staged\\_%' AND relkind = 'r'
    LOOP EXECUTE format('DROP TABLE %I', former); END LOOP;
END $$;
"""

# ANALYZE is its owner's; a fresh table without statistics is read in the slowest way there is.
ANALYSE = """
CREATE FUNCTION members_analyse() RETURNS void LANGUAGE plpgsql
SECURITY DEFINER SET search_path = public AS $$
BEGIN
    ANALYZE members_member, members_unit, members_verdict;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("members", "0007_history_kept")]

    operations = [
        migrations.RunSQL(FORMER, migrations.RunSQL.noop),
        migrations.RunSQL("CREATE SCHEMA IF NOT EXISTS staging", migrations.RunSQL.noop),
        migrations.RunSQL(ANALYSE, "DROP FUNCTION members_analyse()"),
    ]
