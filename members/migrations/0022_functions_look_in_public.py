"""What the triggers write goes to the tables in public, whatever else has their names.

PostgreSQL looks among a session's temporary tables first. Whoever works under the role of web and
workers may make such tables (config.database_access); one named members_change would have taken
the history of what that session did and lost it at its end. So that every function of a trigger,
and the one that runs with its owner's rights, looks in public, and among temporary tables last.

Read from the catalogue, office's and ballot's among them. A function that is made or replaced
later brings its own SET search_path: a test asks every one of them.
"""

from __future__ import annotations

from django.db import migrations

LOOK_IN_PUBLIC = """
DO $$ DECLARE each regprocedure; BEGIN
    FOR each IN
        SELECT oid FROM pg_proc
        WHERE pronamespace = 'public'::regnamespace
          AND proowner = current_role::regrole
          AND (prorettype = 'trigger'::regtype OR prosecdef)
    LOOP
        EXECUTE format('ALTER FUNCTION %s SET search_path = public, pg_temp', each);
    END LOOP;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("members", "0021_correction_drafts"),
        ("office", "0003_append_only"),
        ("ballot", "0005_ballots_set_aside"),
    ]

    operations = [migrations.RunSQL(LOOK_IN_PUBLIC, migrations.RunSQL.noop)]
