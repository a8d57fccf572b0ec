"""Carry out a standing decision that a second officer approved, all of it in one transaction.

The standing, the record of it, the notice with the right of appeal, the audit trail: both or
neither (office.services.approvals). The dead are sent nothing.
"""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Final

from django.db import transaction

from members import selectors
from members.models import Decision, Member
from members.models.decisions import STANDING_BY_KIND, Kind
from members.selectors.proposals import record_words
from members.services import standings
from members.services.history import lock_register
from members.services.propose_standing import check_against_what_stands
from office.refusal import Refusal
from office.services.approvals import demand_two_officers
from office.services.audit import record
from office.services.letters import queue_letter

PURPOSE: Final = "members.decision_notice"
# The outbox files letters under a reference; notices belong to no one election.
REFERENCE: Final = uuid.uuid5(uuid.NAMESPACE_URL, "hustings:decision-notices")


@transaction.atomic
def decide_standing(
    member_id: str, *, decision: int, by: int, seconded_by: int, now: datetime
) -> None:
    """Make a proposed decision. member_id: its subject, as the approval names it."""
    seconded_by = demand_two_officers(by=by, seconded_by=seconded_by)
    lock_register()
    made = Decision.objects.select_for_update().filter(pk=decision, member_id=member_id).first()
    if made is None:
        raise Refusal("decision.unknown", "There is no such decision.",
                      status=HTTPStatus.NOT_FOUND)
    _require_to_be_made(made)
    standing = selectors.decisions.standing_decision(made.member_id)
    check_against_what_stands(made.kind, standing)
    if standing is not None and made.kind != Kind.REINSTATEMENT:
        standings.end(standing, now=now)
        made.follows = standing
    _approve(made, seconded_by=seconded_by, now=now)
    if made.kind == Kind.REINSTATEMENT and standing is not None:
        standings.lift(standing, by=made, now=now)
    else:
        standings.impose(made, now=now)
    if made.notice == Decision.Notice.EMAIL:
        queue_letter(PURPOSE, reference=REFERENCE, recipient=f"decision:{made.pk}", attempt=1)
    record(
        "decide_standing",
        subject=("decision", str(made.pk)),
        by=by,
        seconded_by=seconded_by,
        now=now,
        parameters={"member": made.member_id, "kind": made.kind, "reason": made.reason},
    )


def require_to_be_made(member_id: str, *, now: datetime, decision: int) -> None:
    """Refuse a decision that was overtaken since it was proposed."""
    del now
    _require_to_be_made(Decision.objects.get(pk=decision, member_id=member_id))


def _require_to_be_made(made: Decision) -> None:
    """Asked with the list locked: no merge comes between. The person votes as the other record."""
    if made.decided_at is not None:
        raise Refusal("decision.made", "This decision has been made already.")
    if Member.objects.filter(pk=made.member_id, merged_into__isnull=False).exists():
        raise Refusal(
            "decision.merged-meanwhile",
            "Since this was proposed, the record was found to be the same person’s as another, "
            "which now stands for both. Remove the proposal, and propose it anew: it is then "
            "on the person.",
        )


def _approve(decision: Decision, *, seconded_by: int, now: datetime) -> None:
    decision.approved_by_id = seconded_by
    decision.decided_at = now
    if decision.may_be_appealed:
        decision.appeal_until = next_hour(now + timedelta(days=decision.appeal_days))
    if decision.kind == Kind.DEATH:
        decision.notice = Decision.Notice.NONE
    elif decision.member.email:
        decision.notice = Decision.Notice.EMAIL
    else:
        decision.notice = Decision.Notice.POST
    decision.save(
        update_fields=["approved_by", "decided_at", "appeal_until", "follows", "notice"]
    )


def next_hour(moment: datetime) -> datetime:
    """The full hour at or after a moment: a deadline that can be said in a letter."""
    hour = moment.replace(minute=0, second=0, microsecond=0)
    return hour if hour == moment else hour + timedelta(hours=1)


def decision_in_words(member_id: str, *, decision: int) -> str:
    """What both officers read: by keys, because a proposal's sentence is kept for good."""
    made = Decision.objects.get(pk=decision, member_id=member_id)
    words = (
        f"Decision {made.pk} (read what it rests on under Members, Standing decisions) is made on "
        f"{record_words(made.member_id)}: {made.get_kind_display()}, "
    )
    if made.kind == Kind.REINSTATEMENT:
        return (
            f"{words}because {made.get_reason_display()}. The decision that stands is lifted, "
            "and the standing from before it is given back at once."
        )
    told = (
        "Nobody is written to." if made.kind == Kind.DEATH
        else f"The member is told the reason, and has {made.appeal_days} days to appeal."
    )  # fmt: skip
    return (
        f"{words}with the reason “{made.get_reason_display()}”. The standing becomes "
        f"“{STANDING_BY_KIND[made.kind].label}” at once. {told}"
    )
