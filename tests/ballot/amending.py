"""Amendments of a roll in tests: members to add, strike off, restore; ballots to set aside."""

from __future__ import annotations

from typing import Any

from ballot.services.amend_roll import amend_roll
from ballot.services.close_poll import close_poll_early
from ballot.services.register_account import account
from ballot.services.set_aside_ballots import digest_due, set_aside_ballots
from ballot.services.set_up import edit_election
from ballot.struck_ballots import set_aside_due
from members.models import Member, RollEntry
from members.services import draft_bulk
from tests.ballot.factories import REASON, Run, bring, entries
from tests.members.factories import imported, person

RULES = ("ballot_of_excluded", "ballot_of_dead", "ballot_of_resigned")


def left_out(number: str = "5001", **cells: str) -> int:
    """A member who joined the list after the freeze."""
    imported(
        person(number=number, email=f"e{number}@example.org", unit="",
               **{"section": "member", **cells}),
        scope="part",
    )
    return Member.objects.get(number=number).pk


def amend(run: Run, member: int, kind: str, reason: str) -> None:
    amend_roll(run.election_id, member=member, kind=kind, reason=reason, grounds=REASON,
               **run.by_two)


def strike(run: Run, place: int, reason: str = "excluded") -> None:
    amend(run, entries(run)[place].member_id, "remove", reason)


def restore(run: Run, place: int) -> None:
    amend(run, entries(run)[place].member_id, "add", "reinstated")


def with_rule(run: Run, rule: str) -> Run:
    """The draft with one rule for every case, brought to the polling."""
    edit_election(run.election_id, **run.by, **dict.fromkeys(RULES, rule))
    return bring(run, to="polling")


def entry_of(member: int) -> RollEntry:
    return RollEntry.objects.select_related("section").get(member_id=member)


def close(run: Run) -> None:
    close_poll_early(run.election_id, reason=REASON, **run.by_two)


def set_aside(run: Run) -> None:
    due = set_aside_due(run.election)
    set_aside_ballots(run.election_id, digest=digest_due(due), **run.by_two)


def only(run: Run) -> Any:
    (section,) = account(run.election)
    return section


def drafted(run: Run, *numbers: str, kind: str = "remove", reason: str = "court-order") -> Any:
    bulk = draft_bulk(
        run.election.roll_id or 0, kind=kind, reason=reason, grounds=REASON,
        content="\n".join(numbers).encode(), **run.by,
    )
    from members.models import BulkAmendment

    return BulkAmendment.objects.get(pk=bulk)
