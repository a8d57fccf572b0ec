"""What the notice of poll says beside its rules: whom to turn to, and when each step comes."""

from __future__ import annotations

import django.db.models.deletion
from django.db import migrations, models

STEPS = [
    ("notice", "Notice of poll"),
    ("nominations-open", "Nominations open"),
    ("candidates", "Statement of persons nominated"),
    ("freeze", "The roll is frozen"),
    ("dispatch", "All voting codes are sent"),
    ("reissue-at-desk", "Last hour to ask the office for a new link"),
    ("reissue-by-page", "Last hour to ask for a new link on the page"),
    ("count", "The votes are counted"),
    ("declaration", "The result is declared"),
]

# Once the notice is out, a date of it moves to a later hour or stays.
KEPT = """
CREATE FUNCTION ballot_keep_planned_date() RETURNS trigger LANGUAGE plpgsql
SET search_path = public, pg_temp AS $$
BEGIN
    IF (SELECT state FROM ballot_election WHERE id = OLD.election_id) = 'draft' THEN
        RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
    END IF;
    IF TG_OP = 'DELETE' OR NEW.election_id <> OLD.election_id OR NEW.step <> OLD.step
       OR NEW.at < OLD.at THEN
        RAISE EXCEPTION 'a date of a notice moves to a later hour alone'
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER ballot_planneddate_kept BEFORE UPDATE OR DELETE ON ballot_planneddate
    FOR EACH ROW EXECUTE FUNCTION ballot_keep_planned_date();
"""
KEPT_BACK = """
DROP TRIGGER ballot_planneddate_kept ON ballot_planneddate;
DROP FUNCTION ballot_keep_planned_date();
"""


class Migration(migrations.Migration):
    dependencies = [("ballot", "0014_nominations")]

    operations = [
        migrations.AddField(
            "election",
            "complaints",
            models.TextField(
                blank=True,
                default="",
                help_text="Where a complaint goes, and by when, in a sentence or two.",
            ),
        ),
        migrations.AddField(
            "election", "deputy", models.CharField(blank=True, default="", max_length=120)
        ),
        migrations.AddField(
            "election", "scrutineer", models.CharField(blank=True, default="", max_length=120)
        ),
        migrations.CreateModel(
            name="PlannedDate",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("step", models.CharField(choices=STEPS, max_length=20)),
                ("at", models.DateTimeField()),
                (
                    "election",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="planned",
                        to="ballot.election",
                    ),
                ),
            ],
        ),
        migrations.AddConstraint(
            "planneddate",
            models.UniqueConstraint(fields=("election", "step"), name="planned_date_once"),
        ),
        migrations.AddConstraint(
            "planneddate",
            models.CheckConstraint(
                condition=models.Q(step__in=[step for step, _ in STEPS]),
                name="planned_step_is_known",
            ),
        ),
        migrations.RunSQL(KEPT, KEPT_BACK),
    ]
