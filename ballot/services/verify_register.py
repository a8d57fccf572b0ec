"""Verifying after the close: the marked register and the ballots agree, and the boxes are fixed.

The account by section (register_account.py), the ballots against the board and their proofs
(stored_ballots.py), and what the board fixed before (as_published.py): when all of it holds, the
boxes are fixed (fix_boxes.py).
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from django.db import transaction

from ballot.canonical import Json
from ballot.checklist import require_ready
from ballot.differences import differences
from ballot.lifecycle import State
from ballot.mapping.boxes import box_content
from ballot.models import Box, Election
from ballot.selectors import contested
from ballot.services.amendments_published import (
    require_amendments_as_published,
    require_rule_as_noticed,
    require_set_aside_as_published,
)
from ballot.services.as_published import (
    keys_told,
    require_keys_as_published,
    require_paper_as_opened,
    require_roll_as_frozen,
)
from ballot.services.board import append_entry
from ballot.services.fix_boxes import fix_boxes
from ballot.services.issuer_signed import require_issuer_signed
from ballot.services.moves import lock_election, move
from ballot.services.notify_casts import notify_casts
from ballot.services.register_account import (
    SectionAccount,
    account,
    require_agreement,
    require_sums,
)
from ballot.services.sealed_keys import to_publish
from ballot.services.stored_ballots import check_section, read_ballots, require_board
from ballot.services.stored_papers import (
    papers_by_section,
    require_post_as_published,
    with_papers,
)
from office.progress import Report, silent
from office.services.audit import record


@transaction.atomic
def verify_register(
    election_id: int,
    *,
    by: int | None,
    now: datetime,
    processes: int = 1,
    report: Report = silent,
) -> None:
    """Verify, check every ballot, and fix the boxes: all, or nothing and the reason."""
    election = lock_election(election_id)
    require_ready(election, "verify_register", now=now)
    # The clock tends open polls: who cast in the last moments is told of it here.
    notify_casts(election)
    _require_as_published(election)
    postal = papers_by_section(election)
    accounts = [replace(one, postal=postal[one.code]) for one in account(election)]
    require_agreement(accounts, contests=len(contested(election)))
    require_board(election, accounts, report=report)
    require_keys_as_published(election)
    require_issuer_signed(election)
    require_sums(accounts)
    ballots = with_papers(read_ballots(election), election)
    checked = {
        one.code: check_section(
            election, one, ballots.pop(one.code), processes=processes, report=report
        )
        for one in accounts
        if one.counted
    }
    boxes = [
        box
        for contest in contested(election)
        for box in fix_boxes(election, contest, accounts, checked)
    ]
    content = _content(accounts, boxes) | {
        "amended_keys": to_publish(keys_told(election)),
        "explanations": _explanations(election),
    }
    append_entry(election, kind="reconciliation", content=content, now=now)
    move(election, State.VERIFIED)
    record("verify_register", subject=("election", str(election.pk)), by=by, now=now)


def _require_as_published(election: Election) -> None:
    """Refuse a database in which paper, rule, roll, amendments or post are not the board's."""
    require_paper_as_opened(election)
    require_rule_as_noticed(election)
    require_roll_as_frozen(election)
    require_amendments_as_published(election)
    require_set_aside_as_published(election)
    require_post_as_published(election)


def _explanations(election: Election) -> list[Json]:
    return [
        {
            "difference": one.code,
            "explanation": one.explanation,
            "number": one.number,
            "section": one.section,
        }
        for one in differences(election)
    ]


def _content(accounts: list[SectionAccount], boxes: list[Box]) -> dict[str, Json]:
    fields = (
        "code", "name", "frozen", "added", "struck", "electors", "struck_voted", "issued", "marks",
        "ballots", "set_aside", "counted", "votes", "on_board",
    )
    return {
        "boxes": [box_content(box) for box in boxes],
        "sections": [{name: getattr(one, name) for name in fields} for one in accounts],
    }
