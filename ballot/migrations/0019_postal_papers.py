"""Voting by post: tellers, envelopes, what came of them, and what tellers read of the papers."""

from __future__ import annotations

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

APPEND_ONLY = (
    "ballot_envelope",
    "ballot_envelopereceipt",
    "ballot_postalreading",
    "ballot_postalruling",
    "ballot_refusedcast",
)

KEPT = "".join(
    f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table} "
    "FOR EACH ROW EXECUTE FUNCTION ballot_refuse_change();"
    for table in APPEND_ONLY
)

KEPT_BACK = "".join(f"DROP TRIGGER {table}_append_only ON {table};" for table in APPEND_ONLY)

# A teller's key is theirs from the first: another would make all that they sealed nobody's.
KEY = """
CREATE FUNCTION ballot_refuse_teller() RETURNS trigger LANGUAGE plpgsql
SET search_path = public, pg_temp AS $$
BEGIN
    IF (OLD.key IS NOT NULL AND NEW.key IS DISTINCT FROM OLD.key)
       OR (OLD.election_id, OLD.person_id, OLD.number)
          IS DISTINCT FROM (NEW.election_id, NEW.person_id, NEW.number) THEN
        RAISE EXCEPTION 'a teller keeps the key that they made first'
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER ballot_teller_key BEFORE UPDATE ON ballot_teller
    FOR EACH ROW EXECUTE FUNCTION ballot_refuse_teller();
"""

KEY_BACK = "DROP TRIGGER ballot_teller_key ON ballot_teller; DROP FUNCTION ballot_refuse_teller();"


