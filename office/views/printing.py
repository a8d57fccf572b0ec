"""Letters on paper at the desk: what waits to be printed, the batches, and their files."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from office import selectors
from office.access import StaffRequest, may, staff_only
from office.models import Dispatch, PrintBatch
from office.postal import postal_purposes
from office.services.approvals import propose_act
from office.services.printing import (
    LETTERS_A_FILE,
    batches_of,
    files_of,
    files_to_take,
    hand_over_batch,
    letters_to_print,
    take_file,
    why_no_more,
)


@staff_only("see_letters")
@require_GET
def printed_letters(request: StaffRequest) -> HttpResponse:
    dispatches = list(selectors.dispatches().filter(purpose__in=postal_purposes()))
    return render(
        request,
        "office/printed_letters.html",
        {
            "waiting": [row for one in dispatches if (row := _waiting(one))["letters"]],
            "batches": [_shown(batch) for batch in batches_of(dispatches)],
            "may_order": may(request.user, "order_print_batch"),
            "may_take": may(request.user, "take_print_file"),
            "may_hand_over": may(request.user, "hand_over_print_batch"),
            "letters_a_file": LETTERS_A_FILE,
        },
    )


def _waiting(dispatch: Dispatch) -> dict[str, Any]:
    proposal = selectors.waiting_approval(
        "order_print_batch", subject=("dispatch", str(dispatch.pk)), now=timezone.now()
    )
    return {"dispatch": dispatch, "letters": letters_to_print(dispatch), "proposal": proposal}


def _shown(batch: PrintBatch) -> dict[str, Any]:
    is_open = batch.handed_over_at is None
    no_more = why_no_more(batch.dispatch) if is_open else ""
    return {
        "batch": batch,
        "files": range(1, files_of(batch) + 1),
        "no_more": no_more,
        "to_take": files_to_take(batch, no_more=no_more) if is_open else [],
    }


@staff_only("see_letters", post="order_print_batch")
@require_POST
def order(request: StaffRequest, dispatch_id: int) -> HttpResponse:
    dispatch = selectors.dispatch(dispatch_id)
    if dispatch is None:
        raise Http404
    letters = min(letters_to_print(dispatch), dispatch.tranche_size)
    propose_act(
        "order_print_batch", subject=("dispatch", str(dispatch_id)), by=request.user.pk,
        now=timezone.now(), parameters={"letters": letters},
    )
    messages.success(request, "Proposed. Another officer must approve it.")
    return redirect("printed_letters")


@staff_only("see_letters", post="take_print_file")
@never_cache
@require_POST
def take(request: StaffRequest, batch_id: int) -> HttpResponse:
    asked = request.POST.get("file", "")
    if not (asked.isascii() and asked.isdecimal() and len(asked) < 6):
        raise Http404
    made = take_file(batch_id, number=int(asked), by=request.user.pk, now=timezone.now())
    return HttpResponse(
        made,
        content_type="application/pdf",
        headers={
            "Content-Disposition": f'attachment; filename="letters-{batch_id}-{int(asked)}.pdf"'
        },
    )


@staff_only("see_letters", post="hand_over_print_batch")
@require_POST
def hand_over(request: StaffRequest, batch_id: int) -> HttpResponse:
    done = hand_over_batch(batch_id, by=request.user.pk, now=timezone.now())
    left_out = (
        f" Of the batch, in no file and with their codes still: {done.left_out:,}."
        if done.left_out else ""
    )
    messages.success(
        request, f"{'Closed' if done.is_over else 'Handed over'}. Letters whose codes are erased "
        f"on this server: {done.letters:,}.{left_out}",
    )
    return redirect("printed_letters")
