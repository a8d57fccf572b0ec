"""References of the large tables: checked as a set once a statement, and never left dangling.

PostgreSQL's own foreign keys are checked a row at a time. For a list of 650,000 people that
takes longer than writing the list; one join takes a second. What is referred to cannot be
deleted and keeps its key, so that a reference once checked stays good.
"""

from __future__ import annotations

from django.db import migrations

REFERENCES = {
    "member": {"section_id": "section", "unit_id": "unit", "last_import_id": "importbatch"},
    "rollentry": {
        "roll_id": "roll", "member_id": "member", "section_id": "section", "unit_id": "unit",
    },
    "verdict": {
        "roll_id": "roll", "member_id": "member", "section_id": "section", "unit_id": "unit",
    },
}
KEPT = ("section", "unit", "importbatch", "member")


def _check(table: str, references: dict[str, str]) -> migrations.RunSQL:
    joins = "\n".join(
        f"LEFT JOIN members_{parent} p_{column} ON p_{column}.id = written.{column}"
        for column, parent in references.items()
    )
    missing = " OR ".join(
        f"(written.{column} IS NOT NULL AND p_{column}.id IS NULL)" for column in references
    )
    triggers = "\n".join(
        f"CREATE TRIGGER members_{table}_references_{event.lower()} AFTER {event} ON members_{table}"
        f" REFERENCING NEW TABLE AS written"
        f" FOR EACH STATEMENT EXECUTE FUNCTION members_check_{table}();"
        for event in ("INSERT", "UPDATE")
    )
    return migrations.RunSQL(
        # Only the names above go into the text.
        f"""
        CREATE FUNCTION members_check_{table}() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF EXISTS (SELECT 1 FROM written {joins} WHERE {missing}) THEN
                RAISE EXCEPTION 'a row of members_{table} refers to what is not there'
                    USING ERRCODE = 'foreign_key_violation';
            END IF;
            RETURN NULL;
        END $$;
        {triggers}
        """,  # noqa: S608
        f"DROP TRIGGER members_{table}_references_insert ON members_{table};"
        f" DROP TRIGGER members_{table}_references_update ON members_{table};"
        f" DROP FUNCTION members_check_{table}()",
    )


def _keep(table: str) -> migrations.RunSQL:
    return migrations.RunSQL(
        f"CREATE TRIGGER members_{table}_kept BEFORE DELETE OR UPDATE OF id ON members_{table}"
        " FOR EACH ROW EXECUTE FUNCTION members_refuse_change()",
        f"DROP TRIGGER members_{table}_kept ON members_{table}",
    )


class Migration(migrations.Migration):
    dependencies = [("members", "0003_standard_sections")]

    operations = [
        *(_check(table, references) for table, references in REFERENCES.items()),
        *map(_keep, KEPT),
        # The pieces of a file are bytes on their way: compressing them costs and gains nothing.
        migrations.RunSQL(
            "ALTER TABLE members_importpiece ALTER COLUMN body SET STORAGE EXTERNAL",
            migrations.RunSQL.noop,
        ),
    ]
