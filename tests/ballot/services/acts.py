"""Every act of an election as a test calls it: by name, with what it needs."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from ballot.services.close_poll import close_poll, close_poll_early
from ballot.services.codes import issue_codes
from ballot.services.count_papers import count_papers
from ballot.services.declare import declare
from ballot.services.extend_poll import extend_poll
from ballot.services.freeze_roll import (
    freeze_roll,
    request_freeze,
    request_withdrawal,
    withdraw_freeze,
)
from ballot.services.held_shares import hold_ceremony
from ballot.services.mix_box import mix_boxes
from ballot.services.open_box import open_box
from ballot.services.open_poll import open_poll
from ballot.services.publish_candidates import publish_candidates, reopen_nominations
from ballot.services.publish_notice import publish_notice
from ballot.services.suspend_poll import resume_poll, suspend_poll
from ballot.services.verify_register import verify_register
from ballot.services.void_election import void_election
from tests.ballot.factories import REASON, SOFTWARE, Run

Act = Callable[..., None]


def _one(service: Callable[..., Any], **given: Any) -> Act:
    def act(run: Run, **other: Any) -> None:
        service(run.election_id, **{**run.by, **given, **other})

    return act


def _two(service: Callable[..., Any], **given: Any) -> Act:
    def act(run: Run, **other: Any) -> None:
        service(run.election_id, **{**run.by_two, **given, **other})

    return act


def _extend(run: Run, **other: Any) -> None:
    closes_at = run.election.closes_at
    assert closes_at is not None
    later = (closes_at + timedelta(days=1)).isoformat()
    extend_poll(run.election_id, **{**run.by_two, "closes_at": later, "reason": REASON, **other})


ONE_OFFICER: dict[str, Act] = {
    "publish_notice": _one(publish_notice),
    "publish_candidates": _one(publish_candidates),
    "reopen_nominations": _one(reopen_nominations),
    "set_key": _one(hold_ceremony, trustees=("Ann", "Ben"), quorum=2),
    "send_codes": _one(issue_codes),
    "close_poll": _one(close_poll),
    "verify_register": _one(verify_register),
    "mix_box": _one(mix_boxes),
    "open_box": _one(open_box),
    "count": _one(count_papers),
}

TWO_OFFICERS: dict[str, Act] = {
    "request_freeze": _two(request_freeze),
    "freeze_roll": _two(freeze_roll),
    "request_withdrawal": _two(request_withdrawal, reason=REASON),
    "withdraw_freeze": _two(withdraw_freeze, reason=REASON),
    "open_poll": _two(open_poll, software=SOFTWARE),
    "suspend_poll": _two(suspend_poll, reason=REASON),
    "resume_poll": _two(resume_poll, reason=REASON),
    "extend_poll": _extend,
    "close_poll_early": _two(close_poll_early, reason=REASON),
    "void_election": _two(void_election, reason=REASON),
    "declare": _two(declare),
}

ACTS: dict[str, Act] = {**ONE_OFFICER, **TWO_OFFICERS}
