"""Servers of a benchmark's own, durable as real ones are, for the length of one run."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from config.embedded.postgres import Postgres
from config.embedded.valkey import Valkey


@contextmanager
def installation() -> Iterator[tuple[Path, Postgres]]:
    """Start PostgreSQL and Valkey in a folder that is removed afterwards, and name them to Django.

    Gives the folder, for what the run makes, and the database's server.
    """
    folder = Path(tempfile.mkdtemp(prefix="hustings-bench-"))
    postgres, valkey = Postgres(folder / "postgres"), Valkey(folder / "valkey")
    try:
        valkey.start()
        postgres.start()
        postgres.make_database()
        os.environ |= {
            "DATABASE_URL": postgres.url(),
            "REDIS_URL": valkey.url(),
            "HUSTINGS_DEVELOPMENT": "1",
            "HUSTINGS_VAR": str(folder / "var"),
            "DJANGO_SETTINGS_MODULE": "config.settings",
        }
        yield folder, postgres
    finally:
        postgres.stop()
        valkey.stop()
        shutil.rmtree(folder, ignore_errors=True)
