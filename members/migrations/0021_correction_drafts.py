"""A member's request for a correction knows the draft that waits for a second person."""

from __future__ import annotations

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("members", "0020_references")]

    operations = [
        migrations.AddField(
            model_name="correctionrequest",
            name="draft",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="requests",
                to="members.contactdraft",
            ),
        ),
    ]
