"""Give every run of the tests its own PostgreSQL and Valkey, before Django reads its settings.

TEST_DATABASE_URL and TEST_REDIS_URL name running servers instead. With `-p no:django` (the core's
tests) nothing is started.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

import pytest

_started: list[object] = []


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    if not config.pluginmanager.hasplugin("django") or config.option.collectonly:
        return
    folder = Path(tempfile.mkdtemp(prefix="hustings-test-"))
    _started.append(folder)
    os.environ["DATABASE_URL"] = os.environ.get("TEST_DATABASE_URL") or _postgres(folder)
    os.environ["REDIS_URL"] = os.environ.get("TEST_REDIS_URL") or _valkey(folder)
    os.environ["HUSTINGS_DEVELOPMENT"] = "1"
    os.environ["HUSTINGS_VAR"] = str(folder / "var")
    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
    from django.conf import settings

    # pytest-django sets Django up in its own pytest_configure, which runs last, once the settings
    # have been read.
    assert settings.DATABASES


def pytest_unconfigure(config: pytest.Config) -> None:
    while _started:
        it = _started.pop()
        if isinstance(it, Path):
            shutil.rmtree(it, ignore_errors=True)
        else:
            it.stop()  # type: ignore[attr-defined]


def _postgres(folder: Path) -> str:
    from config.embedded.postgres import Postgres

    server = Postgres(folder / "postgres", durable=False)
    server.start()
    _started.append(server)
    server.make_database()
    return server.url()


def _valkey(folder: Path) -> str:
    from config.embedded.valkey import Valkey

    server = Valkey(folder / "valkey")
    server.start()
    _started.append(server)
    return server.url()
