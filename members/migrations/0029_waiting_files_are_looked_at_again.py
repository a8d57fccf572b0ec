"""What was seen of the files that wait for a mapping is gone: a worker looks at them again."""

from __future__ import annotations

from django.db import migrations

LOOK_AGAIN = """
WITH waiting AS (
    UPDATE members_importbatch SET state = 'uploaded' WHERE state = 'mapping' RETURNING id
)
INSERT INTO office_job (kind, subject_kind, subject_id, parameters, state, stage, done, unit, error,
                        tries, opened_at)
SELECT 'look_at_file', 'import', id::text, '{}', 'open', '', 0, '', '', 0, clock_timestamp()
FROM waiting
"""


class Migration(migrations.Migration):
    dependencies = [
        ("members", "0028_looks_are_sealed"),
        ("office", "0004_records_of_acts_are_kept"),
    ]

    operations = [migrations.RunSQL(LOOK_AGAIN, migrations.RunSQL.noop)]
