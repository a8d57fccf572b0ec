"""Services are tested as the role that web and workers sign in as, which may not do everything.

What the tables' owner does at the command line, and what triggers refuse even the owner, is marked
`tables_owner`.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.db import connection, transaction
from pytest_django.plugin import DjangoDbBlocker


@pytest.fixture(scope="session", autouse=True)
def working_role(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> str:
    """The role, with what it may do granted as an installation grants it."""
    # What is imported from config reads the settings, before this run's servers are there.
    from config.database_access import WORKING_ROLE, grant_access

    with django_db_blocker.unblock(), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT FROM pg_roles WHERE rolname = %s", [WORKING_ROLE])
        if not cursor.rowcount:
            cursor.execute(f"CREATE ROLE {WORKING_ROLE}")
        grant_access(WORKING_ROLE)
    return WORKING_ROLE


@pytest.fixture(autouse=True)
def _at_work(request: pytest.FixtureRequest, working_role: str) -> Iterator[None]:
    marked = request.node.get_closest_marker
    if marked("django_db") is None or marked("tables_owner"):
        yield
        return
    request.getfixturevalue("db")
    with connection.cursor() as cursor:
        cursor.execute(f"SET ROLE {working_role}")
    yield
    with connection.cursor() as cursor:
        cursor.execute("RESET ROLE")
