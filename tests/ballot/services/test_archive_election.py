"""Archiving: after the days in which the declaration may be challenged, and by two officers."""

from __future__ import annotations

from datetime import timedelta

import pytest

from ballot.models import Checkpoint
from ballot.services.archive_election import archive_election
from ballot.services.correct_result import correct_result
from ballot.services.publish_board import publish_board
from tests.ballot.factories import REASON, code_of_refusal, content, election, now

pytestmark = pytest.mark.django_db


def test_an_election_is_archived_once_it_can_be_challenged_no_more() -> None:
    run = election(at="declared")
    later = {**run.by_two, "now": now() + timedelta(days=29)}
    in_time = {**run.by_two, "now": now() + timedelta(days=28)}

    early = code_of_refusal(lambda: archive_election(run.election_id, **in_time))
    unsigned = code_of_refusal(lambda: archive_election(run.election_id, **later))
    publish_board(run.election_id, now=now())
    alone = code_of_refusal(
        lambda: archive_election(run.election_id, **{**later, "seconded_by": None})
    )
    archive_election(run.election_id, **later)

    assert early == "archive.may-be-challenged"
    assert unsigned == "archive.board-not-published"
    assert alone == "approval.two-officers"
    signed = Checkpoint.objects.order_by("-size")[0]
    assert run.state == "archived"
    assert content(run, "archive") == {
        "root": bytes(signed.root).hex(), "size": signed.size, "version": 1
    }


def test_what_is_archived_can_still_be_corrected_as_a_version() -> None:
    run = election(at="declared")
    publish_board(run.election_id, now=now())
    archive_election(run.election_id, **{**run.by_two, "now": now() + timedelta(days=29)})

    correct_result(run.election_id, reason=REASON, **run.by_two)

    assert content(run, "correction")["version"] == 2
