"""What else refers to members, and what becomes of it where an import is undone."""

from __future__ import annotations

from django.db import migrations, models

# (table, column, kind, words): acts are in the way, records keep the person, the rest goes.
REFERENCES = (
    ("members_verdict", "entered_as_id", "act", "verdicts that enter another record for"),
    ("members_bulkline", "member_id", "act", "amendments in bulk"),
    ("members_decision", "member_id", "act", "standing decisions"),
    ("members_keptstanding", "member_id", "act", "standings kept by decision"),
    ("members_correctionrequest", "member_id", "act", "requests for a correction"),
    ("members_accessrequest", "member_id", "act", "requests for access to what is held"),
    ("members_contactdraft", "member_id", "act", "corrections proposed to a second officer"),
    ("members_pair", "first_id", "act", "decided pairs of records"),
    ("members_pair", "second_id", "act", "decided pairs of records"),
    ("members_pair", "kept_id", "act", "decided pairs of records"),
    ("members_contactchange", "member_id", "record", "changes of contact details"),
    ("members_dryrunmove", "member_id", "record", "trials of rules"),
    ("members_lookup", "member_id", "record", "look-ups"),
    ("members_ownpagelink", "member_id", "derived", "links to their own page"),
    ("members_searchrow", "member_id", "derived", "the words by which they are found"),
)


def add(apps, schema_editor):
    reference = apps.get_model("members", "MemberReference")
    reference.objects.filter(table="members_change").update(kind="record")
    for table, column, kind, words in REFERENCES:
        reference.objects.create(table=table, column=column, kind=kind, words=words)


def remove(apps, schema_editor):
    reference = apps.get_model("members", "MemberReference")
    for table, column, _, _ in REFERENCES:
        reference.objects.filter(table=table, column=column).delete()


class Migration(migrations.Migration):
    dependencies = [("members", "0019_retention")]

    operations = [
        migrations.AddField(
            model_name="memberreference",
            name="kind",
            field=models.CharField(
                choices=[
                    ("act", "in the way of the undoing, which is refused"),
                    ("record", "a record of what was: they stay, as no longer listed"),
                    ("derived", "made from their data, and goes with them"),
                ],
                default="act",
                max_length=8,
            ),
        ),
        migrations.RunPython(add, remove),
    ]
