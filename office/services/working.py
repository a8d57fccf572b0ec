"""Work a job: claim it, report how far it is, say that one lives, end it or leave it."""

from __future__ import annotations

import logging
import secrets
import threading
import time
import traceback
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import Error as DatabaseError
from django.db import connection
from django.db.backends.utils import CursorWrapper

from office.kinds import Unfinished, Work, is_known_kind, job_kind
from office.models import Job
from office.progress import JobStopped
from office.refusal import Refusal
from office.services.jobs import STALE_S, TRIES, wake_job

log = logging.getLogger(__name__)

BEAT_S = 10
"""How often a working job says that it lives, whatever its function does."""
REPORT_S = 0.5
"""Reports within one stage are written down no more often than this."""


def claim_job(job_id: int) -> Job | None:
    """Take an open job, or one whose worker has died. None: another worker has it."""
    claim = secrets.randbits(62)
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE office_job SET state = 'claimed', claim = %s, tries = tries + 1,"
            " started_at = COALESCE(started_at, clock_timestamp()), finished_at = NULL,"
            " heartbeat_at = clock_timestamp(), error = ''"
            " WHERE id = %s AND ((state = 'open' AND (not_before IS NULL"
            " OR not_before <= clock_timestamp())) OR (state = 'claimed'"
            " AND heartbeat_at < clock_timestamp() - make_interval(secs => %s)))"
            " AND tries < %s RETURNING id",
            [claim, job_id, STALE_S, TRIES],
        )
        if cursor.fetchone() is None:
            return None
    return Job.objects.get(pk=job_id)


@contextmanager
def _own_connection() -> Iterator[CursorWrapper]:
    """A cursor that commits by itself, whatever transaction the work has open.

    Within a transaction this is a connection of its own, opened for the one statement: 3 ms
    twice a second, and nothing is left open. It never waits for a lock that the work holds.
    """
    if not connection.in_atomic_block:
        with connection.cursor() as cursor:
            yield cursor
        return
    own = connection.copy()
    try:
        with own.cursor() as cursor:
            cursor.execute("SET lock_timeout = '500ms'")
            yield cursor
    finally:
        own.close()


def report_progress(
    job_id: int,
    *,
    claim: int | None,
    done: int | None = None,
    total: int | None = None,
    stage: str | None = None,
    unit: str | None = None,
) -> None:
    """Write progress down so that it shows while the work's transaction is still open.

    A new stage starts the count afresh. Raises JobStopped when the job is no longer this
    worker's: stopped by a person, or taken over.
    """
    try:
        with _own_connection() as cursor:
            cursor.execute(
                "UPDATE office_job SET done = COALESCE(%s, CASE WHEN %s THEN 0 ELSE done END),"
                " total = CASE WHEN %s THEN %s ELSE COALESCE(%s, total) END,"
                " stage = COALESCE(%s, stage), unit = COALESCE(%s, unit),"
                " stage_started_at = CASE WHEN %s OR stage_started_at IS NULL"
                " THEN clock_timestamp() ELSE stage_started_at END,"
                " reported_at = clock_timestamp(), heartbeat_at = clock_timestamp()"
                " WHERE id = %s AND state = 'claimed' AND claim = %s RETURNING id",
                [done, stage is not None, stage is not None, total, total, stage, unit,
                 stage is not None, job_id, claim],
            )
            if cursor.fetchone() is not None:
                return
            cursor.execute("SELECT id FROM office_job WHERE id = %s", [job_id])
            is_known = cursor.fetchone() is not None
    except DatabaseError as error:
        # A report may be lost; the work may not. The next one comes within the second.
        log.warning("progress of job %s not written (%s)", job_id, type(error).__name__)
        return
    if is_known:
        raise JobStopped


class _Reporter:
    """The report given to a job's function: lets a new stage through, thins out the rest."""

    def __init__(self, job: Job) -> None:
        self._job_id = job.pk
        self._claim = job.claim
        self._written_at = 0.0
        self._stage: str | None = None

    def __call__(
        self,
        *,
        done: int | None = None,
        total: int | None = None,
        stage: str | None = None,
        unit: str | None = None,
    ) -> None:
        at = time.monotonic()
        if stage == self._stage:
            stage = None
        if stage is None and at - self._written_at < REPORT_S:
            return
        self._written_at = at
        self._stage = stage or self._stage
        report_progress(
            self._job_id, claim=self._claim, done=done, total=total, stage=stage, unit=unit
        )


