"""What the database refuses: a changed entry, verdict or total of a roll, and changed rules."""

from __future__ import annotations

from django.db import migrations

TABLES = ("rollentry", "verdict", "rolltotal", "eligibilityrules")

FUNCTION = """
CREATE FUNCTION members_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only: % is refused', TG_TABLE_NAME, TG_OP
        USING ERRCODE = 'restrict_violation';
END $$;
"""

# A roll keeps what it was frozen with; once its commitment is set, only a withdrawal is written.
ROLL = """
CREATE FUNCTION members_refuse_thaw() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR OLD.state <> 'frozen' THEN
        RAISE EXCEPTION 'roll % is kept as it is', OLD.id USING ERRCODE = 'restrict_violation';
    END IF;
    IF OLD.commitment <> ''::bytea AND
       (NEW.id, NEW.public_id, NEW.name, NEW.version, NEW.rules_id, NEW.register_version,
        NEW.electors, NEW.members_judged, NEW.salt, NEW.commitment, NEW.frozen_at)
       IS DISTINCT FROM
       (OLD.id, OLD.public_id, OLD.name, OLD.version, OLD.rules_id, OLD.register_version,
        OLD.electors, OLD.members_judged, OLD.salt, OLD.commitment, OLD.frozen_at) THEN
        RAISE EXCEPTION 'roll % is frozen', OLD.id USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER members_roll_stays_frozen BEFORE UPDATE OR DELETE ON members_roll
    FOR EACH ROW EXECUTE FUNCTION members_refuse_thaw();
"""


def _trigger(table: str) -> migrations.RunSQL:
    return migrations.RunSQL(
        f"CREATE TRIGGER members_{table}_append_only BEFORE UPDATE OR DELETE ON members_{table}"
        " FOR EACH ROW EXECUTE FUNCTION members_refuse_change()",
        f"DROP TRIGGER members_{table}_append_only ON members_{table}",
    )


class Migration(migrations.Migration):
    dependencies = [("members", "0001_members")]

    operations = [
        migrations.RunSQL(FUNCTION, "DROP FUNCTION members_refuse_change()"),
        *map(_trigger, TABLES),
        migrations.RunSQL(
            ROLL,
            "DROP TRIGGER members_roll_stays_frozen ON members_roll;"
            " DROP FUNCTION members_refuse_thaw()",
        ),
    ]
