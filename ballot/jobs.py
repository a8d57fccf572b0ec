"""The long acts as jobs: what a worker runs, for an election that a job names."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

from django.utils import timezone

from ballot.models import Election
from ballot.selectors import CHECK_JOB
from ballot.services.amend_roll import BULK_JOB, amend_roll_in_bulk
from ballot.services.codes import CANCEL_JOB, cancel_codes, issue_codes
from ballot.services.count_papers import count_papers
from ballot.services.freeze_roll import freeze_roll, withdraw_freeze
from ballot.services.hand_in import check_handed_in
from ballot.services.held_shares import mixers_held
from ballot.services.mix_box import mix_boxes
from ballot.services.open_box import open_box
from ballot.services.request_reissue import answer_reissue_request
from ballot.services.take_keys import JOB as TAKE_KEYS
from ballot.services.take_keys import take_keys
from ballot.services.verify_register import verify_register
from office.kinds import Unfinished, Work, register_job_kind


def processes() -> int:
    """One process a core; the sealing core uses one below 2,000 ballots whatever is given."""
    return os.cpu_count() or 1


def _freeze(work: Work) -> None:
    freeze_roll(
        int(work.subject_id),
        by=work.parameters["by"],
        seconded_by=work.parameters["seconded_by"],
        now=timezone.now(),
        report=work.report,
    )


def _withdraw(work: Work) -> None:
    withdraw_freeze(
        int(work.subject_id),
        reason=work.parameters["reason"],
        by=work.parameters["by"],
        seconded_by=work.parameters["seconded_by"],
        now=timezone.now(),
    )


def _amend(work: Work) -> None:
    amend_roll_in_bulk(
        int(work.subject_id),
        **work.parameters,
        now=timezone.now(),
        processes=processes(),
        report=work.report,
    )


def _cancel_codes(work: Work) -> None:
    election = Election.objects.get(pk=int(work.subject_id))
    cancel_codes(election, by=work.opened_by, now=timezone.now())


def _mix(work: Work) -> None:
    """The server's mix; in a demonstration also those of the trustees whose shares it holds."""
    election = Election.objects.get(pk=int(work.subject_id))
    for share in (None, *mixers_held(election)):
        mix_boxes(
            election.pk,
            share=share,
            by=work.opened_by,
            now=timezone.now(),
            processes=processes(),
            report=work.report,
        )


def _check_handed_in(work: Work) -> Unfinished | None:
    """A trustee's mix or part. Refused, the job is done: the trustee's software is told why."""
    return check_handed_in(
        int(work.subject_id), now=timezone.now(), processes=processes(), report=work.report
    )


def _answer_reissue_request(work: Work) -> None:
    """An elector asked for a new code; whatever comes of it, the job ends alike."""
    answer_reissue_request(int(work.subject_id), now=timezone.now())


def _running(act: Callable[..., Any]) -> Callable[[Work], None]:
    def run(work: Work) -> None:
        act(
            int(work.subject_id),
            by=work.opened_by,
            now=timezone.now(),
            processes=processes(),
            report=work.report,
        )

    return run


def register() -> None:
    """Say to the office who works each kind of job."""
    register_job_kind("freeze_roll", _freeze, words="Freezing the roll", queue="import")
    register_job_kind("withdraw_freeze", _withdraw, words="Withdrawing the freeze", queue="import")
    register_job_kind(BULK_JOB, _amend, words="Amending the roll in bulk")
    register_job_kind(CANCEL_JOB, _cancel_codes, words="Destroying the voting codes")
    register_job_kind("send_codes", _running(issue_codes), words="Voting codes")
    register_job_kind(TAKE_KEYS, _running(take_keys), words="Taking the issuer’s keys")
    register_job_kind(
        "verify_register", _running(verify_register), words="Verifying the marked register"
    )
    register_job_kind(
        "answer_reissue_request", _answer_reissue_request, words="Looking for an elector",
        queue="mail",
    )
    register_job_kind(CHECK_JOB, _check_handed_in, words="Checking what a trustee handed in")
    register_job_kind("mix_box", _mix, words="Mixing the boxes")
    register_job_kind("open_box", _running(open_box), words="Opening the boxes")
    register_job_kind("count", _running(count_papers), words="Counting")
