"""The turnout at the desk: the same for officers, agents and the public."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from ballot.lifecycle import State
from ballot.selectors import election_by_slug
from ballot.showing.turnout import turnout_of
from ballot.turnout import shows_turnout
from office.access import StaffRequest, staff_only


@staff_only("see_turnout")
@never_cache
@require_safe
def turnout(request: StaffRequest, slug: str) -> HttpResponse:
    return render(request, "ballot/desk/turnout.html", _turnout(slug))


@staff_only("see_turnout")
@never_cache
@require_safe
def turnout_fragment(request: StaffRequest, slug: str) -> HttpResponse:
    """The figures alone, for the page that holds them."""
    return render(request, "ballot/desk/turnout_fragment.html", _turnout(slug))


def _turnout(slug: str) -> dict[str, Any]:
    election = election_by_slug(slug)
    is_shown = shows_turnout(election)
    return {
        "election": election,
        "is_shown": is_shown,
        "is_live": election.stage in {State.POLLING, State.SUSPENDED},
        "turnout": turnout_of(election) if is_shown else None,
    }
