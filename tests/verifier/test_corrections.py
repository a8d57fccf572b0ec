"""What follows a declaration: corrections, of which the last is checked, and the archive's root."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from ballot.models import Checkpoint
from ballot.services.archive_election import archive_election
from ballot.services.board import append_entry
from ballot.services.correct_result import correct_result
from ballot.services.explain_difference import explain_difference
from ballot.services.judge_incidents import judge_incidents
from ballot.services.publish_board import publish_board
from ballot.services.record_dispute import record_dispute
from ballot.services.recount import ask_recount, decide_recount, recount_by_rule
from ballot.services.set_up import edit_election
from tests.ballot.factories import REASON, Run, bring, content, election, entries, now
from tests.verifier.bundles import failures, results, verified, written

pytestmark = pytest.mark.django_db


def archive(run: Run) -> None:
    publish_board(run.election_id, now=now())
    archive_election(run.election_id, **{**run.by_two, "now": now() + timedelta(days=29)})


def test_an_election_with_everything_between_close_and_archive_passes(tmp_path: Path) -> None:
    run = election(at="closed")
    record_dispute(run.election_id, recipient=entries(run)[0].public_id, now=now())
    explain_difference(run.election_id, difference="disputed", section="member", number=1,
                       explanation=REASON, **run.by_two)
    bring(run, to="counted")
    judge_incidents(run.election_id, numbers=[1], is_material=False, grounds=REASON, **run.by)
    for asking, granted in zip(run.officers, (False, True), strict=False):
        number = ask_recount(run.contest.pk, grounds=REASON, by=asking, now=now())
        decide_recount(number, granted=granted, reason=REASON, **run.by)
    bring(run, to="declared")
    correct_result(run.election_id, reason=REASON, **run.by_two)
    archive(run)

    report = verified(written(run, tmp_path))

    assert failures(report) == [] and report["verdict"] == "PASS"
    assert any("Corrections of the declaration: 1." in note for note in report["notes"])


def test_a_close_result_that_was_recounted_by_the_rule_of_its_notice_passes(tmp_path: Path) -> None:
    run = election()
    edit_election(run.election_id, recount_margin_permille=900, **run.by)
    bring(run, to="counted")
    recount_by_rule(run.contest.pk, **run.by)
    bring(run, to="declared")

    assert failures(verified(written(run, tmp_path))) == []


def test_a_correction_that_declares_another_than_the_count_fails(tmp_path: Path) -> None:
    run = election(at="declared")
    wrong = content(run, "declaration") | {"version": 2, "reason": REASON}
    wrong["contests"][0]["elected"] = ["Cedar Cox"]
    append_entry(run.election, kind="correction", content=wrong, now=now())

    report = verified(written(run, tmp_path))

    (failure,) = failures(report)
    assert failure[:2] == ("declaration", "declaration.elected")
    assert failure[2].endswith("(correction), contest-1")
    assert report["verdict"] == "FAIL"


def test_a_correction_that_leaves_a_version_out_fails(tmp_path: Path) -> None:
    run = election(at="declared")
    late = content(run, "declaration") | {"version": 3, "reason": REASON}
    append_entry(run.election, kind="correction", content=late, now=now())

    assert results(verified(written(run, tmp_path)))["declaration"] == "FAIL"


def test_an_archive_of_another_board_fails(tmp_path: Path) -> None:
    run = election(at="declared")
    publish_board(run.election_id, now=now())
    signed = Checkpoint.objects.order_by("-size")[0]
    wrong = {"root": bytes(32).hex(), "size": signed.size, "version": 1}
    append_entry(run.election, kind="archive", content=wrong, now=now())

    assert results(verified(written(run, tmp_path)))["declaration"] == "FAIL"
