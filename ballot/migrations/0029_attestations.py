"""What agents and scrutineers sign, object to or report on; kept for good."""

from __future__ import annotations

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

KEPT = (
    "CREATE TRIGGER ballot_attestation_append_only BEFORE UPDATE OR DELETE ON ballot_attestation "
    "FOR EACH ROW EXECUTE FUNCTION ballot_refuse_change();"
)
KEPT_BACK = "DROP TRIGGER ballot_attestation_append_only ON ballot_attestation;"


class Migration(migrations.Migration):
    dependencies = [
        ("ballot", "0028_joint_tickets"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Attestation",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "about",
                    models.CharField(
                        choices=[
                            ("paper", "The proof of the paper"),
                            ("post", "What became of the papers by post"),
                            ("count", "The count"),
                            ("election", "The whole election"),
                        ],
                        max_length=8,
                    ),
                ),
                (
                    "says",
                    models.CharField(
                        choices=[
                            ("signed", "Signed"),
                            ("objects", "Objects"),
                            ("reports", "Reports"),
                        ],
                        max_length=8,
                    ),
                ),
                ("words", models.TextField(blank=True)),
                ("name", models.CharField(max_length=120)),
                ("role", models.CharField(max_length=60)),
                ("attested_at", models.DateTimeField()),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "checkpoint",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="ballot.checkpoint",
                    ),
                ),
                (
                    "election",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="attestations",
                        to="ballot.election",
                    ),
                ),
            ],
            options={
                "ordering": ("pk",),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            about__in=("paper", "post", "count"), says__in=("signed", "objects")
                        )
                        | models.Q(about="election", says="reports"),
                        name="attestation_says_what_it_may",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(says="signed") | ~models.Q(words=""),
                        name="attestation_says_why",
                    ),
                ],
            },
        ),
        migrations.RunSQL(KEPT, KEPT_BACK),
    ]
