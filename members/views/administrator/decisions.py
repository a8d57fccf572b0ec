"""Standing decisions and appeals, at the desk."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from members import selectors, services
from members.forms.decisions import WITHOUT_DAYS, DecisionForm, GroundsForm, OutcomeForm
from members.letters import notice_of, outcome_of
from members.models import Decision, Member
from members.services.amending import offer_of
from members.services.propose_standing import ACT
from members.views.downloads import csv_download, name_for
from members.views.paging import row_named
from office.access import StaffRequest, may, staff_only
from office.letters import words
from office.refusal import Refusal
from office.selectors import waiting_approval


@staff_only("see_members")
@require_GET
def decisions(request: StaffRequest) -> HttpResponse:
    rows = selectors.decisions.decisions(before=row_named(request, "before"))
    is_full = len(rows) == selectors.people.PAGE_ROWS
    appeals = list(selectors.decisions.open_appeals()[: selectors.people.PAGE_ROWS])
    people = {row.member_id for row in rows} | {each.decision.member_id for each in appeals}
    if people:
        services.record_search("", hits=len(people), by=request.user.pk, now=timezone.now())
    return render(
        request,
        "members/decisions.html",
        {
            "decisions": [{"decision": row, "state": _state(row)} for row in rows],
            "appeals": appeals,
            "next_url": f"?before={rows[-1].pk}" if is_full else "",
            "may_print": may(request.user, "decide_standing"),
        },
    )


@staff_only("see_members", post="decide_standing")
@require_http_methods(["GET", "HEAD", "POST"])
def decide(request: StaffRequest, member_id: int) -> HttpResponse:
    """Propose a decision on one person."""
    member = _member(member_id)
    services.record_lookup(member.pk, by=request.user.pk, now=timezone.now())
    form = DecisionForm(request.POST or None)
    refusal = ""
    if request.method == "POST" and form.is_valid():
        try:
            decision_id = services.propose_standing(
                member.pk, by=request.user.pk, now=timezone.now(), **form.cleaned_data
            )
        except Refusal as refused:
            refusal = refused.sentence
        else:
            messages.success(request, "Proposed. Another officer must approve it.")
            return redirect("decision", decision_id)
    return render(
        request,
        "members/decide.html",
        {
            "member": member,
            "form": form,
            "refusal": refusal,
            "standing": selectors.decisions.standing_decision(
                selectors.decisions.person_of(member)
            ),
            "may_propose": may(request.user, "decide_standing"),
        },
        status=400 if request.method == "POST" else 200,
    )


@staff_only("see_members")
@require_GET
def decision(request: StaffRequest, decision_id: int) -> HttpResponse:
    return _page(request, _decision(decision_id))


@staff_only("see_members", post="lodge_appeal")
@require_POST
def appeal(request: StaffRequest, decision_id: int) -> HttpResponse:
    """Lodge an appeal for a member who wrote or telephoned."""
    found = _decision(decision_id)
    form = GroundsForm(request.POST)
    if not form.is_valid():
        return _page(request, found, grounds_form=form, status=400)
    services.lodge_appeal(
        found.pk, grounds=form.cleaned_data["grounds"], by=request.user.pk, now=timezone.now()
    )
    messages.success(request, "The appeal is lodged.")
    return redirect("decision", found.pk)


@staff_only("see_members", post="decide_appeal")
@require_POST
def outcome(request: StaffRequest, decision_id: int) -> HttpResponse:
    """Uphold or dismiss the appeal against a decision."""
    found = _decision(decision_id)
    form = OutcomeForm(request.POST)
    if not hasattr(found, "appeal"):
        raise Http404
    if not form.is_valid():
        return _page(request, found, outcome_form=form, status=400)
    services.decide_appeal(
        found.appeal.pk,
        upheld=form.cleaned_data["outcome"] == "upheld",
        answer=form.cleaned_data["answer"],
        by=request.user.pk,
        now=timezone.now(),
    )
    messages.success(request, "The appeal is decided, and the member is told.")
    return redirect("decision", found.pk)


@staff_only("see_members", post="decide_standing")
@require_POST
def notices_to_print(request: StaffRequest) -> HttpResponseBase:
    """The letters of people without an e-mail address, as a table to print and post them from."""
    now = timezone.now()
    services.record_printing(by=request.user.pk, now=now)
    return csv_download(
        name_for("letters-to-print", request.user.name, now=now),
        ("letter", "name", "address", "subject", "text"),
        _letters_to_print(),
    )


def _letters_to_print() -> Iterator[tuple[str, ...]]:
    for made in selectors.decisions.notices_by_post():
        subject, text, _ = words("members/letters/decision_notice", notice_of(made))
        yield f"decision {made.pk}", made.member.full_name, _address(made.member), subject, text
    for decided in selectors.decisions.outcomes_by_post():
        subject, text, _ = words("members/letters/appeal_outcome", outcome_of(decided))
        person = decided.decision.member
        yield f"appeal {decided.pk}", person.full_name, _address(person), subject, text


def _address(member: Member) -> str:
    """The address for the envelope; that of somebody at risk stands in no export."""
    if member.address_withheld:
        return "Withheld: write the envelope from the member’s page."
    return "\n".join(member.postal_lines) or "No address is on file."


def _page(
    request: StaffRequest,
    found: Decision,
    *,
    grounds_form: GroundsForm | None = None,
    outcome_form: OutcomeForm | None = None,
    status: int = 200,
) -> HttpResponse:
    now = timezone.now()
    services.record_lookup(found.member_id, by=request.user.pk, now=now)
    lodged = getattr(found, "appeal", None)
    is_open = lodged is not None and not lodged.outcome
    took_part = request.user.pk in (found.proposed_by_id, found.approved_by_id)
    has_lodged = lodged is not None and lodged.lodged_by_id == request.user.pk
    may_lodge = lodged is None and found.appeal_until is not None and now < found.appeal_until
    return render(
        request,
        "members/decision.html",
        {
            "decision": found,
            "state": _state(found),
            "asks_days": found.kind not in WITHOUT_DAYS,
            "appeal": lodged,
            "approval": _approval(found),
            "at_odds": _at_odds(found) if found.decided_at else [],
            "may_amend": may(request.user, "amend_roll"),
            "may_lodge": may_lodge and may(request.user, "lodge_appeal"),
            "may_settle": is_open
            and not took_part
            and not has_lodged
            and may(request.user, "decide_appeal"),
            "took_part": is_open and took_part,
            "has_lodged": is_open and has_lodged and not took_part,
            "form": outcome_form or grounds_form,
            "grounds_form": grounds_form or GroundsForm(),
            "outcome_form": outcome_form or OutcomeForm(),
        },
        status=status,
    )  # fmt: skip


def _at_odds(found: Decision) -> list[dict[str, object]]:
    """The rolls that do not agree with the list today, each with the amendment that is due."""
    shown: list[dict[str, object]] = []
    for odds in selectors.amendments_due.rolls_at_odds(found.member_id):
        due = selectors.amendments_due.due_of(found, odds)
        offer = offer_of(odds.roll.pk, found.pk, due, now=timezone.now()) if due else None
        shown.append({"odds": odds, "due": due, "offer": offer})
    return shown


def _approval(found: Decision) -> Any:
    """The proposal of this decision, while it waits for a second officer."""
    if found.decided_at is not None:
        return None
    waiting = waiting_approval(ACT, subject=("member", str(found.member_id)), now=timezone.now())
    return waiting if waiting and waiting.parameters.get("decision") == found.pk else None


def _state(found: Decision) -> str:
    if found.decided_at is None:
        return "Waits for a second officer" if _approval(found) else "Not approved"
    if not found.may_be_appealed:
        return "Carried out"
    lodged = getattr(found, "appeal", None)
    if lodged is not None and lodged.outcome == "upheld":
        return "Overturned on appeal"
    return "Stands" if found.ended_at is None else "No longer stands"


def _decision(decision_id: int) -> Decision:
    found = selectors.decisions.decision(decision_id)
    if found is None:
        raise Http404
    return found


def _member(member_id: int) -> Member:
    found = selectors.people.member(member_id)
    if found is None:
        raise Http404
    return found
