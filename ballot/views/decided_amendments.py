"""Propose the amendment of a roll that a decision on somebody's standing calls for."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from ballot.acts import amend_parameters, amend_subject
from ballot.selectors import election_by_slug, roll_of
from members.selectors import WHY_NOT, amendment_due, cannot_be_amended
from office.access import StaffRequest, staff_only
from office.refusal import Refusal
from office.services.approvals import propose_act


@staff_only("see_roll", post="amend_roll")
@never_cache
@require_POST
def amend_as_decided(request: StaffRequest, slug: str, decision_id: int) -> HttpResponse:
    """One button of the decision's page: whom, why and on which grounds follow from it."""
    election = election_by_slug(slug)
    roll_id = roll_of(election).pk
    due = amendment_due(decision_id, roll_id=roll_id)
    if due is None:
        raise Refusal("amendment.not-due", "The roll agrees with this decision, or what it differs "
                      "in does not follow from it. Look at the decision again.")
    wrong = cannot_be_amended(roll_id, kind=due.kind, members=[due.member_id])
    if wrong:
        raise Refusal("amendment.does-not-apply",
                      f"This cannot be done: {WHY_NOT[wrong[0][1]]}.")
    propose_act(
        "amend_roll", subject=amend_subject(election, due.member_id), by=request.user.pk,
        now=timezone.now(),
        parameters=amend_parameters(
            election, due.member_id, kind=due.kind, reason=due.reason, grounds=due.grounds
        ),
    )
    messages.success(request, "Proposed. Another officer must approve it.")
    return redirect("decision", decision_id)
