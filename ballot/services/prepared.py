"""Statements that the database plans once for a connection, and not for every cast.

Planning the cast costs the database nearly half of what the whole cast does. A connection that
has lost its prepared statements (a pooler that resets it) prepares them again.
"""

from __future__ import annotations

import weakref
from collections.abc import Mapping
from typing import Any

import psycopg2.errors
from django.db import ProgrammingError, connection


class Prepared:
    """One statement, in psycopg2's `%(name)s` form, with the type of each value."""

    def __init__(self, name: str, statement: str, types: Mapping[str, str]) -> None:
        self.name = name
        self.statement = statement
        places = {value: f"${place}" for place, value in enumerate(types, start=1)}
        self._prepare = f"PREPARE {name} ({', '.join(types.values())}) AS {statement % places}"
        self._execute = f"EXECUTE {name} ({', '.join(f'%({value})s' for value in types)})"
        self._known: weakref.WeakSet[Any] = weakref.WeakSet()

    def row(self, values: Mapping[str, Any]) -> tuple[Any, ...] | None:
        """Run it on this thread's connection and return its one row, or None."""
        with connection.cursor() as cursor:
            if connection.connection not in self._known:
                # Of a connection that was reset, some may still be there.
                cursor.execute("SELECT 1 FROM pg_prepared_statements WHERE name = %s", [self.name])
                if cursor.fetchone() is None:
                    cursor.execute(self._prepare)
                self._known.add(connection.connection)
            try:
                cursor.execute(self._execute, values)
            except ProgrammingError as error:
                is_lost = isinstance(error.__cause__, psycopg2.errors.InvalidSqlStatementName)
                if not is_lost or connection.in_atomic_block:
                    raise
                cursor.execute(self._prepare)
                cursor.execute(self._execute, values)
            row: tuple[Any, ...] | None = cursor.fetchone()
        return row
