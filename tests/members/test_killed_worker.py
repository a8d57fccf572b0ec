"""A worker that is killed in the middle of an import leaves nothing, and the next one finishes."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable
from urllib.parse import quote

import pytest
from django.conf import settings
from django.db import connection

from members import services
from members.models import ImportBatch, Member, RefusedRow
from members.synthetic import write_roll
from office.selectors import latest_job
from office.services.working import work_job
from tests.members.factories import NOW

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)

ROWS = 12_000
WORK = """
import django; django.setup()
import sys
from office.services.working import work_job
work_job(int(sys.argv[1]))
"""


def worker(job_id: int) -> subprocess.Popen[bytes]:
    """A worker in a process of its own, on the database of the tests."""
    found = connection.settings_dict
    host = quote(str(found["HOST"]), safe="")
    url = f"postgresql://{found['USER']}@/{found['NAME']}?host={host}"
    return subprocess.Popen(
        [sys.executable, "-c", WORK, str(job_id)],
        env={**os.environ, "DATABASE_URL": url},
        cwd=settings.BASE_DIR,
    )


def kill_when(process: subprocess.Popen[bytes], is_time: Callable[[], bool]) -> None:
    until = time.monotonic() + 60
    while not is_time():
        assert process.poll() is None, "the worker had finished before it could be killed"
        assert time.monotonic() < until
        time.sleep(0.005)
    process.kill()
    process.wait()


def take_for_dead(job_id: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE office_job SET heartbeat_at = heartbeat_at - interval '1 hour' WHERE id = %s",
            [job_id],
        )


def test_a_killed_reading_begins_again_and_so_do_a_killed_application_and_an_undoing() -> None:
    batch_id = services.upload_import(
        write_roll(rows=ROWS, seed=5), file_name="list.csv", scope="whole", by=None, now=NOW
    )
    subject = ("import", str(batch_id))

    def job(kind: str) -> int:
        found = latest_job(kind, subject=subject)
        assert found is not None
        return found.pk

    def stage(kind: str) -> str:
        found = latest_job(kind, subject=subject)
        return found.stage if found else ""

    assert work_job(job("look_at_file"))
    reading = job("preview_import")
    kill_when(worker(reading), lambda: stage("preview_import").startswith("Reading"))
    assert ImportBatch.objects.get().state == "reading"
    assert not RefusedRow.objects.exists()

    take_for_dead(reading)
    assert work_job(reading)
    batch = ImportBatch.objects.get()
    assert batch.state == "previewed"
    assert batch.rows_new + batch.rows_refused == ROWS

    services.request_apply(batch_id, by=None, now=NOW)
    applying = job("apply_import")
    kill_when(worker(applying), lambda: stage("apply_import").startswith("Changing"))
    assert ImportBatch.objects.get().state == "applying"
    assert not Member.objects.exists()

    take_for_dead(applying)
    assert work_job(applying)
    assert ImportBatch.objects.get().state == "applied"
    assert Member.objects.count() == batch.rows_new

    services.request_undo(batch_id, by=None, now=NOW)
    undoing = job("undo_import")
    kill_when(worker(undoing), lambda: stage("undo_import").startswith("Putting"))
    assert ImportBatch.objects.get().state == "undoing"
    assert Member.objects.filter(is_listed=True).count() == batch.rows_new

    take_for_dead(undoing)
    assert work_job(undoing)
    assert ImportBatch.objects.get().state == "undone"
    assert not Member.objects.exists()