class Migration(migrations.Migration):
    dependencies = [
        ("ballot", "0018_sending"),
        ("members", "0029_waiting_files_are_looked_at_again"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="PostalReading",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.PositiveIntegerField(help_text="From 1, within the section.")),
                ("turn", models.PositiveSmallIntegerField()),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("sealed", "Read and sealed"),
                            ("doubtful", "Doubtful"),
                            ("empty", "No paper in the envelope"),
                        ],
                        max_length=10,
                    ),
                ),
                (
                    "doubt",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("unmarked", "Unmarked"),
                            ("uncertain", "Void for uncertainty"),
                            ("identifiable", "The voter can be identified"),
                            ("no-official-mark", "No official mark"),
                            ("two-first-preferences", "More than one first preference"),
                        ],
                        max_length=24,
                    ),
                ),
                ("wire", models.BinaryField(null=True)),
                ("signature", models.BinaryField(null=True)),
            ],
            options={
                "ordering": ("pk",),
            },
        ),
        migrations.CreateModel(
            name="PostalRuling",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.PositiveIntegerField()),
                ("turn", models.PositiveSmallIntegerField()),
                ("rejected", models.JSONField(default=dict)),
                ("agents", models.PositiveSmallIntegerField()),
                ("decided_at", models.DateTimeField()),
            ],
            options={
                "ordering": ("pk",),
            },
        ),
        migrations.CreateModel(
            name="RefusedCast",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("refused_at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="Teller",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.PositiveSmallIntegerField(help_text="From 1.")),
                ("name", models.CharField(help_text="As the board shows it.", max_length=120)),
                ("key", models.BinaryField(null=True)),
            ],
            options={
                "ordering": ("number",),
            },
        ),
        migrations.AddField(
            model_name="election",
            name="postal_papers",
            field=models.BooleanField(
                default=False,
                help_text="Whether an elector who asks for it is sent a paper by post.",
            ),
        ),
        migrations.AddField(
            model_name="election",
            name="envelopes_opened_at",
            field=models.DateTimeField(
                blank=True,
                help_text="When the postal envelopes were opened, after the close.",
                null=True,
            ),
        ),
        migrations.AlterField(
            model_name="registermark",
            name="channel",
            field=models.CharField(
                choices=[("online", "Online"), ("post", "By post")], default="online", max_length=10
            ),
        ),
        migrations.CreateModel(
            name="Envelope",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("barcode", models.CharField(max_length=21)),
                (
                    "election",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="envelopes",
                        to="ballot.election",
                    ),
                ),
                (
                    "roll_entry",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, to="members.rollentry"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="EnvelopeReceipt",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "outcome",
                    models.CharField(
                        choices=[
                            ("received", "Received"),
                            ("refused", "Refused: the elector has voted, or is not on the roll"),
                            ("late", "Came after the close"),
                        ],
                        max_length=10,
                    ),
                ),
                ("came_at", models.DateTimeField()),
                (
                    "credential",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="ballot.credential",
                    ),
                ),
                (
                    "envelope",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="receipt",
                        to="ballot.envelope",
                    ),
                ),
            ],
        ),
        migrations.AddField(
            model_name="entry",
            name="envelope",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                to="ballot.envelopereceipt",
            ),
        ),
        migrations.AddConstraint(
            model_name="entry",
            constraint=models.UniqueConstraint(
                condition=models.Q(("envelope__isnull", False)),
                fields=("envelope",),
                name="entry_envelope_once",
            ),
        ),
        migrations.AddField(
            model_name="postalreading",
            name="election",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="readings",
                to="ballot.election",
            ),
        ),
        migrations.AddField(
            model_name="postalreading",
            name="section",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="members.section"
            ),
        ),
        migrations.AddField(
            model_name="postalruling",
            name="election",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="rulings",
                to="ballot.election",
            ),
        ),
        migrations.AddField(
            model_name="postalruling",
            name="section",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="members.section"
            ),
        ),
        migrations.AddField(
            model_name="refusedcast",
            name="credential",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="ballot.credential",
            ),
        ),
        migrations.AddField(
            model_name="teller",
            name="election",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="tellers",
                to="ballot.election",
            ),
        ),
        migrations.AddField(
            model_name="teller",
            name="person",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="postalreading",
            name="other",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="ballot.teller"
            ),
        ),
        migrations.AddField(
            model_name="postalreading",
            name="teller",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="readings",
                to="ballot.teller",
            ),
        ),
        migrations.AddConstraint(
            model_name="envelope",
            constraint=models.UniqueConstraint(
                fields=("election", "barcode"), name="envelope_barcode_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="envelopereceipt",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("credential__isnull", False), ("outcome", "received")),
                    models.Q(("credential__isnull", True), ("outcome__in", ["refused", "late"])),
                    _connector="OR",
                ),
                name="envelope_received_has_a_credential",
            ),
        ),
        migrations.AddConstraint(
            model_name="postalruling",
            constraint=models.UniqueConstraint(
                fields=("election", "section", "number", "turn"), name="ruling_one_a_turn"
            ),
        ),
        migrations.AddConstraint(
            model_name="teller",
            constraint=models.UniqueConstraint(
                fields=("election", "number"), name="teller_number_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="teller",
            constraint=models.UniqueConstraint(
                fields=("election", "person"), name="teller_person_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="teller",
            constraint=models.UniqueConstraint(fields=("election", "key"), name="teller_key_once"),
        ),
        migrations.AddConstraint(
            model_name="postalreading",
            constraint=models.UniqueConstraint(
                fields=("election", "section", "number", "turn", "teller"),
                name="reading_one_a_teller_and_turn",
            ),
        ),
        migrations.AddConstraint(
            model_name="postalreading",
            constraint=models.CheckConstraint(
                condition=models.Q(("teller", models.F("other")), _negated=True),
                name="reading_of_two_tellers",
            ),
        ),
        migrations.AddConstraint(
            model_name="postalreading",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("doubt", ""),
                        ("kind", "sealed"),
                        ("signature__isnull", False),
                        ("wire__isnull", False),
                    ),
                    models.Q(
                        ("kind", "doubtful"),
                        ("signature__isnull", True),
                        ("wire__isnull", True),
                        models.Q(("doubt", ""), _negated=True),
                    ),
                    models.Q(
                        ("doubt", ""),
                        ("kind", "empty"),
                        ("signature__isnull", True),
                        ("wire__isnull", True),
                    ),
                    _connector="OR",
                ),
                name="reading_is_of_one_kind",
            ),
        ),
        migrations.RunSQL(KEPT, KEPT_BACK),
        migrations.RunSQL(KEY, KEY_BACK),
    ]
