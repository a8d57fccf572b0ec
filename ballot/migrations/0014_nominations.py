"""Nominating bodies, nominations and rulings; the last two are kept for good.

A nomination is of somebody who stands in its contest, by a body of its election.
"""

from __future__ import annotations

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

TABLES = ("ballot_nomination", "ballot_ruling")

KEPT = "".join(
    f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table} "
    "FOR EACH ROW EXECUTE FUNCTION ballot_refuse_change();"
    for table in TABLES
)
KEPT_BACK = "".join(f"DROP TRIGGER {table}_append_only ON {table};" for table in TABLES)

OF_ONE_CONTEST = """
CREATE FUNCTION ballot_refuse_stray_nomination() RETURNS trigger LANGUAGE plpgsql
SET search_path = public, pg_temp AS $$ BEGIN
    IF NEW.candidate_id IS NOT NULL AND NOT EXISTS (
        SELECT FROM ballot_candidate
         WHERE id = NEW.candidate_id AND contest_id = NEW.contest_id
           AND NOT is_reopen_nominations
    ) THEN
        RAISE EXCEPTION 'a nomination is of somebody of its contest';
    END IF;
    IF NOT EXISTS (
        SELECT FROM ballot_contest c JOIN ballot_nominatingbody b ON b.election_id = c.election_id
         WHERE c.id = NEW.contest_id AND b.id = NEW.body_id
    ) THEN
        RAISE EXCEPTION 'a nomination is by a body of its election';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER ballot_nomination_of_one_contest BEFORE INSERT ON ballot_nomination
    FOR EACH ROW EXECUTE FUNCTION ballot_refuse_stray_nomination();
"""
OF_ONE_CONTEST_BACK = """
DROP TRIGGER ballot_nomination_of_one_contest ON ballot_nomination;
DROP FUNCTION ballot_refuse_stray_nomination();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("ballot", "0013_methods"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="NominatingBody",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("kind", models.CharField(max_length=40)),
                ("name", models.CharField(max_length=120)),
                ("members", models.PositiveIntegerField(default=1)),
                ("mark", models.CharField(blank=True, max_length=40)),
                ("secretary", models.CharField(blank=True, max_length=120)),
                ("address", models.EmailField(blank=True, max_length=254)),
                ("seat", models.BinaryField(blank=True, null=True)),
            ],
            options={
                "ordering": ("kind", "name"),
            },
        ),
        migrations.CreateModel(
            name="Nomination",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "number",
                    models.PositiveIntegerField(help_text="From 1, of this body in this contest."),
                ),
                ("made_at", models.DateTimeField()),
            ],
            options={
                "ordering": ("contest_id", "body_id", "number"),
            },
        ),
        migrations.CreateModel(
            name="Ruling",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("is_valid", models.BooleanField()),
                ("is_exempt", models.BooleanField(default=False)),
                ("reason", models.TextField()),
                ("ruled_at", models.DateTimeField()),
            ],
            options={
                "ordering": ("pk",),
            },
        ),
        migrations.AddField(
            model_name="candidate",
            name="address",
            field=models.EmailField(
                blank=True, help_text="Where the link goes by which they consent.", max_length=254
            ),
        ),
        migrations.AddField(
            model_name="candidate",
            name="agent_address",
            field=models.EmailField(blank=True, max_length=254),
        ),
        migrations.AddField(
            model_name="candidate",
            name="agent_name",
            field=models.CharField(blank=True, max_length=120),
        ),
        migrations.AddField(
            model_name="candidate",
            name="consented_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="candidate",
            name="seat",
            field=models.BinaryField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="contest",
            name="gates",
            field=models.TextField(
                blank=True,
                help_text="What a candidate needs of the nominating bodies, a gate a line.",
            ),
        ),
        migrations.AddField(
            model_name="contest",
            name="names_order",
            field=models.CharField(
                choices=[
                    ("alphabet", "By the alphabet"),
                    ("lot", "By a lot drawn in public"),
                    ("shuffled", "Shuffled on each elector’s device"),
                ],
                default="alphabet",
                max_length=10,
            ),
        ),
        migrations.AddField(
            model_name="contest",
            name="statement_words",
            field=models.PositiveSmallIntegerField(default=500),
        ),
        migrations.AddField(
            model_name="contest",
            name="votes_of_withdrawn",
            field=models.CharField(
                choices=[
                    ("pass-on", "They pass on to the next preference"),
                    ("stand", "They stand; if the candidate is elected, nominations open again"),
                ],
                default="pass-on",
                max_length=10,
            ),
        ),
        migrations.AddField(
            model_name="election",
            name="nominations_close_at",
            field=models.DateTimeField(
                blank=True,
                help_text="Until when nominating bodies and candidates hand in; none: until the "
                "statement.",
                null=True,
            ),
        ),
        migrations.AddConstraint(
            model_name="contest",
            constraint=models.CheckConstraint(
                condition=models.Q(("statement_words__gte", 1)),
                name="contest_lets_candidates_speak",
            ),
        ),
        migrations.AddField(
            model_name="nominatingbody",
            name="election",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="nominating_bodies",
                to="ballot.election",
            ),
        ),
        migrations.AddField(
            model_name="nomination",
            name="body",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="nominations",
                to="ballot.nominatingbody",
            ),
        ),
        migrations.AddField(
            model_name="nomination",
            name="candidate",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="nominations",
                to="ballot.candidate",
            ),
        ),
        migrations.AddField(
            model_name="nomination",
            name="contest",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="nominations",
                to="ballot.contest",
            ),
        ),
        migrations.AddField(
            model_name="nomination",
            name="taken_by",
            field=models.ForeignKey(
                blank=True,
                help_text="The officer who typed it; null: it came by the body's link.",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="ruling",
            name="candidate",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="rulings",
                to="ballot.candidate",
            ),
        ),
        migrations.AddField(
            model_name="ruling",
            name="nomination",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="rulings",
                to="ballot.nomination",
            ),
        ),
        migrations.AddField(
            model_name="ruling",
            name="ruled_by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddConstraint(
            model_name="nominatingbody",
            constraint=models.UniqueConstraint(
                fields=("election", "kind", "name"), name="nominating_body_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="nomination",
            constraint=models.UniqueConstraint(
                fields=("body", "contest", "number"), name="nomination_number_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="ruling",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("candidate__isnull", False), ("nomination__isnull", True)),
                    models.Q(("candidate__isnull", True), ("nomination__isnull", False)),
                    _connector="OR",
                ),
                name="ruling_is_on_one_paper",
            ),
        ),
        migrations.AddConstraint(
            model_name="ruling",
            constraint=models.CheckConstraint(
                condition=models.Q(("reason", ""), _negated=True), name="ruling_has_a_reason"
            ),
        ),
        migrations.AddConstraint(
            model_name="ruling",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("is_exempt", False),
                    models.Q(("candidate__isnull", False), ("is_valid", True)),
                    _connector="OR",
                ),
                name="ruling_exempts_a_valid_candidate",
            ),
        ),
        migrations.RunSQL(KEPT, KEPT_BACK),
        migrations.RunSQL(OF_ONE_CONTEST, OF_ONE_CONTEST_BACK),
    ]