class _Heartbeat(threading.Thread):
    """Says that the worker lives while its function is busy, from a connection of its own."""

    def __init__(self, job: Job) -> None:
        super().__init__(name=f"heartbeat-{job.pk}", daemon=True)
        self._job_id = job.pk
        self._claim = job.claim
        self._over = threading.Event()

    def run(self) -> None:
        try:
            while not self._over.wait(BEAT_S):
                self._beat()
        finally:
            connection.close()

    def _beat(self) -> None:
        try:
            with connection.cursor() as cursor:
                cursor.execute(
                    "UPDATE office_job SET heartbeat_at = clock_timestamp()"
                    " WHERE id = %s AND state = 'claimed' AND claim = %s",
                    [self._job_id, self._claim],
                )
        except DatabaseError:
            # The database is away for a moment: the next beat comes on a new connection.
            connection.close()

    def stop(self) -> None:
        self._over.set()
        self.join()


def work_job(job_id: int) -> bool:
    """Claim a job and work it to its end, or to the end of its turn. False: nothing to do."""
    job = claim_job(job_id)
    if job is None:
        return False
    if not is_known_kind(job.kind):
        fail_job(job_id, claim=job.claim, error="This installation does not know such work.")
        return True
    heartbeat = _Heartbeat(job)
    heartbeat.start()
    try:
        _work(job)
    finally:
        heartbeat.stop()
    return True


def _work(job: Job) -> None:
    work = Work(
        job_id=job.pk,
        kind=job.kind,
        subject_kind=job.subject_kind,
        subject_id=job.subject_id,
        parameters=job.parameters,
        opened_by=job.opened_by_id,
        report=_Reporter(job),
    )
    try:
        outcome = job_kind(job.kind).function(work)
    except JobStopped:
        log.info("job %s was stopped", job.pk)
    except Refusal as refusal:
        fail_job(job.pk, claim=job.claim, error=refusal.sentence)
    except Exception as error:  # The outermost edge of a worker: the row must say that it failed.
        _log_failure(job, error)
        fail_job(
            job.pk,
            claim=job.claim,
            error="This stopped through a fault of the software; nothing was half done. "
            f"Try it again, and if it stops again, report job {job.pk}.",
        )
    else:
        if isinstance(outcome, Unfinished):
            _leave_job(job, after_s=outcome.after_s)
        else:
            finish_job(job.pk, claim=job.claim)


def _log_failure(job: Job, error: Exception) -> None:
    """Log where it failed, without the message: a database's names the values it refused."""
    where = "".join(traceback.format_tb(error.__traceback__))
    log.error("job %s (%s) failed: %s\n%s", job.pk, job.kind, type(error).__name__, where)


def finish_job(job_id: int, *, claim: int | None) -> bool:
    """Mark the job done. False: it was no longer this worker's."""
    return _end(job_id, claim=claim, state=Job.State.DONE, error="")


def fail_job(job_id: int, *, claim: int | None, error: str) -> bool:
    """Mark the job failed, with the sentence that its page shows."""
    return _end(job_id, claim=claim, state=Job.State.FAILED, error=error)


def _end(job_id: int, *, claim: int | None, state: Job.State, error: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE office_job SET state = %s, error = %s, claim = NULL,"
            " finished_at = clock_timestamp(), done = CASE WHEN %s = 'done'"
            " THEN COALESCE(total, done) ELSE done END"
            " WHERE id = %s AND state = 'claimed' AND claim = %s",
            [state.value, error, state.value, job_id, claim],
        )
        return bool(cursor.rowcount == 1)


def _leave_job(job: Job, *, after_s: int) -> None:
    """Open the job again for its next turn. A turn that ended well starts the tries afresh."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE office_job SET state = 'open', claim = NULL, tries = 0,"
            " not_before = clock_timestamp() + make_interval(secs => %s),"
            " woken_at = clock_timestamp() + make_interval(secs => %s)"
            " WHERE id = %s AND state = 'claimed' AND claim = %s",
            [after_s, after_s, job.pk, job.claim],
        )
        is_ours = cursor.rowcount == 1
    if is_ours:
        wake_job(job.pk, job.kind, after_s=after_s)
