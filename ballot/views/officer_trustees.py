"""The officer's pages of the trustees: who has done what, a ceremony begun anew, a new seat."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from ballot.forms.acts import TrusteesForm
from ballot.forms.reading import sent
from ballot.lifecycle import State
from ballot.models import Election, Trustee
from ballot.selectors import election_by_slug
from ballot.services.give_seat import send_new_seat, show_new_seat
from ballot.showing.small_box import small_box_sentence
from ballot.showing.trustees import trustees_of
from ballot.views.act_table import set_key
from ballot.views.trying import get_or_post, tried
from office.access import StaffRequest, may, staff_only
from office.links import absolute
from office.refusal import Refusal


@staff_only("see_election")
@never_cache
@require_safe
def trustees(request: StaffRequest, slug: str) -> HttpResponse:
    """Who the trustees are, and what each has done."""
    election = election_by_slug(slug)
    context = {
        "election": election,
        "shown": trustees_of(election, now=timezone.now()),
        "small_box_sentence": small_box_sentence(election),
        "may_begin": may(request.user, "set_key") and election.stage == State.FROZEN,
        "may_give_seats": may(request.user, "give_seat") and not election.demonstration,
    }
    return render(request, "ballot/desk/trustees.html", context)


@staff_only("set_key")
@never_cache
@get_or_post
def anew(request: StaffRequest, slug: str) -> HttpResponse:
    """Begin the key ceremony anew, until the opening."""
    election = election_by_slug(slug)
    form = TrusteesForm(sent(request), election=election)
    if request.method == "POST" and form.is_valid() and tried(form, lambda: set_key(
        election.pk, request.user.pk, timezone.now(), form.parameters()
    )):
        messages.success(request, "The key ceremony has begun anew.")
        return redirect("desk_trustees", slug)
    return render(request, "ballot/desk/ceremony_anew.html", {"election": election, "form": form})


@staff_only("give_seat")
@never_cache
@require_safe
def seat(request: StaffRequest, slug: str, number: int) -> HttpResponse:
    """The page on which an officer asks for a trustee's new seat."""
    election = election_by_slug(slug)
    context = {"election": election, "trustee": _trustee(election, number)}
    return render(request, "ballot/desk/seat.html", context)


@staff_only("give_seat")
@never_cache
@require_POST
def seat_sent(request: StaffRequest, slug: str, number: int) -> HttpResponse:
    """Send a trustee a new seat."""
    election = election_by_slug(slug)
    send_new_seat(election.pk, number=number, by=request.user.pk, now=timezone.now())
    messages.success(request, "A new seat is on its way. The former link has stopped working.")
    return redirect("desk_trustees", slug)


@staff_only("give_seat")
@never_cache
@require_POST
def seat_shown(request: StaffRequest, slug: str, number: int) -> HttpResponse:
    """Show a trustee's new seat, this once: it can be read nowhere again."""
    election = election_by_slug(slug)
    secret = show_new_seat(election.pk, number=number, by=request.user.pk, now=timezone.now())
    context = {
        "election": election,
        "trustee": _trustee(election, number),
        "link": absolute(f"{reverse('trustee', args=[slug])}#{secret}"),
    }
    return render(request, "ballot/desk/seat_shown.html", context)


def _trustee(election: Election, number: int) -> Trustee:
    trustee = election.trustees.filter(number=number).first()
    if trustee is None:
        raise Refusal("seat.no-such-trustee", f"There is no trustee number {number}.", status=404)
    return trustee
