"""A postal address is compared with its words apart: Flat 1, 23 Row is not Flat 12, 3 Row.

Signs were left out before, and the lines joined without a gap, so that digits ran together and a
moved one was no change: no notice, and no row in the reports. Now each run of signs counts as one
space. Apostrophes are still left out, and so is the space in a postcode, whose last three letters
say where it is. The changes that were judged before stay as they were judged.

Not concat_ws, which is only stable: the function would not be written into the statement that
calls it, and every address would cost a call.
"""

from __future__ import annotations

from django.db import migrations

PLAIN_ADDRESS = r"""
CREATE OR REPLACE FUNCTION members_plain_address(jsonb) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT lower(btrim(regexp_replace(translate(
        coalesce($1 ->> 'address_1', '') || ' ' || coalesce($1 ->> 'address_2', '') || ' '
        || coalesce($1 ->> 'address_3', '') || ' ' || coalesce($1 ->> 'address_4', '') || ' '
        || replace(coalesce($1 ->> 'postcode', ''), ' ', '') || ' '
        || coalesce($1 ->> 'country', ''),
        '''’‘`', ''), '[^[:alnum:]]+', ' ', 'g')))
$$;
"""
AS_BEFORE = r"""
CREATE OR REPLACE FUNCTION members_plain_address(jsonb) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT members_plain_text(coalesce($1 ->> 'address_1', '') || coalesce($1 ->> 'address_2', '')
        || coalesce($1 ->> 'address_3', '') || coalesce($1 ->> 'address_4', '')
        || coalesce($1 ->> 'postcode', '') || coalesce($1 ->> 'country', ''))
$$;
"""


class Migration(migrations.Migration):
    dependencies = [("members", "0024_votes_taken")]

    operations = [migrations.RunSQL(PLAIN_ADDRESS, AS_BEFORE)]
