"""The dispatch of letters: how far it is, pause and resume, and the letters held for a person."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from office import selectors
from office.access import StaffRequest, may, staff_only
from office.forms import RateForm
from office.models import Dispatch, Letter
from office.postal import is_postal
from office.purposes import note_names_shown, recipients_named
from office.services.deliveries import post_instead, settle_return
from office.services.dispatches import (
    SEND_JOB,
    pause_letters,
    resume_letters,
    send_refused_again,
    settle_letter,
)
from office.services.printing import may_be_printed, put_on_paper, why_no_more
from office.services.tranches import release_more, set_rate
from office.totals import are_hidden
from office.views.asked import key_asked
from office.views.letter_words import state_words, tranche_words


@staff_only("see_letters")
@require_GET
def dispatches(request: StaffRequest) -> HttpResponse:
    rows = [_figures(dispatch) for dispatch in selectors.dispatches()[: selectors.PAGE_ROWS]]
    return render(
        request,
        "office/dispatches.html",
        {
            "rows": rows,
            "held": selectors.letters_held(),
            "returned": selectors.letters_returned(),
        },
    )


def _figures(dispatch: Dispatch) -> dict[str, Any]:
    counts, is_hidden = selectors.letter_counts(dispatch.pk), are_hidden(dispatch)
    return {
        "dispatch": dispatch,
        "counts": counts,
        "are_totals_hidden": is_hidden,
        "state": dispatch.get_state_display() if is_hidden else state_words(dispatch, counts),
    }


@staff_only("see_letters")
@require_GET
def dispatch(request: StaffRequest, dispatch_id: int) -> HttpResponse:
    found = selectors.dispatch(dispatch_id)
    if found is None:
        raise Http404
    return render(
        request,
        "office/dispatch.html",
        _figures(found) | {
            "tranches": "" if are_hidden(found) else tranche_words(found),
            "no_more": why_no_more(found) if is_postal(found.purpose) else "",
            "has_open_batch": selectors.has_open_batch(found.pk),
            "deliveries": selectors.deliveries(found.pk),
            "rate_form": RateForm(initial={"letters_a_minute": found.letters_a_minute}),
            "job": selectors.latest_job(SEND_JOB, subject=("dispatch", str(found.pk))),
            "refused": selectors.refused_letters(found.pk).count(),
            "may_run": may(request.user, "run_letters"),
            "may_settle": may(request.user, "settle_letter"),
            "can_pause": found.state == found.State.SENDING,
            "can_resume": found.state == found.State.PAUSED,
            "can_release": found.state == found.State.SENDING
            and selectors.has_unreleased(found),
        },
    )


@staff_only("see_letters", post="run_letters")
@require_POST
def pause(request: StaffRequest, dispatch_id: int) -> HttpResponse:
    pause_letters(dispatch_id, by=request.user.pk, now=timezone.now())
    messages.success(request, "Paused. What the mail server has taken is gone; the rest waits.")
    return redirect("dispatch", dispatch_id)


@staff_only("see_letters", post="run_letters")
@require_POST
def resume(request: StaffRequest, dispatch_id: int) -> HttpResponse:
    resume_letters(dispatch_id, by=request.user.pk, now=timezone.now())
    return redirect("dispatch", dispatch_id)


@staff_only("see_letters", post="run_letters")
@require_POST
def release(request: StaffRequest, dispatch_id: int) -> HttpResponse:
    asked = request.POST.get("tranches")
    if asked not in ("next", "all"):
        raise Http404
    tranches = 1 if asked == "next" else None
    release_more(dispatch_id, tranches=tranches, by=request.user.pk, now=timezone.now())
    messages.success(
        request, "All letters are released." if asked == "all" else "The next tranche is released."
    )
    return redirect("dispatch", dispatch_id)


@staff_only("see_letters", post="run_letters")
@require_POST
def rate(request: StaffRequest, dispatch_id: int) -> HttpResponse:
    form = RateForm(request.POST)
    if not form.is_valid():
        messages.error(request, "Give a whole number from 1 to 1,000,000, or leave it empty.")
        return redirect("dispatch", dispatch_id)
    set_rate(dispatch_id, letters_a_minute=form.cleaned_data["letters_a_minute"],
             by=request.user.pk, now=timezone.now())
    messages.success(request, "Set. It holds from the next letters on.")
    return redirect("dispatch", dispatch_id)


@staff_only("see_letters", post="settle_letter")
@require_POST
def send_refused(request: StaffRequest, dispatch_id: int) -> HttpResponse:
    letters = send_refused_again(dispatch_id, by=request.user.pk, now=timezone.now())
    messages.success(request, f"To be sent again: {letters:,}.")
    return redirect("dispatch", dispatch_id)


@staff_only("see_letters")
@require_GET
def returned_letters(request: StaffRequest) -> HttpResponse:
    letters = selectors.returned_letters(after=key_asked(request, "after") or 0)
    context = _shown(request, letters) | {"may_settle": may(request.user, "settle_return")}
    return render(request, "office/returned_letters.html", context)


@staff_only("see_letters", post="settle_return")
@require_POST
def settle_returned(request: StaffRequest, letter_id: int) -> HttpResponse:
    outcome = request.POST.get("outcome")
    if outcome not in ("post", "otherwise"):
        raise Http404
    act = post_instead if outcome == "post" else settle_return
    act(letter_id, by=request.user.pk, now=timezone.now())
    messages.success(
        request,
        "A printed letter waits under “Letters to print”."
        if outcome == "post"
        else "Marked as dealt with.",
    )
    return redirect("returned_letters")


@staff_only("see_letters")
@require_GET
def held_letters(request: StaffRequest) -> HttpResponse:
    letters = selectors.held_letters(after=key_asked(request, "after") or 0)
    context = _shown(request, letters) | {"may_settle": may(request.user, "settle_letter")}
    return render(request, "office/held_letters.html", context)


def _shown(request: StaffRequest, letters: Sequence[Letter]) -> dict[str, Any]:
    """A page of letters, with their recipients' names for whoever may read the roll.

    How many names were shown is written down.
    """
    names = _names(letters) if may(request.user, "see_roll") else {}
    note_names_shown(len(names), by=request.user.pk, now=timezone.now())
    is_full = len(letters) == selectors.PAGE_ROWS
    return {
        "rows": [
            {
                "letter": letter,
                "name": names.get((letter.purpose, letter.recipient), ""),
                "is_postal": may_be_printed(letter.dispatch),
                "may_print": letter.was_not_taken and may_be_printed(letter.dispatch),
            }
            for letter in letters
        ],
        "next_url": f"?after={letters[-1].pk}" if is_full else "",
    }


def _names(letters: Sequence[Letter]) -> dict[tuple[str, str], str]:
    """What to call the recipients of letters, by purpose and recipient."""
    by_purpose: dict[str, list[str]] = {}
    for letter in letters:
        by_purpose.setdefault(letter.purpose, []).append(letter.recipient)
    return {
        (purpose, recipient): name
        for purpose, recipients in by_purpose.items()
        for recipient, name in recipients_named(purpose, recipients).items()
    }


@staff_only("see_letters", post="settle_letter")
@require_POST
def settle(request: StaffRequest, letter_id: int) -> HttpResponse:
    said = {"sent": "Marked as sent.", "again": "It will be sent again.",
            "paper": "It waits under “Letters to print”."}
    outcome = request.POST.get("outcome", "")
    if outcome not in said:
        raise Http404
    if outcome == "paper":
        put_on_paper(letter_id, by=request.user.pk, now=timezone.now())
    else:
        settle_letter(
            letter_id, was_sent=outcome == "sent", by=request.user.pk, now=timezone.now()
        )
    messages.success(request, said[outcome])
    return redirect("held_letters")
