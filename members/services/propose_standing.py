"""Propose a standing decision: what, why, and on what evidence. Nothing happens yet.

The proposal names the decision by its number. The evidence note stays in the decision's row:
neither the approval, nor the audit trail, nor a letter carries it.
"""

from __future__ import annotations

from datetime import datetime
from http import HTTPStatus

from django.db import transaction

from members import selectors
from members.models import Decision, Member
from members.models.decisions import APPEAL_DAYS, LONGEST_APPEAL_DAYS, REASONS_BY_KIND, Kind
from office.refusal import Refusal
from office.services.approvals import propose_act
from office.services.audit import record
from office.times import day_words

ACT = "decide_standing"


@transaction.atomic
def propose_standing(
    member_id: int,
    *,
    kind: str,
    reason: str,
    evidence: str,
    by: int,
    now: datetime,
    appeal_days: int = APPEAL_DAYS,
) -> int:
    """Propose a decision on a person's standing and return its id; another officer decides.

    member_id: any of the person's records; the decision is on the person.
    """
    found = Member.objects.filter(pk=member_id).first()
    if found is None:
        raise Refusal("decision.no-member", "There is no such member.",
                      status=HTTPStatus.NOT_FOUND)
    member_id = found.merged_into_id or found.pk
    _check(kind, reason, evidence, appeal_days)
    check_against_what_stands(kind, selectors.decisions.standing_decision(member_id))
    decision = Decision.objects.create(
        member_id=member_id,
        kind=kind,
        reason=reason,
        evidence=evidence.strip(),
        section_id=Member.objects.get(pk=member_id).section_id,
        appeal_days=appeal_days,
        proposed_by_id=by,
        proposed_at=now,
    )
    record("propose_standing", subject=("decision", str(decision.pk)), by=by, now=now,
           parameters={"member": member_id, "kind": kind, "reason": reason})
    propose_act(ACT, subject=("member", str(member_id)), by=by, now=now,
                parameters={"decision": decision.pk})
    return decision.pk


def _check(kind: str, reason: str, evidence: str, appeal_days: int) -> None:
    if kind not in REASONS_BY_KIND or reason not in REASONS_BY_KIND[kind]:
        raise Refusal("decision.reason", "Choose a reason that belongs to this decision.",
                      status=HTTPStatus.BAD_REQUEST)
    if not evidence.strip():
        raise Refusal("decision.no-evidence", "Write down what the decision rests on.",
                      status=HTTPStatus.BAD_REQUEST)
    if not 1 <= appeal_days <= LONGEST_APPEAL_DAYS:
        raise Refusal(
            "decision.appeal-days",
            f"Give the member between 1 and {LONGEST_APPEAL_DAYS} days to appeal.",
            status=HTTPStatus.BAD_REQUEST,
        )


def check_against_what_stands(kind: str, standing: Decision | None) -> None:
    """Refuse a decision that is made already, and a reinstatement of somebody not decided on."""
    if kind == Kind.REINSTATEMENT and standing is None:
        raise Refusal(
            "decision.nothing-stands",
            "No decision stands that could be lifted. What a membership list says of somebody’s "
            "standing is put right by the next list.",
        )
    if standing is not None and standing.decided_at and standing.kind == kind:
        raise Refusal(
            "decision.stands",
            f"This is decided already, on {day_words(standing.decided_at)}. Lift that decision "
            "first, or propose another kind.",
        )
