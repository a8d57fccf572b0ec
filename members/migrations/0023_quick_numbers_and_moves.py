"""What half a million rows need: telephone numbers compared and moves written without waiting.

members_plain_phone gives what it gave: of a usual British number nothing is left out but spaces
and signs between the digits, which needs no search for patterns.
"""

from __future__ import annotations

import django.db.models.deletion
from django.db import migrations, models

PLAIN_PHONE = r"""
CREATE OR REPLACE FUNCTION members_plain_phone(text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE WHEN $1 ~ '^0[1-9][0-9 ().-]*$' THEN translate($1, ' ().-', '')
        ELSE regexp_replace(regexp_replace($1, '[^0-9+]', '', 'g'), '^(\+|00)44', '0') END
$$;
"""


class Migration(migrations.Migration):
    dependencies = [("members", "0022_functions_look_in_public")]

    operations = [
        migrations.RunSQL(PLAIN_PHONE, migrations.RunSQL.noop),
        migrations.AlterField(
            model_name="dryrunmove",
            name="run",
            field=models.ForeignKey(
                db_constraint=False, db_index=False,
                on_delete=django.db.models.deletion.CASCADE, related_name="moves",
                to="members.dryrun",
            ),
        ),
    ]
