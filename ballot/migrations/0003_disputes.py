"""What electors say from outside: disputes, which are append-only, and requests for a new code."""

from __future__ import annotations

import django.db.models.deletion
from django.db import migrations, models

HISTORY = (
    "CREATE TRIGGER ballot_castdispute_append_only BEFORE UPDATE OR DELETE ON ballot_castdispute "
    "FOR EACH ROW EXECUTE FUNCTION ballot_refuse_change();"
)
HISTORY_BACK = "DROP TRIGGER ballot_castdispute_append_only ON ballot_castdispute;"


class Migration(migrations.Migration):
    dependencies = [("ballot", "0002_what_must_never_be")]

    operations = [
        migrations.CreateModel(
            name="CastDispute",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("said_at", models.DateTimeField()),
                ("election", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="disputes", to="ballot.election")),
                ("roll_entry", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to="members.rollentry")),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("election", "roll_entry"), name="dispute_once_an_elector"),
                ],
            },
        ),
        migrations.CreateModel(
            name="ReissueRequest",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.CharField(max_length=32)),
                ("proof", models.CharField(max_length=254)),
                ("asked_at", models.DateTimeField()),
                ("election", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to="ballot.election")),
            ],
        ),
        migrations.RunSQL(HISTORY, HISTORY_BACK),
    ]
