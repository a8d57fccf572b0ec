"""What the search looks through, and the trigger that notes which members are due for it."""

from __future__ import annotations

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.db.models.deletion
import django.db.models.functions.text
from django.db import migrations, models

# A new list is a row of a few numbers for every 20,000 people; a changed one only those of whom
# something differs that is searched for. The notes are made once a statement, as a set.
NOTE = """
CREATE FUNCTION members_note_added() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO members_searchdue (first, last)
    SELECT block.first, least(block.first + 19999, ends.last)
    FROM (SELECT min(id) AS first, max(id) AS last FROM written) AS ends
    CROSS JOIN LATERAL generate_series(ends.first, ends.last, 20000) AS block (first)
    WHERE ends.first IS NOT NULL;
    RETURN NULL;
END $$;
CREATE TRIGGER members_member_search_added AFTER INSERT ON members_member
    REFERENCING NEW TABLE AS written
    FOR EACH STATEMENT EXECUTE FUNCTION members_note_added();
CREATE FUNCTION members_note_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO members_searchdue (first, last)
    SELECT written.id, written.id FROM was JOIN written USING (id)
    WHERE (was.name_key, was.email, was.postcode)
       IS DISTINCT FROM (written.name_key, written.email, written.postcode);
    RETURN NULL;
END $$;
CREATE TRIGGER members_member_search_changed AFTER UPDATE ON members_member
    REFERENCING OLD TABLE AS was NEW TABLE AS written
    FOR EACH STATEMENT EXECUTE FUNCTION members_note_changed();
"""

UNDO = """
DROP TRIGGER members_member_search_changed ON members_member;
DROP TRIGGER members_member_search_added ON members_member;
DROP FUNCTION members_note_changed();
DROP FUNCTION members_note_added();
"""

# Whoever is on the list already is due: the first beat has the worker see to it.
ALL_DUE = """
INSERT INTO members_searchdue (first, last)
SELECT block.first, least(block.first + 19999, ends.last)
FROM (SELECT min(id) AS first, max(id) AS last FROM members_member) AS ends
CROSS JOIN LATERAL generate_series(ends.first, ends.last, 20000) AS block (first)
WHERE ends.first IS NOT NULL;
"""


class Migration(migrations.Migration):
    dependencies = [("members", "0015_decisions")]

    operations = [
        migrations.CreateModel(
            name="SearchDue",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("first", models.BigIntegerField()),
                ("last", models.BigIntegerField()),
            ],
            options={"verbose_name_plural": "search due"},
        ),
        migrations.CreateModel(
            name="SearchRow",
            fields=[
                ("member", models.OneToOneField(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name="+", serialize=False, to="members.member")),
                ("words", django.contrib.postgres.fields.ArrayField(base_field=models.TextField(db_collation="C"), size=None)),
                ("postcode", models.TextField(db_collation="C")),
                ("mailbox", models.TextField(db_collation="C")),
            ],
            options={
                "indexes": [
                    django.contrib.postgres.indexes.GinIndex(fastupdate=False, fields=["words"], name="search_by_words"),
                    models.Index(fields=["postcode"], name="search_by_postcode"),
                    models.Index(fields=["mailbox"], name="search_by_mailbox"),
                    models.Index(django.db.models.functions.text.Reverse("mailbox"), name="search_by_end_of_mailbox"),
                ],
            },
        ),
        migrations.CreateModel(
            name="SearchWord",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("word", models.TextField(db_collation="C")),
            ],
            options={
                "indexes": [models.Index(django.db.models.functions.text.Reverse("word"), name="search_by_end_of_word")],
                "constraints": [models.UniqueConstraint(fields=("word",), name="search_word_is_kept_once")],
            },
        ),
        migrations.RunSQL(NOTE, UNDO),
        migrations.RunSQL(ALL_DUE, migrations.RunSQL.noop),
    ]
