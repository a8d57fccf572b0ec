"""Jobs: claimed once, progress seen while the work's transaction is open, nothing lost."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.utils import timezone
from kombu.exceptions import OperationalError

from office import selectors
from office.kinds import Unfinished, Work
from office.models import Job
from office.progress import JobStopped
from office.refusal import Refusal
from office.services import jobs, working
from office.services.jobs import open_job, retry_job, stop_job, sweep_jobs
from office.services.working import claim_job, fail_job, finish_job, report_progress, work_job
from tests.office.factories import NOW, officer

pytestmark = pytest.mark.django_db(transaction=True)

SUBJECT = ("election", "7")
Register = Callable[[str, Any], None]


@pytest.fixture(autouse=True)
def woken(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Instead of a broker: the ids of the jobs woken."""
    ids: list[int] = []

    def send(task: str, args: list[int], **options: Any) -> None:
        assert task == "office.tasks.work_job"
        ids.extend(args)

    monkeypatch.setattr(jobs.current_app, "send_task", send)
    return ids


def opened(register: Register, function: Any = lambda work: None, **given: Any) -> Job:
    register("tests.work", function)
    return open_job("tests.work", subject=SUBJECT, by=None, now=NOW, **given)


def grow_stale(job: Job, *, seconds: int = jobs.STALE_S + 1) -> None:
    Job.objects.filter(pk=job.pk).update(
        heartbeat_at=timezone.now() - timedelta(seconds=seconds),
        woken_at=timezone.now() - timedelta(seconds=seconds),
    )


def test_a_job_is_worked_with_its_subject_and_parameters_and_ends_done(
    register_kind: Register,
) -> None:
    seen: list[Work] = []
    job = opened(register_kind, seen.append, parameters={"file": 3})

    assert work_job(job.pk)

    [work] = seen
    assert (work.job_id, work.subject_kind, work.subject_id) == (job.pk, "election", "7")
    assert (work.parameters, work.opened_by) == ({"file": 3}, None)
    job.refresh_from_db()
    assert (job.state, job.claim, job.tries) == ("done", None, 1)
    assert job.started_at and job.finished_at and job.started_at <= job.finished_at


def test_a_worker_is_woken_once_the_transaction_has_committed_and_not_before(
    register_kind: Register, woken: list[int]
) -> None:
    with transaction.atomic():
        job = opened(register_kind)
        assert woken == []

    assert woken == [job.pk]


def test_opening_twice_gives_the_job_under_way(register_kind: Register, woken: list[int]) -> None:
    first, second = opened(register_kind), opened(register_kind)

    assert first == second
    assert woken == [first.pk]
    work_job(first.pk)
    assert opened(register_kind) != first


def test_a_broker_that_is_down_fails_no_request_and_the_sweep_finds_the_row(
    register_kind: Register, monkeypatch: pytest.MonkeyPatch, woken: list[int]
) -> None:
    def refuse(*args: Any, **options: Any) -> None:
        raise OperationalError("no broker")

    with monkeypatch.context() as patch:
        patch.setattr(jobs.current_app, "send_task", refuse)
        job = opened(register_kind)
    assert (job.state, woken) == ("open", [])

    assert sweep_jobs() == 0
    grow_stale(job)
    assert sweep_jobs() == 1
    assert sweep_jobs() == 0
    assert woken == [job.pk]


