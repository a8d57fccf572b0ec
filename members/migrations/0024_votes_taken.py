"""What an import takes from people: kept as figures, after its rows are gone."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("members", "0023_quick_numbers_and_moves")]

    operations = [
        migrations.AddField(
            model_name="importbatch",
            name="votes_taken",
            field=models.JSONField(default=list),
        ),
    ]
