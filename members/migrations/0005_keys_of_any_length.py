"""A normal form may be longer than what it is of: & becomes and, æ becomes ae."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("members", "0004_kept_references")]

    operations = [
        migrations.AlterField("unit", "key", models.TextField(db_collation="C")),
        migrations.AlterField("member", "name_key", models.TextField(db_collation="C")),
    ]
