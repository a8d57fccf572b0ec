"""The long acts as jobs: what a worker runs, for an election that a job names."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any, Final

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
    for kind, function, words, act, queue in _KINDS:
        register_job_kind(kind, function, words=words, act=act, queue=queue)


_KINDS: Final = (
    ("freeze_roll", _freeze, "Freezing the roll", "freeze_roll", "import"),
    ("withdraw_freeze", _withdraw, "Withdrawing the freeze", "withdraw_freeze", "import"),
    (BULK_JOB, _amend, "Amending the roll in bulk", "amend_roll_in_bulk", "tally"),
    (CANCEL_JOB, _cancel_codes, "Destroying the voting codes", "void_election", "tally"),
    ("send_codes", _running(issue_codes), "Voting codes", "send_codes", "tally"),
    (TAKE_KEYS, _running(take_keys), "Taking the issuer’s keys", "take_from_issuer", "tally"),
    ("verify_register", _running(verify_register), "Verifying the marked register",
     "verify_register", "tally"),
    ("answer_reissue_request", _answer_reissue_request, "Looking for an elector", "reissue_code",
     "mail"),
    (CHECK_JOB, _check_handed_in, "Checking what a trustee handed in", "open_box", "tally"),
    ("mix_box", _mix, "Mixing the boxes", "mix_box", "tally"),
    ("open_box", _running(open_box), "Opening the boxes", "open_box", "tally"),
    ("count", _running(count_papers), "Counting", "count", "tally"),
)
"""The kind of job, its function, what it is, for a person, the act that owns it, and its queue."""
