"""Jobs: rows in a state, claimed by conditional UPDATE, with progress that shows at once.

The row is the truth. A Celery task only wakes a worker early; when the broker is down, the row
stays open and the sweep of the beat finds it. Times are the database's clock, since workers on
several machines compare them. A worker works a job by office.services.working.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from datetime import datetime
from functools import partial
from typing import Any

from celery import current_app
from django.db import connection, transaction
from kombu.exceptions import OperationalError as BrokerDown

from office.kinds import OF_NO_ACT, act_of_kind, is_known_kind, job_kind
from office.models import Job
from office.permissions import ACTS
from office.refusal import Refusal
from office.services.audit import record

log = logging.getLogger(__name__)

STALE_S = 60
"""A claimed job whose worker has not been heard of for this long is taken for dead."""
REWAKE_S = 30
"""How long an open job waits before it is woken again."""
TRIES = 5
"""After so many workers died over one job, it fails and a person looks at it."""


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
    values = [kind, *subject, _json(parameters), by, now]
    # The one under way may end between the two statements: then there is room for this one.
    while (job_id := _inserted(values)) is None:
        under_way = Job.objects.filter(
            kind=kind, subject_kind=subject[0], subject_id=subject[1], state__in=["open", "claimed"]
        ).first()
        if under_way is not None:
            return under_way
    record("open_job", subject=subject, by=by, now=now, parameters={"kind": kind, "job": job_id})
    wake_on_commit(job_id, kind)
    return Job.objects.get(pk=job_id)


def _inserted(values: list[Any]) -> int | None:
    """The number of a new job; None where one of its kind is under way for its subject."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO office_job (kind, subject_kind, subject_id, parameters, state, stage,"
            " done, unit, error, tries, opened_by_id, opened_at, woken_at)"
            " VALUES (%s, %s, %s, %s::jsonb, 'open', '', 0, '', '', 0, %s, %s, clock_timestamp())"
            " ON CONFLICT (kind, subject_kind, subject_id) WHERE state IN ('open', 'claimed')"
            " DO NOTHING RETURNING id",
            values,
        )
        row = cursor.fetchone()
    return row[0] if row else None


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


# --- a person's acts -------------------------------------------------------------------------


def has_ended_early(job: Job) -> bool:
    return job.state in (Job.State.FAILED, Job.State.STOPPED)


def takes_two(job: Job) -> bool:
    """Whether two officers ordered it, who alone can order it again."""
    return job.kind in ACTS and ACTS[job.kind].needs_two


def keepers_act(job: Job) -> str:
    """What somebody must be allowed who starts or stops a job: what two ordered, officers alone."""
    act = act_of_kind(job.kind)
    is_by_two = ACTS[act].needs_two or job.parameters.get("seconded_by") is not None
    return OF_NO_ACT if is_by_two else act


@transaction.atomic
def retry_job(job_id: int, *, by: int | None, now: datetime) -> Job:
    """Open a failed or stopped job again."""
    job = Job.objects.select_for_update().filter(pk=job_id).first()
    if job is None or not has_ended_early(job):
        raise Refusal("job.not-failed", "Only a job that failed or was stopped can start again.")
    if takes_two(job):
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
