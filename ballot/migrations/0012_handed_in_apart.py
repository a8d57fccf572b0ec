"""What a trustee hands in stands apart from the blobs, which stay for good, until it is taken.

What waits now is let go of: whoever handed it in is told that it is due, and hands it in again
(docs/spec/trustees.md §4).
"""

from __future__ import annotations

import django.db.models.deletion
from django.db import migrations, models

LET_GO = "DELETE FROM ballot_handedin;"


class Migration(migrations.Migration):
    dependencies = [("ballot", "0011_signed_commitments")]

    operations = [
        migrations.RunSQL(LET_GO, LET_GO),
        migrations.RemoveField("handedin", "content"),
        migrations.AddField(
            "handedin", "sha256", models.BinaryField(default=b""), preserve_default=False
        ),
        migrations.CreateModel(
            name="HandedInChunk",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.PositiveIntegerField()),
                ("content", models.BinaryField()),
                (
                    "handed_in",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="chunks",
                        to="ballot.handedin",
                    ),
                ),
            ],
            options={"ordering": ("number",)},
        ),
        migrations.AddConstraint(
            "handedinchunk",
            models.UniqueConstraint(fields=("handed_in", "number"), name="handed_in_chunk_once"),
        ),
    ]
