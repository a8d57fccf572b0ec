"""The desk's first page: the cards a role may use, what waits, what is under way."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from office import selectors
from office.access import StaffRequest, staff_only
from office.desk import desk_links
from office.services.approvals import why_not


@staff_only("see_desk")
@require_safe
def desk(request: StaffRequest) -> HttpResponse:
    now = timezone.now()
    acts = selectors.acts_of(request.user.pk, now=now)
    undecided = list(selectors.waiting_approvals(now=now)) if "see_approvals" in acts else []
    overtaken = sum(why_not(approval, now=now) is not None for approval in undecided)
    return render(
        request,
        "office/desk.html",
        {
            "cards": [link for link in desk_links() if link.act in acts],
            "roles": sorted(role.words for role in selectors.roles_of(request.user.pk)),
            "lacks_authority": selectors.is_deputy_without_authority(request.user.pk, now=now),
            "waiting": len(undecided) - overtaken,
            "overtaken": overtaken,
            "jobs": selectors.live_jobs() if "see_job" in acts else [],
        },
    )
