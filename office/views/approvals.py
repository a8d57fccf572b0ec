"""Proposals that wait for a second officer: what will happen, approve, refuse, withdraw."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import resolve
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from office import selectors
from office.access import StaffRequest, may, staff_only
from office.acts import is_for_good, page_of_act, sentence_on_page
from office.forms import RefuseForm
from office.models import Approval, StaffMember
from office.permissions import ACTS
from office.purposes import note_names_shown
from office.services.approvals import (
    approve_act,
    refuse_act,
    why_barred,
    why_not,
    why_not_theirs,
    withdraw_proposal,
)
from office.subjects import subjects_told
from office.views.asked import key_asked


@staff_only("see_approvals")
@require_GET
def approvals(request: StaffRequest) -> HttpResponse:
    now = timezone.now()
    decided = selectors.decided_approvals(before=key_asked(request, "before"))
    waiting = list(selectors.waiting_approvals(now=now))
    sentences = _sentences(waiting, request.user, now=now)
    acts = selectors.acts_of(request.user.pk, now=now)
    about = subjects_told((approval.subject for approval in waiting), acts=acts)
    return render(
        request,
        "office/approvals.html",
        {
            "undecided": [
                _card(approval, request.user, acts=acts, now=now)
                | {"sentence": sentence, "subject": about[approval.subject]}
                for approval, sentence in zip(waiting, sentences, strict=True)
            ],
            "decided": decided,
            "next_url": _next_url(decided),
        },
    )


@staff_only("see_approvals", post="decide_approval")
@require_POST
def approve(request: StaffRequest, approval_id: int) -> HttpResponse:
    approval = approve_act(approval_id, by=request.user.pk, now=timezone.now())
    messages.success(request, f"Approved and carried out: {ACTS[approval.act].words}.")
    return redirect("approvals")


@staff_only("see_approvals", post="decide_approval")
@require_POST
def refuse(request: StaffRequest, approval_id: int) -> HttpResponse:
    form = RefuseForm(request.POST)
    reason = form.cleaned_data["reason"] if form.is_valid() else ""
    approval = refuse_act(approval_id, by=request.user.pk, now=timezone.now(), reason=reason)
    messages.success(request, f"Refused: {ACTS[approval.act].words}. Nothing was changed.")
    return redirect("approvals")


@staff_only("see_approvals", post="withdraw_proposal")
@require_POST
def withdraw(request: StaffRequest, approval_id: int) -> HttpResponse:
    approval = withdraw_proposal(approval_id, by=request.user.pk, now=timezone.now())
    messages.success(request, f"Withdrawn: {ACTS[approval.act].words}. Nothing was changed.")
    return redirect("approvals")


def _sentences(waiting: list[Approval], person: StaffMember, *, now: datetime) -> list[str]:
    """What each proposal says: of members by number, for whoever may see them.

    How many name members so is written down.
    """
    kept = [approval.sentence for approval in waiting]
    if not may(person, "see_members"):
        return kept
    shown = [sentence_on_page(approval.act, approval.sentence) for approval in waiting]
    named = sum(one != other for one, other in zip(kept, shown, strict=True))
    note_names_shown(named, by=person.pk, now=now)
    return shown


def _card(
    approval: Approval, person: StaffMember, *, acts: frozenset[str], now: datetime
) -> dict[str, Any]:
    hindrance = why_not(approval, now=now)
    bar = why_barred(approval, person.pk)
    not_theirs = why_not_theirs(approval, by=person.pk, now=now)
    return {
        "approval": approval,
        "hindrance": hindrance.sentence if hindrance else "",
        "is_for_good": is_for_good(approval.act),
        # Of what can no longer be carried out there may be no page, either.
        "page_url": "" if hindrance else _page_url(approval, acts),
        "bar": bar.sentence if bar else "",
        "is_own": approval.proposed_by_id == person.pk,
        "can_decide": not_theirs is None,
        "not_theirs": not_theirs.sentence if not_theirs else "",
        "refuse_form": RefuseForm(auto_id=f"refuse-{approval.pk}-%s"),
    }


def _page_url(approval: Approval, acts: frozenset[str]) -> str:
    """The page of what would change; empty where there is none that this reader may open."""
    path = page_of_act(approval.act, approval.subject_id, approval.parameters)
    is_open = bool(path) and getattr(resolve(path).func, "staff_act", None) in acts
    return path if is_open else ""


def _next_url(rows: list[Approval]) -> str:
    return f"?before={rows[-1].pk}" if len(rows) == selectors.PAGE_ROWS else ""
