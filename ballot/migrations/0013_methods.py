"""Contests for several places, and contests with weighted sections (counting §12, §13)."""

from __future__ import annotations

from django.db import migrations, models
from django.db.models import Q

METHODS = [
    ("av", "Alternative vote"),
    ("plurality", "Most votes wins"),
    ("stv", "Single transferable vote, for several places"),
]


class Migration(migrations.Migration):
    dependencies = [("ballot", "0012_handed_in_apart")]

    operations = [
        migrations.AlterField(
            "contest", "method", models.CharField(choices=METHODS, default="av", max_length=12)
        ),
        migrations.AddField("contest", "places", models.PositiveSmallIntegerField(default=1)),
        migrations.AddField(
            "contest",
            "weights",
            models.JSONField(
                blank=True,
                help_text="Section code → parts of the whole; none: one paper is one vote.",
                null=True,
            ),
        ),
        migrations.AddConstraint(
            "contest",
            models.CheckConstraint(
                condition=Q(places=1) | Q(method="stv", places__gte=1, reopen_nominations=False),
                name="contest_of_several_places_is_transferable",
            ),
        ),
        migrations.AddConstraint(
            "contest",
            models.CheckConstraint(
                condition=Q(weights__isnull=True) | ~Q(method="stv"),
                name="contest_of_weights_has_one_place",
            ),
        ),
    ]
