"""Decisions on somebody's standing in tests: proposed, made by two, appealed, settled."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from members import letters, services
from members.models import Appeal, Decision, Member
from members.models.decisions import Kind, Reason
from members.services.decide_standing import PURPOSE, REFERENCE
from office.models import Approval, StaffMember
from office.permissions import Role
from office.purposes import LetterToSend
from office.services.approvals import approve_act
from tests.members.factories import NOW
from tests.office.factories import officer, staff

LATER = NOW + timedelta(days=1)


def member(number: str = "0000123") -> Member:
    return Member.objects.get(number=number)


def proposed(
    kind: str = Kind.SUSPENSION,
    reason: str = Reason.ABUSE,
    *,
    by: StaffMember | None = None,
    number: str = "0000123",
    **given: Any,
) -> Decision:
    by = by or staff(Role.MEMBERSHIP_ADMINISTRATOR)
    decision_id = services.propose_standing(
        member(number).pk, kind=kind, reason=reason, evidence="Minute 7 of the panel.", by=by.pk,
        now=NOW, **given,
    )  # fmt: skip
    return Decision.objects.get(pk=decision_id)


def made(*given: str, by: StaffMember | None = None, **named: Any) -> Decision:
    """A decision that was proposed and approved."""
    decision = proposed(*given, **named)
    approve_act(Approval.objects.latest("pk").pk, by=(by or officer()).pk, now=NOW)
    decision.refresh_from_db()
    return decision


def appealed(decision: Decision, **given: Any) -> Appeal:
    given = {"grounds": "It was not me.", "by": None, "now": LATER, **given}
    return Appeal.objects.get(pk=services.lodge_appeal(decision.pk, **given))


def settled(appeal: Appeal, *, upheld: bool = True, by: StaffMember | None = None) -> None:
    services.decide_appeal(
        appeal.pk, upheld=upheld, answer="Another person was meant.", by=(by or officer()).pk,
        now=LATER,
    )  # fmt: skip


def notice(decision: Decision) -> Any:
    letter = LetterToSend(1, PURPOSE, REFERENCE, f"decision:{decision.pk}", 1, None)
    return letters.decision_notices([letter]).get(1)
