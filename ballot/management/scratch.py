"""A scratch database: made on the same server for a rehearsal or a benchmark, and dropped."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import quote

from django.core.management import call_command
from django.db import connection, connections


@contextmanager
def scratch_database(*, keep: bool = False, durable: bool = True) -> Iterator[str]:
    """Connect Django to a new, migrated database; drop it afterwards, whatever happens.

    durable: False: no commit waits for the disk, where nothing is measured and nothing kept.
    """
    name = f"rehearsal_{secrets.token_hex(4)}"
    own = connection.settings_dict["NAME"]
    with connection.cursor() as cursor:
        cursor.execute(f'CREATE DATABASE "{name}"')
        if not durable:
            cursor.execute(f'ALTER DATABASE "{name}" SET synchronous_commit = off')
    _use(name)
    try:
        call_command("migrate", verbosity=0)
        yield name
    finally:
        _use(own)
        if not keep:
            with connection.cursor() as cursor:
                cursor.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
            connection.close()


def _use(name: str) -> None:
    connections.close_all()
    connections.settings["default"]["NAME"] = name
    connection.settings_dict["NAME"] = name


def url_of(database: str) -> str:
    """Where a program of its own finds a database of this server, by DATABASE_URL."""
    own = connection.settings_dict
    login = quote(str(own["USER"]), safe="")
    if own["PASSWORD"]:
        login += ":" + quote(str(own["PASSWORD"]), safe="")
    host = str(own["HOST"])
    if host.startswith("/"):
        return f"postgresql://{login}@/{database}?host={quote(host, safe='')}"
    return f"postgresql://{login}@{host}:{own['PORT'] or 5432}/{database}"
