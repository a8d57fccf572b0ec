"""Reminders: their hours in the notice, and that each is sent once."""

from __future__ import annotations

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("ballot", "0017_declaration"),
        ("members", "0029_waiting_files_are_looked_at_again"),
    ]

    operations = [
        migrations.CreateModel(
            name="Reminder",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.PositiveSmallIntegerField()),
                ("queued_at", models.DateTimeField()),
                ("letters", models.PositiveIntegerField()),
            ],
        ),
        migrations.AddField(
            model_name="election",
            name="letters_in_welsh",
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name="election",
            name="last_reminder_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="election",
            name="reminder_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddConstraint(
            model_name="election",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("last_reminder_at__gt", models.F("reminder_at")),
                    ("last_reminder_at__isnull", True),
                    ("reminder_at__isnull", True),
                    _connector="OR",
                ),
                name="election_last_reminder_is_last",
            ),
        ),
        migrations.AddField(
            model_name="reminder",
            name="election",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="reminders",
                to="ballot.election",
            ),
        ),
        migrations.AddConstraint(
            model_name="reminder",
            constraint=models.UniqueConstraint(
                fields=("election", "number"), name="reminder_is_sent_once"
            ),
        ),
        migrations.RunSQL(
            "CREATE TRIGGER ballot_reminder_append_only BEFORE UPDATE OR DELETE ON ballot_reminder"
            " FOR EACH ROW EXECUTE FUNCTION ballot_refuse_change()",
            "DROP TRIGGER ballot_reminder_append_only ON ballot_reminder",
        ),
    ]
