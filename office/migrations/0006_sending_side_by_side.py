"""Letters claimed in the order in which they are due, and an hour at those being sent alone."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = (("office", "0005_sending"),)

    operations = (
        migrations.AddField("domainpace", "put_off_to", models.DateTimeField(null=True)),
        migrations.AddField(
            "domainpace", "put_off_letters", models.PositiveIntegerField(db_default=0)
        ),
        migrations.RemoveIndex("letter", "office_letter_waiting"),
        migrations.AddIndex(
            "letter",
            models.Index(
                models.F("dispatch"),
                models.F("not_before").asc(nulls_first=True),
                models.F("tranche"),
                models.F("id"),
                condition=models.Q(state="waiting"),
                name="office_letter_waiting",
            ),
        ),
        migrations.RemoveConstraint("letter", "office_claimed_letter_has_a_claim"),
        migrations.RunSQL(
            "UPDATE office_letter SET claimed_at = NULL"
            " WHERE state <> 'claimed' AND claimed_at IS NOT NULL",
            migrations.RunSQL.noop,
        ),
        migrations.AddConstraint(
            "letter",
            models.CheckConstraint(
                condition=models.Q(
                    state="claimed", claim__isnull=False, claimed_at__isnull=False
                ) | (~models.Q(state="claimed") & models.Q(claimed_at__isnull=True)),
                name="office_claimed_letter_alone_has_an_hour",
            ),
        ),
    )
