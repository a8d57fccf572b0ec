"""What was seen of a file is kept encrypted: its samples are of columns that may be nobody's to keep.

It rested in plain words until now, and goes with its column.
"""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("members", "0027_records_of_acts_are_kept")]

    operations = [
        migrations.RemoveField("importbatch", "look"),
        migrations.AddField("importbatch", "sealed_look", models.BinaryField(default=b"")),
    ]
