"""The letters of an election as electors will read them, and samples of them by mail."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from ballot.printed_letters import PURPOSES as PRINTED
from ballot.sample_letters import KINDS, printed_sample, samples_of
from ballot.selectors import election_by_slug
from ballot.services.send_samples import send_samples
from ballot.views.files import file_to_keep
from ballot.views.trying import get_or_post
from office.access import StaffRequest, may, staff_only


@staff_only("see_election", post="send_samples")
@never_cache
@get_or_post
def letters(request: StaffRequest, slug: str) -> HttpResponse:
    election = election_by_slug(slug)
    if request.method == "POST":
        sent = send_samples(
            election.pk, kinds=KINDS, to_seeds=request.POST.get("to") == "seeds",
            by=request.user.pk, now=timezone.now(),
        )
        messages.success(request, f"Samples on their way: {sent}.")
        return redirect("desk_election_letters", slug)
    return render(
        request,
        "ballot/desk/letters.html",
        {
            "election": election,
            "samples": samples_of(election),
            "may_send": may(request.user, "send_samples"),
            "seeds": len(settings.SEED_ADDRESSES),
        },
    )


@staff_only("see_election")
@never_cache
@require_safe
def printed(request: StaffRequest, slug: str, kind: str) -> HttpResponse:
    election = election_by_slug(slug)
    if kind not in PRINTED:
        raise Http404
    made = printed_sample(election, kind)
    return file_to_keep(made, "application/pdf", f"sample-{kind}.pdf")
