"""Jobs: rows in a state, claimed by conditional UPDATE, with progress that shows at once.

The row is the truth. A Celery task only wakes a worker early; when the broker is down, the row
stays open and the sweep of the beat finds it. Times are the database's clock, since workers on
several machines compare them.
"""

from __future__ import annotations

import json
import logging
import secrets
import threading
import time
import traceback
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from functools import partial
from typing import Any

from celery import current_app
from django.db import Error as DatabaseError
from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper
from kombu.exceptions import OperationalError as BrokerDown

from office.kinds import Unfinished, Work, is_known_kind, job_kind
from office.models import Job
from office.permissions import ACTS
from office.progress import JobStopped
from office.refusal import Refusal
from office.services.audit import record

log = logging.getLogger(__name__)

STALE_S = 60
"""A claimed job whose worker has not been heard of for this long is taken for dead."""
BEAT_S = 10
"""How often a working job says that it lives, whatever its function does."""
REWAKE_S = 30
"""How long an open job waits before it is woken again."""
TRIES = 5
"""After so many workers died over one job, it fails and a person looks at it."""
REPORT_S = 0.5
"""Reports within one stage are written down no more often than this."""


# --- opening ---------------------------------------------------------------------------------


@transaction.atomic
def open_job(
    kind: str,
    *,
    subject: tuple[str, str],
    by: int | None,
    now: datetime,
    parameters: Mapping[str, Any] | None = None,
) -> Job:
    """Open a job, and wake a worker once the transaction has committed.

    If one of this kind is already under way for the subject, that one is returned: a double
    click opens one job.
    """
    job_kind(kind)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO office_job (kind, subject_kind, subject_id, parameters, state, stage,"
            " done, unit, error, tries, opened_by_id, opened_at, woken_at)"
            " VALUES (%s, %s, %s, %s::jsonb, 'open', '', 0, '', '', 0, %s, %s, clock_timestamp())"
            " ON CONFLICT (kind, subject_kind, subject_id) WHERE state IN ('open', 'claimed')"
            " DO NOTHING RETURNING id",
            [kind, *subject, _json(parameters), by, now],
        )
        row = cursor.fetchone()
    if row is None:
        return Job.objects.get(
            kind=kind, subject_kind=subject[0], subject_id=subject[1], state__in=["open", "claimed"]
        )
    record("open_job", subject=subject, by=by, now=now, parameters={"kind": kind, "job": row[0]})
    wake_on_commit(row[0], kind)
    return Job.objects.get(pk=row[0])


def wake_on_commit(job_id: int, kind: str) -> None:
    transaction.on_commit(partial(wake_job, job_id, kind))


def wake_job(job_id: int, kind: str, *, after_s: int = 0) -> bool:
    """Send the wake-up call. A broker that is down is no error: the sweep finds the row."""
    queue = job_kind(kind).queue if is_known_kind(kind) else None
    try:
        current_app.send_task(
            "office.tasks.work_job", args=[job_id], queue=queue, countdown=after_s or None,
            retry=False,
        )
    except (BrokerDown, OSError) as error:
        log.warning("job %s not woken: no broker (%s)", job_id, type(error).__name__)
        return False
    return True


# --- working ---------------------------------------------------------------------------------


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


# --- a person's acts -------------------------------------------------------------------------


@transaction.atomic
def retry_job(job_id: int, *, by: int | None, now: datetime) -> Job:
    """Open a failed or stopped job again."""
    job = Job.objects.select_for_update().filter(pk=job_id).first()
    if job is None or job.state not in (Job.State.FAILED, Job.State.STOPPED):
        raise Refusal("job.not-failed", "Only a job that failed or was stopped can start again.")
    if job.kind in ACTS and ACTS[job.kind].needs_two:
        raise Refusal(
            "job.takes-two",
            "Two officers ordered this as things stood then. Let it be proposed again.",
        )
    if Job.objects.filter(
        kind=job.kind, subject_kind=job.subject_kind, subject_id=job.subject_id,
        state__in=[Job.State.OPEN, Job.State.CLAIMED],
    ).exists():
        raise Refusal("job.newer-under-way", "A newer job of this kind is already under way.")
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE office_job SET state = 'open', tries = 0, error = '', done = 0,"
            " started_at = NULL, finished_at = NULL, not_before = NULL, stage = '',"
            " stage_started_at = NULL, reported_at = NULL, woken_at = clock_timestamp()"
            " WHERE id = %s",
            [job_id],
        )
    record("retry_job", subject=(job.subject_kind, job.subject_id), by=by, now=now,
           parameters={"kind": job.kind, "job": job_id})
    wake_on_commit(job_id, job.kind)
    job.refresh_from_db()
    return job


@transaction.atomic
def stop_job(job_id: int, *, by: int | None, now: datetime) -> bool:
    """Stop a job: at once if it waits, at its next report if it is under way."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE office_job SET state = 'stopped', claim = NULL, finished_at = clock_timestamp()"
            " WHERE id = %s AND state IN ('open', 'claimed')"
            " RETURNING kind, subject_kind, subject_id",
            [job_id],
        )
        row = cursor.fetchone()
    if row is None:
        return False
    record("stop_job", subject=(row[1], row[2]), by=by, now=now,
           parameters={"kind": row[0], "job": job_id})
    return True


# --- the sweep -------------------------------------------------------------------------------


def sweep_jobs() -> int:
    """Wake the open jobs that nobody has taken and those whose worker died; fail the hopeless.

    Called by the beat. However many sweeps run at once, `woken_at` is moved by one of them.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE office_job SET state = 'failed', claim = NULL,"
            " finished_at = clock_timestamp(), error = %s"
            " WHERE state = 'claimed' AND tries >= %s"
            " AND heartbeat_at < clock_timestamp() - make_interval(secs => %s)",
            [f"The worker died {TRIES} times over this. Look at its log before you try again.",
             TRIES, STALE_S],
        )
        cursor.execute(
            "UPDATE office_job SET woken_at = clock_timestamp()"
            " WHERE (state = 'open' AND (not_before IS NULL OR not_before <= clock_timestamp())"
            " OR state = 'claimed'"
            " AND heartbeat_at < clock_timestamp() - make_interval(secs => %s))"
            " AND (woken_at IS NULL"
            " OR woken_at < clock_timestamp() - make_interval(secs => %s))"
            " RETURNING id, kind",
            [STALE_S, REWAKE_S],
        )
        rows = cursor.fetchall()
    for job_id, kind in rows:
        wake_job(job_id, kind)
    return len(rows)


def _json(parameters: Mapping[str, Any] | None) -> str:
    return json.dumps(dict(parameters or {}), sort_keys=True)
