"""What becomes of a ballot whose elector is struck off after casting: the notice's rule, and the
decisions that follow it.
"""

from __future__ import annotations

import django.db.models.deletion
from django.db import migrations, models

KEPT = """
CREATE TRIGGER ballot_setaside_append_only BEFORE UPDATE OR DELETE ON ballot_setaside
    FOR EACH ROW EXECUTE FUNCTION ballot_refuse_change();
"""

# The last decision on a ballot counts.
NOW = """
CREATE VIEW ballot_setasidenow AS
SELECT last.election_id, last.ballot_id, last.reason, last.amendment
  FROM (SELECT DISTINCT ON (ballot_id) election_id, ballot_id, is_set_aside, reason, amendment
          FROM ballot_setaside ORDER BY ballot_id, id DESC) AS last
 WHERE last.is_set_aside
"""


class Migration(migrations.Migration):
    dependencies = [
        ("ballot", "0004_keys_are_kept"),
        ("members", "0018_amendments"),
    ]

    operations = [
        migrations.AddField(
            model_name="election",
            name="ballot_of_dead",
            field=models.CharField(
                choices=[
                    ("stands", "It stands and is counted"),
                    ("set-aside", "It is set aside and not counted"),
                ],
                default="stands",
                max_length=10,
            ),
        ),
        migrations.AddField(
            model_name="election",
            name="ballot_of_excluded",
            field=models.CharField(
                choices=[
                    ("stands", "It stands and is counted"),
                    ("set-aside", "It is set aside and not counted"),
                ],
                default="stands",
                max_length=10,
            ),
        ),
        migrations.AddField(
            model_name="election",
            name="ballot_of_resigned",
            field=models.CharField(
                choices=[
                    ("stands", "It stands and is counted"),
                    ("set-aside", "It is set aside and not counted"),
                ],
                default="stands",
                max_length=10,
            ),
        ),
        migrations.CreateModel(
            name="SetAside",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("is_set_aside", models.BooleanField()),
                ("reason", models.CharField(max_length=16)),
                ("amendment", models.PositiveIntegerField()),
                ("decided_at", models.DateTimeField()),
                (
                    "ballot",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="ballot.sealedballot",
                    ),
                ),
                (
                    "election",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="ballot.election",
                    ),
                ),
            ],
            options={
                "ordering": ("pk",),
            },
        ),
        migrations.RunSQL(KEPT, "DROP TRIGGER ballot_setaside_append_only ON ballot_setaside"),
        migrations.RunSQL(NOW, "DROP VIEW ballot_setasidenow"),
    ]
