"""Declaring the result: as counted, by two officers, and published at once."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction

from ballot.checklist import require_ready
from ballot.lifecycle import State
from ballot.mapping import contest_code
from ballot.models import Contest, Count, Declaration, Election
from ballot.selectors import standing
from ballot.services.as_published import require_counts_as_published
from ballot.services.board import append_entry
from ballot.services.codes import stop_codes
from ballot.services.moves import lock_election, move, require_state
from ballot.services.publish_board import publish_at_once
from ballot.services.publish_incidents import publish_incidents
from ballot.services.register_account import account
from ballot.who_stands import is_reopening
from office.refusal import Refusal
from office.services.approvals import demand_two_officers
from office.services.audit import record


@transaction.atomic
def declare(election_id: int, *, by: int, seconded_by: int | None, now: datetime) -> None:
    """Declare every contest of the election: those counted, and those unopposed."""
    demand_two_officers(by=by, seconded_by=seconded_by)
    election = lock_election(election_id)
    if election.contests.filter(unopposed=False).exists():
        require_ready(election, "declare", now=now)
        require_counts_as_published(election)
    else:
        require_state(election, State.NOMINATED, State.FROZEN)
        if not election.contests.exists():
            raise Refusal("declare.nothing", "There is no contest to declare.")
        # There is no poll to vote in: codes that were made for one go out to nobody.
        stop_codes(election, by=by, now=now)
    content = _content(election)
    move(election, State.DECLARED)
    Declaration.objects.create(election=election, declared_at=now, content=content)
    publish_incidents(election, now=now)
    append_entry(election, kind="declaration", content=content, now=now)
    publish_at_once(election.pk, now=now)
    record("declare", subject=("election", str(election.pk)), by=by, seconded_by=seconded_by,
           now=now)


def _content(election: Election) -> dict[str, Any]:
    # From the rows themselves: the counters are for the pages while the poll is open.
    turnout = account(election) if election.roll_id else []
    return {
        "contests": [_contest(contest) for contest in election.contests.order_by("position")],
        "sections": [
            {
                "ballots": one.ballots,
                "code": one.code,
                "issued": one.papers,
                "set_aside": one.set_aside,
            }
            for one in turnout
        ],
        "version": 1,
    }


def _contest(contest: Contest) -> dict[str, Any]:
    told: dict[str, Any] = {"code": contest_code(contest), "title": contest.title}
    if contest.unopposed:
        return told | {"elected": [one.name for one in standing(contest)], "unopposed": True}
    sheet = Count.objects.get(contest=contest).sheet
    return told | {
        "elected": sheet["elected"],
        "nominations_reopen": is_reopening(contest, sheet["elected"]),
        "sheet": sheet,
        "unopposed": False,
    }
