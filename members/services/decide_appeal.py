"""Decide an appeal: by somebody who made no part of the decision and did not lodge the appeal.

Else one person alone could lodge it “for the member”, uphold it, and so undo what two decided.
The reason is sent to the member.
"""

from __future__ import annotations

import uuid
from datetime import datetime
from http import HTTPStatus
from typing import Final

from django.db import transaction

from members.models import Appeal
from members.services import standings
from members.services.history import lock_register
from office.refusal import Refusal
from office.services.audit import record
from office.services.letters import queue_letter

PURPOSE: Final = "members.appeal_outcome"
REFERENCE: Final = uuid.uuid5(uuid.NAMESPACE_URL, "hustings:appeal-outcomes")


@transaction.atomic
def decide_appeal(
    appeal_id: int, *, upheld: bool, answer: str, by: int, now: datetime
) -> None:
    """Uphold or dismiss an appeal. Upheld, the standing from before is given back at once,
    unless the decision has ceased to stand already: then nothing changes by it.

    On a frozen roll nothing changes by that: an entry is added by an amendment of two officers,
    which the decision's page offers (selectors.amendments_due).
    """
    lock_register()
    appeal = (
        Appeal.objects.select_for_update(of=("self",))
        .select_related("decision__member")
        .filter(pk=appeal_id)
        .first()
    )
    if appeal is None:
        raise Refusal("appeal.unknown", "There is no such appeal.", status=HTTPStatus.NOT_FOUND)
    _check(appeal, answer=answer, by=by)
    appeal.outcome = Appeal.Outcome.UPHELD if upheld else Appeal.Outcome.DISMISSED
    appeal.answer = answer.strip()
    appeal.decided_by_id = by
    appeal.decided_at = now
    appeal.save(update_fields=["outcome", "answer", "decided_by", "decided_at"])
    gave_back = upheld and standings.overturn(appeal.decision, by=by, now=now)
    if appeal.decision.member.email:
        queue_letter(PURPOSE, reference=REFERENCE, recipient=f"appeal:{appeal.pk}", attempt=1)
    record("decide_appeal", subject=("appeal", str(appeal.pk)), by=by, now=now,
           parameters={"decision": appeal.decision_id, "outcome": appeal.outcome.value,
                       "gave_back": gave_back})


def _check(appeal: Appeal, *, answer: str, by: int) -> None:
    if appeal.outcome:
        raise Refusal("appeal.decided", "This appeal has been decided already.")
    if by in (appeal.decision.proposed_by_id, appeal.decision.approved_by_id):
        raise Refusal(
            "appeal.own-decision",
            "You took part in the decision: somebody else must decide the appeal.",
            status=HTTPStatus.FORBIDDEN,
        )
    if by == appeal.lodged_by_id:
        raise Refusal(
            "appeal.lodged-by-you",
            "You lodged this appeal for the member: somebody else must decide it.",
            status=HTTPStatus.FORBIDDEN,
        )
    if not answer.strip():
        raise Refusal("appeal.no-reason", "Give the reason: the member is sent it.",
                      status=HTTPStatus.BAD_REQUEST)
