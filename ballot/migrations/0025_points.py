"""Contests in which every section is worth the same points, with a floor or none (counting §12)."""

from __future__ import annotations

from django.db import migrations, models
from django.db.models import F, Q


class Migration(migrations.Migration):
    dependencies = [("ballot", "0024_destruction")]

    operations = [
        migrations.AddField(
            "contest",
            "points",
            models.PositiveIntegerField(
                blank=True,
                help_text="What every section is worth; none: sections are not worth a fixed "
                "amount.",
                null=True,
            ),
        ),
        migrations.AddField(
            "contest",
            "points_floor",
            models.PositiveIntegerField(
                default=0, help_text="A section with fewer votes is worth as many points as votes."
            ),
        ),
        migrations.AddConstraint(
            "contest",
            models.CheckConstraint(
                condition=Q(points__isnull=True)
                | Q(~Q(method="stv"), weights__isnull=True, points__gte=1, points__lte=1000),
                name="contest_of_points_has_one_place_and_no_weights",
            ),
        ),
        migrations.AddConstraint(
            "contest",
            models.CheckConstraint(
                condition=Q(points_floor=0)
                | Q(points__isnull=False, points_floor__lte=F("points")),
                name="contest_floor_is_not_above_the_points",
            ),
        ),
    ]
