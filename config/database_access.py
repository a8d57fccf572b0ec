"""What the web and the workers may do to the database: use it, and never rewrite its history.

Two roles. The owner makes the tables (migrate) and runs this; it is nobody's at work. The other is
the one that web, workers and beat sign in as. It owns no table, so it can neither drop one nor
switch off a trigger; it may not TRUNCATE; and of a table that is append-only it may not UPDATE or
DELETE, whatever the triggers say. Which tables those are is read from the triggers themselves, so
that a new one cannot be forgotten.

Read from the names of triggers: <table>_append_only (no UPDATE, but of WRITTEN_ONCE, and no
DELETE), <table>_kept (no DELETE, but of KEPT_FROM_THE_NOTICE). What migrations alone write is read
and no more. Staged imports are tables that come and go, in a schema of the working role's own.
"""

from __future__ import annotations

from typing import Final

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper
from psycopg2 import sql

WORKING_ROLE: Final = "hustings_work"
"""The working role's name in a trial installation."""
STAGING: Final = "staging"
WRITTEN_BY_MIGRATIONS: Final = ("django_migrations", "members_memberreference")
"""What the triggers and the migrations go by: the working role reads it."""

KEPT_FROM_THE_NOTICE: Final = ("ballot_planneddate",)
"""Kept once their election is no draft any more: before that the work deletes rows, so it has the
right, and the trigger alone refuses."""

WRITTEN_ONCE: Final = {"members_amendment": "commitment"}
"""A column of an append-only table that its trigger lets be written once, after the row."""

_TABLES: Final = """
    SELECT c.relname,
           bool_or(t.tgname LIKE '%%\\_append\\_only') IS TRUE,
           bool_or(t.tgname LIKE '%%\\_kept') IS TRUE,
           bool_or(c.relkind IN ('v', 'm'))
    FROM pg_class c LEFT JOIN pg_trigger t ON t.tgrelid = c.oid AND NOT t.tgisinternal
    WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p', 'v', 'm')
    GROUP BY c.relname ORDER BY c.relname
"""


class NoSuchRole(Exception):
    """The role is not there, or this one is no member of it: what to run as the superuser."""


@transaction.atomic
def grant_access(role: str) -> dict[str, str]:
    """Give a role what web and workers need, and take everything else from it.

    Run by the tables' owner after every migrate. Returns each table with what may be done to it.
    """
    with connection.cursor() as cursor:
        _demand_membership(cursor, role)
        name = sql.Identifier(role)
        (database,) = _one(cursor, "SELECT current_database()")
        for statement in (
            "REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {role}",
            "GRANT CONNECT, TEMPORARY ON DATABASE {database} TO {role}",
            "GRANT USAGE ON SCHEMA public TO {role}",
            "GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {role}",
            "REVOKE CREATE ON SCHEMA public FROM PUBLIC",
            "CREATE SCHEMA IF NOT EXISTS {staging}",
            "ALTER SCHEMA {staging} OWNER TO {role}",
            # What a command of the owner's stages, workers apply and pages show. To drop it is
            # the right of the schema's owner.
            "GRANT ALL ON ALL TABLES IN SCHEMA {staging} TO {role}",
            "ALTER DEFAULT PRIVILEGES IN SCHEMA {staging} GRANT ALL ON TABLES TO {role}",
        ):
            cursor.execute(
                sql.SQL(statement).format(
                    role=name, database=sql.Identifier(database), staging=sql.Identifier(STAGING)
                )
            )
        cursor.execute(_TABLES, [])
        granted = {table: _rights(table, *kinds) for table, *kinds in cursor.fetchall()}
        for table, rights in granted.items():
            cursor.execute(
                sql.SQL("GRANT {} ON {} TO {}").format(
                    sql.SQL(rights), sql.Identifier(table), name
                )
            )
    return granted


def _rights(table: str, is_append_only: bool, is_kept: bool, is_view: bool) -> str:
    if is_view or table in WRITTEN_BY_MIGRATIONS:
        return "SELECT"
    if is_append_only:
        once = WRITTEN_ONCE.get(table)
        return f"SELECT, INSERT, UPDATE ({once})" if once else "SELECT, INSERT"
    if is_kept and table not in KEPT_FROM_THE_NOTICE:
        return "SELECT, INSERT, UPDATE"
    return "SELECT, INSERT, UPDATE, DELETE"


def _demand_membership(cursor: CursorWrapper, role: str) -> None:
    cursor.execute(
        "SELECT pg_has_role(current_user, oid, 'USAGE'), current_user FROM pg_roles"
        " WHERE rolname = %s",
        [role],
    )
    found = cursor.fetchone()
    if found is None or not found[0]:
        owner = _one(cursor, "SELECT current_user")[0]
        raise NoSuchRole(
            f"There is no role {role} that {owner} belongs to. As the database's superuser run:\n"
            f"    CREATE ROLE {role} LOGIN PASSWORD '…';\n"
            f"    GRANT {role} TO {owner};"
        )


def owns_tables() -> bool:
    """Whether the role that this process signed in as could rewrite history."""
    with connection.cursor() as cursor:
        return bool(
            _one(
                cursor,
                "SELECT bool_or(pg_has_role(current_user, relowner, 'USAGE')) FROM pg_class"
                " WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'",
            )[0]
        )


def _one(cursor: CursorWrapper, query: str) -> tuple[str, ...]:
    cursor.execute(query)
    row = cursor.fetchone()
    assert row is not None
    return tuple(row)
