"""Requests to an issuer are found by their key: else each key destroyed reads all of them."""

from __future__ import annotations

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("ballot", "0026_void_is_destroyed")]

    operations = [
        migrations.AlterField(
            "issuerrequest",
            "credential",
            models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                to="ballot.credential",
            ),
        ),
    ]
