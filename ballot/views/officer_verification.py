"""The verification page: the sums by section, and the differences that two officers explain."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from ballot.destruction import kept_election
from ballot.differences import Difference, difference_subject, differences, proposed
from ballot.forms.acts import ReasonForm
from ballot.forms.reading import sent
from ballot.lifecycle import State, is_before
from ballot.models import Election
from ballot.services.explain_difference import difference_of
from ballot.services.verification_sums import verification_of
from ballot.views.officer_evidence import counts_differ
from ballot.views.trying import get_or_post, tried
from office.access import StaffRequest, may, staff_only
from office.refusal import Refusal
from office.services.approvals import propose_act

ACT = "explain_difference"


@staff_only("see_register")
@never_cache
@require_safe
def verification(request: StaffRequest, slug: str) -> HttpResponse:
    """Every sum with its parts, from the close on; nothing of it says how anybody voted."""
    election = _closed(slug)
    waits = proposed(election, now=timezone.now())
    context = {
        "election": election,
        "counts_differ": counts_differ(request, election),
        "sections": verification_of(election),
        "differences": [_shown(election, one, waits) for one in differences(election)],
        "explains": election.stage == State.CLOSED and may(request.user, ACT),
    }
    return render(request, "ballot/desk/verification.html", context)


@staff_only("explain_difference")
@never_cache
@get_or_post
def explain(request: StaffRequest, slug: str, code: str, section: str) -> HttpResponse:
    """Propose what is written of one difference; another officer approves it."""
    election = _closed(slug)
    found = difference_of(election, code, section)
    form = ReasonForm(sent(request), election=election)
    if request.method == "POST" and form.is_valid():
        parameters = {"number": found.number, "explanation": form.cleaned_data["reason"]}
        if tried(form, lambda: propose_act(
            ACT, subject=difference_subject(election, code, section), by=request.user.pk,
            now=timezone.now(), parameters=parameters,
        )):
            messages.success(request, "Proposed. Another officer must approve it.")
            return redirect("desk_verification", slug)
    context = {"election": election, "found": found, "form": form}
    return render(request, "ballot/desk/explain.html", context)


def _closed(slug: str) -> Election:
    election = kept_election(slug)
    if is_before(election.stage, State.CLOSED) or election.stage == State.VOID:
        raise Refusal(
            "election.wrong-state",
            "The marked register is verified after the close of the poll.",
        )
    return election


def _shown(
    election: Election, one: Difference, waits: dict[tuple[str, str], int]
) -> dict[str, Any]:
    """A difference; is_overtaken: what waits explains another number, and cannot be approved."""
    number = waits.get(difference_subject(election, one.code, one.section))
    return {"is": one, "waits": number == one.number,
            "is_overtaken": number not in (None, one.number)}
