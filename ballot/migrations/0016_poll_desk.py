"""The poll's desk: incidents, published turnout, daily sheets, the helpdesk's notes; all kept."""

from __future__ import annotations

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

TABLES = (
    "ballot_incident",
    "ballot_incidententry",
    "ballot_turnoutsnapshot",
    "ballot_dailysheet",
    "ballot_helpdesknote",
)

KEPT = "".join(
    f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table} "
    "FOR EACH ROW EXECUTE FUNCTION ballot_refuse_change();"
    for table in TABLES
)
KEPT_BACK = "".join(f"DROP TRIGGER {table}_append_only ON {table};" for table in TABLES)


class Migration(migrations.Migration):
    dependencies = [
        ("ballot", "0015_notice"),
        ("members", "0029_waiting_files_are_looked_at_again"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="election",
            name="turnout_by_section",
            field=models.BooleanField(
                default=True, help_text="Whether turnout by section is shown during the poll."
            ),
        ),
        migrations.CreateModel(
            name="Incident",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.PositiveIntegerField()),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("not-me", "“This was not me”"),
                            ("did-not-vote", "“I did not vote”"),
                            ("service", "The pages could not be reached, or were slow"),
                            ("letters", "Letters were late, wrong or not delivered"),
                            ("paper", "A mistake on the paper or in the notice"),
                            ("roll", "Somebody wrongly on the roll, or left out"),
                            ("conduct", "Conduct of a campaign, of staff or of an elector"),
                            ("security", "An attempt to get at codes, ballots or the server"),
                            ("other", "Something else"),
                        ],
                        max_length=16,
                    ),
                ),
                ("happened_at", models.DateTimeField()),
                ("found_by", models.CharField(max_length=120)),
                (
                    "election",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="incidents",
                        to="ballot.election",
                    ),
                ),
                (
                    "roll_entry",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="members.rollentry",
                    ),
                ),
            ],
            options={
                "ordering": ("number",),
            },
        ),
        migrations.CreateModel(
            name="IncidentEntry",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.PositiveIntegerField()),
                ("said", models.TextField()),
                ("done", models.TextField(blank=True)),
                ("kept_from_voting", models.PositiveIntegerField(null=True)),
                ("is_material", models.BooleanField(null=True)),
                ("written_at", models.DateTimeField()),
                (
                    "incident",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="entries",
                        to="ballot.incident",
                    ),
                ),
                (
                    "written_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ("number",),
            },
        ),
        migrations.CreateModel(
            name="TurnoutSnapshot",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("taken_at", models.DateTimeField()),
                ("figures", models.JSONField()),
                (
                    "election",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="snapshots",
                        to="ballot.election",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="DailySheet",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("day", models.DateField()),
                ("made_at", models.DateTimeField()),
                ("figures", models.JSONField()),
                (
                    "election",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="daily_sheets",
                        to="ballot.election",
                    ),
                ),
            ],
            options={
                "ordering": ("day",),
                "constraints": [
                    models.UniqueConstraint(
                        fields=("election", "day"), name="daily_sheet_once_a_day"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="HelpdeskNote",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("printed", "A printed letter is wanted"),
                            ("no-letter", "No letter came"),
                            ("page", "The page could not be used"),
                            ("other", "Another complaint"),
                        ],
                        max_length=10,
                    ),
                ),
                ("taken_at", models.DateTimeField()),
                (
                    "election",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="helpdesk_notes",
                        to="ballot.election",
                    ),
                ),
                (
                    "roll_entry",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="members.rollentry",
                    ),
                ),
                (
                    "taken_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ("pk",),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["printed", "no-letter", "page", "other"])),
                        name="helpdesk_note_kind_is_known",
                    )
                ],
            },
        ),
        migrations.AddConstraint(
            model_name="incident",
            constraint=models.UniqueConstraint(
                fields=("election", "number"), name="incident_number_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="incident",
            constraint=models.UniqueConstraint(
                fields=("election", "kind", "roll_entry"), name="incident_once_an_elector"
            ),
        ),
        migrations.AddConstraint(
            model_name="incident",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "kind__in",
                        [
                            "not-me",
                            "did-not-vote",
                            "service",
                            "letters",
                            "paper",
                            "roll",
                            "conduct",
                            "security",
                            "other",
                        ],
                    )
                ),
                name="incident_kind_is_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="incidententry",
            constraint=models.UniqueConstraint(
                fields=("incident", "number"), name="incident_entry_number_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="incidententry",
            constraint=models.CheckConstraint(
                condition=models.Q(("said", ""), _negated=True),
                name="incident_entry_says_something",
            ),
        ),
        migrations.AddConstraint(
            model_name="turnoutsnapshot",
            constraint=models.UniqueConstraint(
                fields=("election", "taken_at"), name="snapshot_time_once"
            ),
        ),
        migrations.RunSQL(KEPT, KEPT_BACK),
    ]
