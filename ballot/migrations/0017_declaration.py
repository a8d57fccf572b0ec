"""From the close to the archive: differences explained, two counts, recounts, staged release, and
what the notice says of the time after.
"""

from __future__ import annotations

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

KEPT = ("ballot_countsdiffer", "ballot_explanation", "ballot_releaselook")

APPEND_ONLY = "".join(
    f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table} "
    "FOR EACH ROW EXECUTE FUNCTION ballot_refuse_change();"
    for table in KEPT
)
APPEND_ONLY_BACK = "".join(f"DROP TRIGGER {table}_append_only ON {table};" for table in KEPT)

# A recount is decided once, and what was asked stays as it was asked.
DECIDED_ONCE = """
CREATE FUNCTION ballot_refuse_other_recount() RETURNS trigger LANGUAGE plpgsql
SET search_path = public, pg_temp AS $$
BEGIN
    IF TG_OP = 'DELETE' OR OLD.granted IS NOT NULL
       OR (OLD.contest_id, OLD.asked_by_id, OLD.grounds, OLD.asked_at)
          IS DISTINCT FROM (NEW.contest_id, NEW.asked_by_id, NEW.grounds, NEW.asked_at) THEN
        RAISE EXCEPTION 'a recount is decided once, and never changed'
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER ballot_recount_decided_once BEFORE UPDATE OR DELETE ON ballot_recount
    FOR EACH ROW EXECUTE FUNCTION ballot_refuse_other_recount();
"""
DECIDED_ONCE_BACK = """
DROP TRIGGER ballot_recount_decided_once ON ballot_recount;
DROP FUNCTION ballot_refuse_other_recount();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("ballot", "0016_poll_desk"),
        ("members", "0029_waiting_files_are_looked_at_again"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="CountsDiffer",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "found_by",
                    models.CharField(
                        choices=[("count", "The count"), ("recount", "A recount")], max_length=7
                    ),
                ),
                ("found_at", models.DateTimeField()),
                ("first", models.JSONField()),
                ("second", models.JSONField()),
                ("differences", models.JSONField()),
            ],
            options={
                "ordering": ("pk",),
            },
        ),
        migrations.CreateModel(
            name="Explanation",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("difference", models.CharField(max_length=30)),
                ("section", models.CharField(max_length=40)),
                ("number", models.PositiveIntegerField()),
                ("explanation", models.TextField()),
                ("decided_at", models.DateTimeField()),
            ],
            options={
                "ordering": ("pk",),
            },
        ),
        migrations.CreateModel(
            name="Recount",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("grounds", models.TextField()),
                ("asked_at", models.DateTimeField()),
                ("granted", models.BooleanField(null=True)),
                ("reason", models.TextField(blank=True)),
                ("decided_at", models.DateTimeField(null=True)),
            ],
            options={
                "ordering": ("pk",),
            },
        ),
        migrations.CreateModel(
            name="Release",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=120)),
                ("seat", models.BinaryField()),
                ("embargo_until", models.DateTimeField()),
                ("given_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
            ],
            options={
                "ordering": ("pk",),
            },
        ),
        migrations.CreateModel(
            name="ReleaseLook",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("looked_at", models.DateTimeField()),
            ],
            options={
                "ordering": ("pk",),
            },
        ),
        migrations.AddField(
            model_name="count",
            name="second_count",
            field=models.CharField(
                choices=[
                    ("agrees", "Counted twice, by two programs that agree"),
                    (
                        "counted-once",
                        "Counted once only: the second program does not know this method",
                    ),
                ],
                default="counted-once",
                max_length=12,
            ),
        ),
        migrations.AddField(
            model_name="drawnlot",
            name="witnesses",
            field=models.JSONField(default=list),
        ),
        migrations.AddField(
            model_name="election",
            name="challenge_days",
            field=models.PositiveSmallIntegerField(
                default=28,
                help_text="Days after the declaration within which it may be challenged.",
            ),
        ),
        migrations.AddField(
            model_name="election",
            name="keep_days",
            field=models.PositiveSmallIntegerField(
                default=365,
                help_text="Days after the declaration for which roll and register are kept.",
            ),
        ),
        migrations.AddField(
            model_name="election",
            name="recount_margin_permille",
            field=models.PositiveSmallIntegerField(
                default=0,
                help_text="A contest is recounted whose lead is less than so many of 1,000 valid "
                "papers.",
            ),
        ),
        migrations.AddField(
            model_name="election",
            name="recount_on_request",
            field=models.BooleanField(default=True),
        ),
        migrations.AddField(
            model_name="election",
            name="turnout_base",
            field=models.CharField(
                choices=[
                    ("ballots-cast", "Ballots cast"),
                    ("valid-papers", "Valid papers of the contest"),
                ],
                default="ballots-cast",
                max_length=12,
            ),
        ),
        migrations.AddConstraint(
            model_name="election",
            constraint=models.CheckConstraint(
                condition=models.Q(("keep_days__gte", models.F("challenge_days"))),
                name="election_keeps_while_it_may_be_challenged",
            ),
        ),
        migrations.AddConstraint(
            model_name="election",
            constraint=models.CheckConstraint(
                condition=models.Q(("recount_margin_permille__lte", 1000)),
                name="election_margin_is_a_share",
            ),
        ),
        migrations.AddField(
            model_name="countsdiffer",
            name="contest",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="counts_differ",
                to="ballot.contest",
            ),
        ),
        migrations.AddField(
            model_name="explanation",
            name="election",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="explanations",
                to="ballot.election",
            ),
        ),
        migrations.AddField(
            model_name="recount",
            name="asked_by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="recount",
            name="contest",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="recounts",
                to="ballot.contest",
            ),
        ),
        migrations.AddField(
            model_name="recount",
            name="decided_by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="release",
            name="candidate",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="releases",
                to="ballot.candidate",
            ),
        ),
        migrations.AddField(
            model_name="releaselook",
            name="release",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="looks",
                to="ballot.release",
            ),
        ),
        migrations.AddConstraint(
            model_name="recount",
            constraint=models.UniqueConstraint(
                condition=models.Q(("granted__isnull", True)),
                fields=("contest", "asked_by"),
                name="recount_one_waits_an_asker",
            ),
        ),
        migrations.AddConstraint(
            model_name="recount",
            constraint=models.UniqueConstraint(
                condition=models.Q(("asked_by__isnull", True)),
                fields=("contest",),
                name="recount_once_by_the_rule",
            ),
        ),
        migrations.AddConstraint(
            model_name="recount",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("decided_at__isnull", True),
                        ("decided_by__isnull", True),
                        ("granted__isnull", True),
                    ),
                    models.Q(
                        ("decided_at__isnull", False),
                        ("decided_by__isnull", False),
                        ("granted__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="recount_is_decided_by_somebody",
            ),
        ),
        migrations.AddConstraint(
            model_name="release",
            constraint=models.UniqueConstraint(
                condition=models.Q(("ended_at__isnull", True)),
                fields=("candidate",),
                name="release_one_link_a_candidate",
            ),
        ),
        migrations.AddConstraint(
            model_name="release",
            constraint=models.UniqueConstraint(fields=("seat",), name="release_seat_once"),
        ),
        migrations.RunSQL(APPEND_ONLY, APPEND_ONLY_BACK),
        migrations.RunSQL(DECIDED_ONCE, DECIDED_ONCE_BACK),
    ]
