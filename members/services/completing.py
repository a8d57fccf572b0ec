"""Complete the names that people are found by, where the file leaves part of one out.

A blank given name is no news, so the person keeps theirs, in the name they are found by too. What
folds a name is the core and not SQL: the rows for which it has to be asked are few, those of a
new family name beside a blank given name, and they are gone through some thousands at a time.
"""

from __future__ import annotations

from typing import Final

from django.db import connection

from members.rollfile import name_key
from members.services import staging

_ROWS_A_TURN: Final = 10_000

_RENAMED: Final = """
    SELECT s.line, s.family_name, m.given_name
    FROM {staged} s JOIN members_member m ON m.number_key = s.number_key
    WHERE s.given_name IS NULL AND m.given_name <> '' AND s.family_name <> m.family_name
"""
_COMPLETE: Final = """
    UPDATE {staged} s SET name_key = named.name_key
    FROM unnest(%(lines)s::integer[], %(keys)s::text[]) AS named (line, name_key)
    WHERE s.line = named.line
"""

# What a row says of the name somebody is found by; of an unchanged family name, nothing.
NAME_KEY: Final = """
    CASE WHEN s.given_name IS NULL AND s.family_name = t.family_name THEN t.name_key
         ELSE s.name_key END
"""


def complete_name_keys(batch_id: int) -> None:
    """Give rows with a new family name and a blank given name the key of both names.

    Called when the lines are indexed. A database cursor sees the rows as they were when it was
    opened, so that what is written meanwhile is not read again.
    """
    with connection.chunked_cursor() as cursor:
        cursor.execute(staging.with_tables(_RENAMED, batch_id))
        while rows := cursor.fetchmany(_ROWS_A_TURN):
            staging.run(
                _COMPLETE,
                batch_id,
                lines=[line for line, _, _ in rows],
                keys=[name_key(family, given) for _, family, given in rows],
            )
