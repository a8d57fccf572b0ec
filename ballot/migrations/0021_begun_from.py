"""Which election another was begun from: each gives rise to one at most."""

from __future__ import annotations

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("ballot", "0020_stands_again")]

    operations = [
        migrations.AddField(
            model_name="election",
            name="begun_from",
            field=models.OneToOneField(
                blank=True,
                help_text="The election whose open posts this one is to fill.",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="begun_again",
                to="ballot.election",
            ),
        ),
    ]
