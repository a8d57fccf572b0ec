"""Give every run of the tests its own PostgreSQL and Valkey, before Django reads its settings.

TEST_DATABASE_URL and TEST_REDIS_URL name running servers instead. With `-p no:django` (the core's
tests) nothing is started.
"""

from __future__ import annotations

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

ROOT = Path(__file__).resolve().parent.parent
WORKER_READY_TIMEOUT_S = 60.0

_started: list[Any] = []


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    if not config.pluginmanager.hasplugin("django"):
        return
    folder = Path(tempfile.mkdtemp(prefix="hustings-test-"))
    folder.chmod(0o711)
    _started.append(folder)
    if not config.option.collectonly:
        os.environ["DATABASE_URL"] = os.environ.get("TEST_DATABASE_URL") or _postgres(folder)
        os.environ["REDIS_URL"] = os.environ.get("TEST_REDIS_URL") or _valkey(folder)
    os.environ["HUSTINGS_DEVELOPMENT"] = "1"
    os.environ["HUSTINGS_VAR"] = str(folder / "var")
    os.environ["HUSTINGS_STATIC_ROOT"] = str(folder / "static")
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
