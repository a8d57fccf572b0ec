"""Switch the triggers that keep history off, for as long as a destruction takes.

The tables' owner alone can do it: neither the web nor a worker signs in as that (config's
database_access).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection
from django.db.models import Model
from psycopg2 import sql


@contextmanager
def without_triggers(*models: type[Model]) -> Iterator[None]:
    """Have no trigger of ours fire on these tables until the end of the block."""
    with connection.cursor() as cursor:
        # A table with a check that still waits for the end of the transaction cannot be altered.
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(
            "SELECT c.relname, t.tgname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid"
            " WHERE NOT t.tgisinternal AND t.tgenabled <> 'D' AND c.relname = ANY (%s)",
            [[model._meta.db_table for model in models]],
        )
        triggers = [tuple(map(sql.Identifier, names)) for names in cursor.fetchall()]
        for names in triggers:
            cursor.execute(sql.SQL("ALTER TABLE {} DISABLE TRIGGER {}").format(*names))
        yield
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for names in triggers:
            cursor.execute(sql.SQL("ALTER TABLE {} ENABLE TRIGGER {}").format(*names))


def count_changed(statement: str | sql.Composed, *values: Any) -> int:
    """Run a statement and return how many rows it wrote or deleted."""
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return int(cursor.rowcount)
