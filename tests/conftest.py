"""Give every run of the tests its own PostgreSQL and Valkey, before Django reads its settings.

TEST_DATABASE_URL and TEST_REDIS_URL name running servers instead. With `-p no:django` (the core's
tests) nothing is started.
"""

from __future__ import annotations

import io
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import pytest
from pytest_django.plugin import blocking_manager_key as blocker_key

ROOT = Path(__file__).resolve().parent.parent
WORKER_READY_TIMEOUT_S = 60.0

_started: list[Any] = []


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    if not config.pluginmanager.hasplugin("django") or _only_hands_tests_out(config):
        return
    folder = Path(tempfile.mkdtemp(prefix="hustings-test-"))
    folder.chmod(0o711)
    _started.append(folder)
    if not config.option.collectonly:
        os.environ["DATABASE_URL"] = os.environ.get("TEST_DATABASE_URL") or _postgres(folder)
        os.environ["REDIS_URL"] = os.environ.get("TEST_REDIS_URL") or _valkey(folder)
    os.environ["HUSTINGS_DEVELOPMENT"] = "1"
    # Several senders are threads, which see nothing of a test's own transaction.
    os.environ["HUSTINGS_MAIL_CONNECTIONS"] = "1"
    os.environ["HUSTINGS_VAR"] = str(folder / "var")
    os.environ["HUSTINGS_STATIC_ROOT"] = str(folder / "static")
    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
    from django.conf import settings

    # pytest-django sets Django up in its own pytest_configure, which runs last, once the settings
    # have been read.
    assert settings.DATABASES


def _only_hands_tests_out(config: pytest.Config) -> bool:
    """Whether other processes run the tests (pytest-xdist): each has servers of its own.

    This one sets nothing for them to inherit. pytest-django reads the settings in each as it
    starts, before its servers are there, where the environment names them already: all would share
    one queue, and a process that a test starts would have other keys than the test.
    """
    return config.getoption("numprocesses", None) is not None and not hasattr(config, "workerinput")


def pytest_unconfigure(config: pytest.Config) -> None:
    while _started:
        it = _started.pop()
        if isinstance(it, Path):
            shutil.rmtree(it, ignore_errors=True)
        else:
            it.stop()


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


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """In continuous integration a test that could not run is a failure."""
    report = yield
    if report.skipped and os.environ.get("CI") == "true" and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"Skipped, which CI treats as a failure: {report.longrepr}"
    return report


_laid_down: dict[str, bytes] = {}
"""What the migrations wrote, by table: roles, registers, the usual sections."""

MADE_ANEW = {"django_content_type", "auth_permission"}
"""What Django itself writes again after it has emptied the tables."""


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Run what drives a browser last, in whatever order otherwise.

    Playwright leaves an event loop running in this thread, and Django keeps one connection for
    code inside a loop and another for code outside. A process that is forked thereafter is outside
    and finds the connection of long ago: to the wrong database, in the rehearsal's case.
    """
    items.sort(key=lambda item: "chromium" in getattr(item, "fixturenames", ()))


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """Remember what the migrations wrote, since a test with real transactions empties all."""
    from django.db import connection

    with django_db_blocker.unblock(), connection.cursor() as cursor:
        for table in connection.introspection.django_table_names(only_existing=True):
            rows = io.BytesIO()
            cursor.copy_expert(f'COPY "{table}" TO STDOUT', rows)
            if rows.getvalue() and table not in MADE_ANEW:
                _laid_down[table] = rows.getvalue()
    # Django's own way (serialized_rollback) writes content types under their first numbers, which
    # collides with those made anew after a test that did not ask for it.
    if hasattr(connection, "_test_serialized_contents"):
        del connection._test_serialized_contents
    yield
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(
    item: pytest.Item, nextitem: pytest.Item | None
) -> Generator[None, None, None]:
    """Put back what the migrations wrote, whatever the order of the tests.

    After the last test the database itself is gone.
    """
    yield
    if nextitem is not None and _laid_down and _empties_the_tables(item):
        from django.db import connection, transaction

        blocker = item.config.stash[blocker_key]
        with blocker.unblock(), transaction.atomic(), connection.cursor() as cursor:
            for table, rows in _laid_down.items():
                cursor.execute(f'SELECT EXISTS (SELECT FROM "{table}")')
                if not cursor.fetchone()[0]:
                    cursor.copy_expert(f'COPY "{table}" FROM STDIN', io.BytesIO(rows))


def _empties_the_tables(item: pytest.Item) -> bool:
    mark = item.get_closest_marker("django_db")
    is_marked = mark is not None and bool(mark.kwargs.get("transaction"))
    return is_marked or "transactional_db" in getattr(item, "fixturenames", ())


@pytest.fixture(scope="session")
def _worker_process(django_db_setup: None, tmp_path_factory: Any) -> Iterator[None]:
    from config.celery import app

    log = tmp_path_factory.mktemp("worker") / "worker.log"
    command = [sys.executable, "-m", "celery", "-A", "config", "worker", "--concurrency", "2"]
    command += ["--queues", "celery,mail,import,tally,board", "--without-gossip"]
    command += ["--without-mingle"]
    with log.open("wb") as output:
        process = subprocess.Popen(
            command,
            cwd=ROOT,
            env={**os.environ, "DATABASE_URL": _test_database_url()},
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
    try:
        give_up_at = time.monotonic() + WORKER_READY_TIMEOUT_S
        while not app.control.ping(timeout=0.3):
            if process.poll() is not None or time.monotonic() > give_up_at:
                pytest.fail(f"The Celery worker did not start.\n{log.read_text()[-3000:]}")
        yield
    finally:
        process.terminate()
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


@pytest.fixture
def worker(transactional_db: None, _worker_process: None) -> None:
    """Have a real Celery worker listen, with what the test commits before its eyes."""


def _test_database_url() -> str:
    from django.db import connection

    parts = urlsplit(os.environ["DATABASE_URL"])
    return urlunsplit(parts._replace(path=f"/{connection.settings_dict['NAME']}"))
