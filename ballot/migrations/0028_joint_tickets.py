"""Two people who stand together in one place: the posts, the second person and their consent."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("ballot", "0027_requests_by_key")]

    operations = [
        migrations.AddField(
            model_name="contest",
            name="ticket",
            field=models.JSONField(
                blank=True,
                help_text="The `first` and the `second` post of a joint ticket; none: one person "
                "a place.",
                null=True,
            ),
        ),
        migrations.AddField(
            model_name="candidate",
            name="second",
            field=models.CharField(
                blank=True, help_text="The second person of a joint ticket.", max_length=120
            ),
        ),
        migrations.AddField(
            model_name="candidate",
            name="second_address",
            field=models.EmailField(
                blank=True,
                help_text="Where the link goes by which the second person consents.",
                max_length=254,
            ),
        ),
        migrations.AddField(
            model_name="candidate",
            name="second_seat",
            field=models.BinaryField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="candidate",
            name="second_consented_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddConstraint(
            model_name="candidate",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("second", ""), _negated=True
                )
                | models.Q(
                    second_address="",
                    second_consented_at__isnull=True,
                    second_seat__isnull=True,
                ),
                name="candidate_second_is_named",
            ),
        ),
    ]
