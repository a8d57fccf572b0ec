"""Freezing the roll for an election, and withdrawing a freeze before the opening.

Roll and election move in one transaction: members.services makes the roll, this puts its
commitment and totals on the board and moves the election on.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from ballot.canonical import Json
from ballot.checklist import require_ready
from ballot.lifecycle import State
from ballot.models import Credential, Election, IssuerRequest
from ballot.selectors import roll_of
from ballot.services.board import append_entry
from ballot.services.codes import cancel_codes
from ballot.services.moves import lock_election, move, require_state
from ballot.services.reasons import require_reason
from members.selectors import roll_commitment, roll_totals, statement_of
from members.services import freeze_roll as make_roll
from members.services import withdraw_freeze as withdraw_roll
from office.progress import Report, silent
from office.services.approvals import demand_two_officers
from office.services.audit import record
from office.services.jobs import open_job


@transaction.atomic
def request_freeze(
    election_id: int, *, by: int, seconded_by: int | None, now: datetime
) -> None:
    """Two officers order the freeze; a worker carries it out, and the page shows how far it is."""
    demand_two_officers(by=by, seconded_by=seconded_by)
    election = lock_election(election_id)
    require_ready(election, "freeze_roll", now=now)
    open_job(
        "freeze_roll",
        subject=("election", str(election.pk)),
        by=by,
        now=now,
        parameters={"by": by, "seconded_by": seconded_by},
    )


@transaction.atomic
def freeze_roll(
    election_id: int,
    *,
    by: int,
    seconded_by: int | None,
    now: datetime,
    report: Report = silent,
) -> None:
    """Decide who may vote, and fix it."""
    second = demand_two_officers(by=by, seconded_by=seconded_by)
    election = lock_election(election_id)
    require_ready(election, "freeze_roll", now=now)
    # That rules are chosen was one of the checks; there are none numbered 0.
    roll_id = make_roll(
        election.rules_id or 0, by=by, seconded_by=second, now=now, report=report
    )
    Election.objects.filter(pk=election.pk).update(roll_id=roll_id)
    move(election, State.FROZEN)
    append_entry(election, kind="roll", content=_content(roll_id), now=now)
    record("freeze_roll", subject=("election", str(election.pk)), by=by,
           seconded_by=seconded_by, now=now)


@transaction.atomic
def request_withdrawal(
    election_id: int, *, reason: str, by: int, seconded_by: int | None, now: datetime
) -> None:
    """Two officers order the withdrawal; a worker carries it out, since every code is destroyed."""
    demand_two_officers(by=by, seconded_by=seconded_by)
    election = lock_election(election_id)
    require_state(election, State.FROZEN)
    open_job(
        "withdraw_freeze",
        subject=("election", str(election.pk)),
        by=by,
        now=now,
        parameters={"by": by, "seconded_by": seconded_by, "reason": require_reason(reason)},
    )


@transaction.atomic
def withdraw_freeze(
    election_id: int, *, reason: str, by: int, seconded_by: int | None, now: datetime
) -> None:
    """Give the roll up before the opening: its codes die unsent, and the next is version n + 1."""
    second = demand_two_officers(by=by, seconded_by=seconded_by)
    election = lock_election(election_id)
    require_state(election, State.FROZEN)
    reason = require_reason(reason)
    cancel_codes(election, by=by, now=now)
    Credential.objects.filter(election=election).exclude(force=Credential.Force.REVOKED).update(
        force=Credential.Force.REVOKED
    )
    IssuerRequest.objects.filter(election=election, state=IssuerRequest.State.OPEN).update(
        state=IssuerRequest.State.WITHDRAWN
    )
    withdraw_roll(roll_of(election).pk, by=by, seconded_by=second, now=now, reason=reason)
    Election.objects.filter(pk=election.pk).update(roll=None)
    move(election, State.NOMINATED)
    append_entry(election, kind="roll-withdrawn", content={"reason": reason}, now=now)
    record("withdraw_freeze", subject=("election", str(election.pk)), by=by,
           seconded_by=seconded_by, now=now)


def _content(roll_id: int) -> dict[str, Json]:
    """What the board says of a roll: its commitment and totals; nobody's name.

    Who may vote is told by section and unit; who may not, by section and reason alone, and as the
    statement of the electorate tells it: a reason in a small unit would name somebody. What that
    does not tell of a section stands nowhere.
    """
    totals: list[Json] = [
        _total(total.section_code, total.rule, total.people, unit=total.unit_name)
        for total in roll_totals(roll_id)
        if total.is_eligible
    ]
    for section in statement_of(roll_id).sections:
        totals += [_total(section.code, each.rule, each.people) for each in section.removed]
    return {"commitment": roll_commitment(roll_id).hex(), "totals": totals}


def _total(section: str, rule: str, people: int, *, unit: str | None = None) -> Json:
    return {"people": people, "rule": rule, "section": section, "unit": unit}
