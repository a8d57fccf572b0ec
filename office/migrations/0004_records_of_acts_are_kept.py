"""Staff, their authorities, the jobs they opened and the letters that went out are kept.

The work never deletes one, so that the working role may not (config.database_access).
"""

from __future__ import annotations

from django.db import migrations

KEPT = ("dispatch", "job", "letter", "staffmember", "writtenauthority")


def _kept(table: str) -> migrations.RunSQL:
    return migrations.RunSQL(
        f"CREATE TRIGGER office_{table}_kept BEFORE DELETE ON office_{table}"
        " FOR EACH ROW EXECUTE FUNCTION office_refuse_change()",
        f"DROP TRIGGER office_{table}_kept ON office_{table}",
    )


class Migration(migrations.Migration):
    dependencies = [("office", "0003_append_only")]

    operations = [*map(_kept, KEPT)]
