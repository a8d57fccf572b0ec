"""Since when a candidate stands again who had withdrawn: consent and rulings of before are void."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("ballot", "0019_postal_papers")]

    operations = [
        migrations.AddField(
            model_name="candidate",
            name="stands_again_since",
            field=models.DateTimeField(
                blank=True,
                help_text="When somebody who had withdrawn was nominated again.",
                null=True,
            ),
        ),
    ]
