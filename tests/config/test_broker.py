"""A broker that is killed with tasks in its hands and comes back: every task is done.

A real worker and a real Valkey, with the queue's own settings but for a visibility timeout that a
test can wait for.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from celery import Celery
from django.conf import settings

from config import env
from config.embedded.valkey import Valkey

TASKS = 6
PATIENCE_S = 90.0

PROGRAM = """
import json, sys, time
from pathlib import Path
from celery import Celery

app = Celery("outage", broker=sys.argv[1])
app.conf.update(json.loads(Path(sys.argv[2], "settings.json").read_text()))

@app.task(name="mark")
def mark(number):
    time.sleep(0.3)
    Path(sys.argv[2], f"done-{number}").touch()

app.worker_main(["worker", "--concurrency", "1", "--loglevel", "INFO",
                 "--without-gossip", "--without-mingle"])
"""


@pytest.fixture
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Valkey]:
    server = Valkey(tmp_path_factory.mktemp("b"))
    server.start()
    yield server
    server.stop()


def queue_settings() -> dict[str, object]:
    """Return Celery's settings as config/settings.py has them, by Celery's own names."""
    found = {
        name.removeprefix("CELERY_").lower(): getattr(settings, name)
        for name in dir(settings)
        if name.startswith("CELERY_")
    }
    for of_the_project in ("broker_url", "beat_schedule", "task_routes"):
        found.pop(of_the_project, None)
    found["broker_transport_options"] = {
        **settings.CELERY_BROKER_TRANSPORT_OPTIONS,
        "visibility_timeout": 4,
    }
    return found


def test_every_task_is_done_though_the_broker_was_killed_meanwhile(
    broker: Valkey, tmp_path: Path
) -> None:
    (tmp_path / "settings.json").write_text(json.dumps(queue_settings()))
    address = env.broker(broker.url())
    log = (tmp_path / "worker.log").open("wb")
    worker = subprocess.Popen(
        [sys.executable, "-c", PROGRAM, address, str(tmp_path)],
        stdout=log,
        stderr=log,
        start_new_session=True,
    )
    try:
        app = Celery("outage", broker=address)
        app.conf.update(queue_settings())
        for number in range(TASKS):
            app.send_task("mark", [number])
        wait_until(lambda: len(done(tmp_path)) >= 2, tmp_path, worker)

        assert broker.process is not None
        broker.process.kill()
        broker.process.wait()
        broker.start()

        wait_until(lambda: len(done(tmp_path)) == TASKS, tmp_path, worker)
        assert worker.poll() is None
    finally:
        os.killpg(worker.pid, signal.SIGKILL)
        worker.wait()
        log.close()


def done(folder: Path) -> list[Path]:
    return list(folder.glob("done-*"))


def wait_until(holds: object, folder: Path, worker: subprocess.Popen[bytes]) -> None:
    assert callable(holds)
    give_up_at = time.monotonic() + PATIENCE_S
    while not holds():
        if time.monotonic() > give_up_at or worker.poll() is not None:
            pytest.fail((folder / "worker.log").read_text()[-4000:])
        time.sleep(0.05)