def test_of_eight_workers_woken_at_once_one_claims(register_kind: Register) -> None:
    job = opened(register_kind)
    start = threading.Barrier(8)
    claims: list[Job | None] = []

    def claim() -> None:
        try:
            start.wait(timeout=10)
            claims.append(claim_job(job.pk))
        finally:
            connection.close()

    threads = [threading.Thread(target=claim) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len([one for one in claims if one]) == 1
    assert len(claims) == 8


def test_a_job_whose_worker_died_is_claimed_anew_and_the_dead_can_write_nothing(
    register_kind: Register, woken: list[int]
) -> None:
    job = opened(register_kind)
    dead = claim_job(job.pk)
    assert dead is not None
    assert claim_job(job.pk) is None

    grow_stale(job)
    woken.clear()
    sweep_jobs()
    assert woken == [job.pk]
    living = claim_job(job.pk)

    assert living is not None and living.claim != dead.claim
    assert not finish_job(job.pk, claim=dead.claim)
    assert not fail_job(job.pk, claim=dead.claim, error="Late.")
    with pytest.raises(JobStopped):
        report_progress(job.pk, claim=dead.claim, done=5)
    assert finish_job(job.pk, claim=living.claim)


def test_a_job_that_kills_its_workers_fails_in_the_end(register_kind: Register) -> None:
    job = opened(register_kind)
    for _ in range(jobs.TRIES):
        sweep_jobs()
        assert claim_job(job.pk) is not None
        grow_stale(job)

    assert claim_job(job.pk) is None
    sweep_jobs()

    job.refresh_from_db()
    assert job.state == "failed"
    assert "died 5 times" in job.error


def test_progress_shows_while_the_work_has_its_transaction_open(register_kind: Register) -> None:
    seen: list[tuple[str, int, int | None]] = []

    def look() -> None:
        try:
            row = Job.objects.get(kind="tests.work")
            seen.append((row.stage, row.done, row.total))
        finally:
            connection.close()

    def function(work: Work) -> None:
        with transaction.atomic():
            work.report(stage="Checking ballots", done=40, total=100, unit="ballots")
            looker = threading.Thread(target=look)
            looker.start()
            looker.join()

    job = opened(register_kind, function)
    work_job(job.pk)

    assert seen == [("Checking ballots", 40, 100)]


def test_reports_within_a_stage_are_thinned_and_a_new_stage_is_not(
    register_kind: Register, monkeypatch: pytest.MonkeyPatch
) -> None:
    written: list[dict[str, Any]] = []
    monkeypatch.setattr(working, "report_progress", lambda job_id, **given: written.append(given))

    def function(work: Work) -> None:
        for number in range(1000):
            work.report(stage="First", done=number)
        work.report(stage="Second", done=0)

    work_job(opened(register_kind, function).pk)

    assert [one["stage"] for one in written] == ["First", "Second"]


def test_a_new_stage_starts_the_bar_afresh(register_kind: Register) -> None:
    job = opened(register_kind)
    claimed = claim_job(job.pk)
    assert claimed is not None

    report_progress(job.pk, claim=claimed.claim, stage="First", done=90, total=100)
    report_progress(job.pk, claim=claimed.claim, done=95)
    job.refresh_from_db()
    assert (job.done, job.total) == (95, 100)
    report_progress(job.pk, claim=claimed.claim, stage="Second", total=7)

    job.refresh_from_db()
    assert (job.stage, job.done, job.total) == ("Second", 0, 7)


def test_a_report_that_meets_a_locked_row_is_lost_and_the_work_goes_on(
    register_kind: Register,
) -> None:
    job = opened(register_kind)
    claimed = claim_job(job.pk)
    assert claimed is not None

    with transaction.atomic():
        Job.objects.select_for_update().get(pk=job.pk)
        report_progress(job.pk, claim=claimed.claim, done=5)

    job.refresh_from_db()
    assert job.done == 0
    report_progress(job.pk, claim=claimed.claim, done=5)
    job.refresh_from_db()
    assert job.done == 5


def test_a_refusal_fails_the_job_with_its_sentence(register_kind: Register) -> None:
    def function(work: Work) -> None:
        raise Refusal("roll.not-frozen", "Freeze the roll first.")

    job = opened(register_kind, function)
    work_job(job.pk)

    job.refresh_from_db()
    assert (job.state, job.error) == ("failed", "Freeze the roll first.")


def test_a_fault_fails_the_job_and_its_message_reaches_neither_page_nor_log(
    register_kind: Register, caplog: pytest.LogCaptureFixture
) -> None:
    told = " ".join(["Jin", "rank" + "ed", "them"])

    def function(work: Work) -> None:
        raise ValueError(told)

    job = opened(register_kind, function)
    work_job(job.pk)

    job.refresh_from_db()
    assert job.state == "failed"
    assert f"report job {job.pk}" in job.error
    assert "ranked" not in job.error + caplog.text
    assert "ValueError" in caplog.text and "test_jobs.py" in caplog.text


def test_a_failed_job_starts_again_and_a_done_one_does_not(
    register_kind: Register, woken: list[int]
) -> None:
    outcomes = [Refusal("roll.not-frozen", "Freeze the roll first."), None]

    def function(work: Work) -> None:
        outcome = outcomes.pop(0)
        if outcome:
            raise outcome

    job = opened(register_kind, function)
    work_job(job.pk)
    assert not work_job(job.pk)
    woken.clear()

    retried = retry_job(job.pk, by=officer().pk, now=NOW)
    assert (retried.state, retried.error, woken) == ("open", "", [job.pk])
    work_job(job.pk)

    job.refresh_from_db()
    assert job.state == "done"
    with pytest.raises(Refusal, match=r"job\.not-failed"):
        retry_job(job.pk, by=None, now=NOW)


def test_an_old_failure_does_not_start_beside_a_newer_job(register_kind: Register) -> None:
    job = opened(register_kind)
    claimed = claim_job(job.pk)
    assert claimed is not None
    fail_job(job.pk, claim=claimed.claim, error="No.")
    newer = opened(register_kind)

    with pytest.raises(Refusal, match=r"job\.newer-under-way"):
        retry_job(job.pk, by=None, now=NOW)

    work_job(newer.pk)
    assert retry_job(job.pk, by=None, now=NOW).state == "open"


def test_a_stopped_job_ends_at_its_next_report_and_undoes_its_transaction(
    register_kind: Register,
) -> None:
    person = officer()

    def function(work: Work) -> None:
        with transaction.atomic():
            person.__class__.objects.filter(pk=person.pk).update(name="Changed")
            stopper = threading.Thread(target=stop, args=(work.job_id,))
            stopper.start()
            stopper.join()
            work.report(stage="Too late")

    def stop(job_id: int) -> None:
        try:
            assert stop_job(job_id, by=None, now=NOW)
        finally:
            connection.close()

    job = opened(register_kind, function)
    work_job(job.pk)

    job.refresh_from_db()
    person.refresh_from_db()
    assert job.state == "stopped"
    assert person.name != "Changed"
    assert not stop_job(job.pk, by=None, now=NOW)


def test_unfinished_work_opens_again_keeps_its_progress_and_is_woken(
    register_kind: Register, woken: list[int]
) -> None:
    turns = [Unfinished(), None]

    def function(work: Work) -> Unfinished | None:
        work.report(stage="Sending", done=10 * (3 - len(turns)), total=20)
        return turns.pop(0)

    job = opened(register_kind, function)
    woken.clear()
    work_job(job.pk)
    job.refresh_from_db()
    assert (job.state, job.done, job.tries, woken) == ("open", 10, 0, [job.pk])

    work_job(job.pk)
    job.refresh_from_db()
    assert (job.state, job.done) == ("done", 20)


def test_work_that_asked_to_wait_is_not_claimed_before_its_time(register_kind: Register) -> None:
    job = opened(register_kind, lambda work: Unfinished(after_s=60))
    work_job(job.pk)

    assert claim_job(job.pk) is None
    assert sweep_jobs() == 0
    Job.objects.filter(pk=job.pk).update(not_before=timezone.now(), woken_at=NOW)

    assert sweep_jobs() == 1
    assert claim_job(job.pk) is not None


def test_a_busy_worker_is_not_taken_for_dead(
    register_kind: Register, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(working, "BEAT_S", 0.02)
    beaten = threading.Event()

    def function(work: Work) -> None:
        grow_stale(Job.objects.get(pk=work.job_id))
        for _ in range(500):
            row = Job.objects.get(pk=work.job_id)
            assert row.heartbeat_at is not None
            if timezone.now() - row.heartbeat_at < timedelta(seconds=jobs.STALE_S):
                beaten.set()
                return
            threading.Event().wait(0.01)

    job = opened(register_kind, function)
    work_job(job.pk)

    assert beaten.is_set()
    assert claim_job(job.pk) is None


def test_a_kind_that_nobody_knows_fails_with_a_sentence(register_kind: Register) -> None:
    job = opened(register_kind)
    Job.objects.filter(pk=job.pk).update(kind="tests.gone")

    work_job(job.pk)

    job.refresh_from_db()
    assert (job.state, job.error) == ("failed", "This installation does not know such work.")


def test_rate_and_time_left_are_those_of_the_stage() -> None:
    begun = NOW
    job = Job(
        state="claimed", done=30_000, total=90_000, started_at=begun - timedelta(minutes=5),
        stage_started_at=begun, reported_at=begun + timedelta(seconds=60),
    )

    progress = selectors.progress_of(job, now=begun + timedelta(seconds=61))

    assert (progress.percent, progress.rate, progress.seconds_left) == (33, 500.0, 120)
    assert progress.seconds_taken == 361


def test_progress_without_a_total_or_a_start_promises_nothing() -> None:
    progress = selectors.progress_of(Job(state="open"), now=NOW)

    assert progress == selectors.Progress(None, None, None, None)
