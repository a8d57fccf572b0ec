"""Letters on paper in batches of two officers; what a provider said of one; a domain's pace."""

from __future__ import annotations

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("office", "0004_records_of_acts_are_kept"),
    ]

    operations = [
        migrations.CreateModel(
            name="DomainPace",
            fields=[
                ("domain", models.CharField(max_length=253, primary_key=True, serialize=False)),
                ("minute", models.DateTimeField()),
                ("letters", models.PositiveIntegerField()),
            ],
        ),
        migrations.AddField(
            model_name="letter",
            name="delivery",
            field=models.CharField(
                blank=True,
                choices=[
                    ("", "nothing was heard"),
                    ("deferred", "put off by the recipient’s mail server"),
                    ("delivered", "delivered"),
                    ("bounced", "came back"),
                    ("complained", "marked as spam by its recipient"),
                ],
                db_default="",
                max_length=10,
            ),
        ),
        migrations.AddField(
            model_name="letter",
            name="delivery_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="letter",
            name="print_place",
            field=models.PositiveIntegerField(null=True),
        ),
        migrations.AddField(
            model_name="letter",
            name="return_settled",
            field=models.BooleanField(db_default=False),
        ),
        migrations.CreateModel(
            name="PrintBatch",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("size", models.PositiveIntegerField()),
                ("ordered_at", models.DateTimeField()),
                ("handed_over_at", models.DateTimeField(null=True)),
                (
                    "dispatch",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="print_batches",
                        to="office.dispatch",
                    ),
                ),
                (
                    "handed_over_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "ordered_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "seconded_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.AddField(
            model_name="letter",
            name="print_batch",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="letters",
                to="office.printbatch",
            ),
        ),
        migrations.AddIndex(
            model_name="letter",
            index=models.Index(
                condition=models.Q(("delivery__in", ["bounced", "complained"])),
                fields=["dispatch", "id"],
                name="office_letter_came_back",
            ),
        ),
        migrations.AddIndex(
            model_name="letter",
            index=models.Index(
                condition=models.Q(("print_batch__isnull", False)),
                fields=["print_batch", "print_place"],
                name="office_letter_printed",
            ),
        ),
        migrations.AddConstraint(
            model_name="letter",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("print_batch__isnull", True), ("print_place__isnull", True)),
                    models.Q(("print_batch__isnull", False), ("print_place__isnull", False)),
                    _connector="OR",
                ),
                name="office_printed_letter_has_a_place",
            ),
        ),
        migrations.AddConstraint(
            model_name="printbatch",
            constraint=models.CheckConstraint(
                condition=models.Q(("ordered_by", models.F("seconded_by")), _negated=True),
                name="office_print_batch_by_two",
            ),
        ),
        migrations.AddConstraint(
            model_name="printbatch",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("handed_over_at__isnull", True), ("handed_over_by__isnull", True)),
                    models.Q(("handed_over_at__isnull", False), ("handed_over_by__isnull", False)),
                    _connector="OR",
                ),
                name="office_print_batch_handed_over_by_somebody",
            ),
        ),
        migrations.RunSQL(
            "CREATE TRIGGER office_printbatch_kept BEFORE DELETE ON office_printbatch"
            " FOR EACH ROW EXECUTE FUNCTION office_refuse_change()",
            "DROP TRIGGER office_printbatch_kept ON office_printbatch",
        ),
    ]
