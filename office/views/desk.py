"""The desk's first page: the cards a role may use, what waits, what is under way."""

from __future__ import annotations

from datetime import datetime

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from office import selectors
from office.access import StaffRequest, staff_only
from office.desk import desk_links
from office.models import Approval
from office.services.approvals import why_barred, why_not, why_not_theirs


@staff_only("see_desk")
@require_safe
def desk(request: StaffRequest) -> HttpResponse:
    now = timezone.now()
    acts = selectors.acts_of(request.user.pk, now=now)
    undecided = list(selectors.waiting_approvals(now=now)) if "see_approvals" in acts else []
    waiting = [approval for approval in undecided if why_not(approval, now=now) is None]
    return render(
        request,
        "office/desk.html",
        {
            "cards": [link for link in desk_links() if link.act in acts],
            "roles": sorted(role.words for role in selectors.roles_of(request.user.pk)),
            "lacks_authority": selectors.is_deputy_without_authority(request.user.pk, now=now),
            "waiting": len(waiting),
            "yours": _yours(waiting, request.user.pk, now=now),
            "overtaken": len(undecided) - len(waiting),
            "jobs": selectors.live_jobs() if "see_job" in acts else [],
        },
    )


def _yours(waiting: list[Approval], person_id: int, *, now: datetime) -> str:
    """How many of the proposals that wait this person can approve, in a sentence; none: empty."""
    count = sum(
        why_not_theirs(approval, by=person_id, now=now) is None
        and why_barred(approval, person_id) is None
        for approval in waiting
    )
    if not count:
        return ""
    return "You can decide it." if len(waiting) == 1 else f"You can decide {count} of them."
