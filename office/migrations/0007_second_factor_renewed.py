"""When an account's second factor was renewed: sessions from before it are at an end."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("office", "0006_sending_side_by_side")]

    operations = [
        migrations.AddField("staffmember", "factor_renewed_at", models.DateTimeField(null=True)),
    ]
