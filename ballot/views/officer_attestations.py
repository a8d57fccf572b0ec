"""What agents and scrutineers sign at the desk, read by all who watch and by the officers.

What others say of a count before its declaration is read by those who may see the count then.
"""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache

from ballot.attestations import act_of, open_now, speaks_of_count
from ballot.forms.attestations import AttestForm
from ballot.forms.reading import sent
from ballot.incidents import is_published
from ballot.selectors import election_by_slug
from ballot.services.attest import attest
from ballot.services.see_count import see_count
from ballot.showing.attestations import attested
from ballot.showing.release import CountPage
from ballot.views.trying import get_or_post, tried
from office.access import StaffRequest, may, staff_only


@staff_only("see_observers_page", post="attest")
@never_cache
@get_or_post
def attestations(request: StaffRequest, slug: str) -> HttpResponse:
    election = election_by_slug(slug)
    parts = [part for part in open_now(election) if may(request.user, act_of(part))]
    form = AttestForm(sent(request), parts=parts)
    if request.method == "POST" and form.is_valid() and tried(form, lambda: attest(
        election.pk, by=request.user.pk, now=timezone.now(), **form.given()
    )):
        messages.success(request, "It is written down, with your name and role.")
        return redirect("desk_attestations", slug)
    reads_all = may(request.user, "see_two_counts")
    if reads_all and speaks_of_count(election):
        see_count(election, CountPage.ATTESTATIONS, by=request.user.pk, now=timezone.now())
    context = {
        "election": election,
        "parts": attested(election, reader=None if reads_all else request.user.pk),
        "attests": may(request.user, "attest"),
        "is_due": bool(parts),
        # What was sent too late is shown again with its words.
        "form": form if parts or request.method == "POST" else None,
        "is_published": is_published(election),
        "is_declared": election.stage.is_declared,
    }
    return render(request, "ballot/desk/attestations.html", context)
