"""Amendments of the frozen roll at the desk: one by one, in bulk, and the ballots that follow."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache

from ballot.acts import amend_parameters, amend_subject
from ballot.destruction import kept_election
from ballot.forms.amendments import AmendmentForm, BulkForm
from ballot.forms.reading import sent, sent_with_files
from ballot.lifecycle import State
from ballot.models import Election
from ballot.sealing.ballot import tracker_words
from ballot.selectors import election_by_slug, roll_of
from ballot.services.amend_roll import AMENDABLE, BULK_JOB
from ballot.services.set_aside_ballots import digest_due
from ballot.showing.small_box import small_box_sentence
from ballot.struck_ballots import struck_ballots
from ballot.views.trying import get_or_post
from members.selectors import (
    WHY_NOT,
    EnteredTwice,
    all_by_number,
    amendments_of,
    bulk_amendment,
    bulk_by_section,
    bulks_of,
    cannot_be_amended,
    electors_amended,
    member_numbered,
    people_entered_twice,
    people_of_bulk,
    reason_label,
    record_words,
    refused_of_bulk,
    struck_by_reason,
)
from members.services import draft_bulk, record_lookup, record_search
from office.access import StaffRequest, may, staff_only
from office.models import Approval
from office.refusal import Refusal
from office.selectors import latest_job, waiting_approval, waiting_approvals
from office.services.approvals import propose_act
from office.views.asked import key_asked

PAGE_ROWS = 100
_PROPOSED = "Proposed. Another officer must approve it."
_FOLLOWS = {
    "add": "Once another officer has approved it, everybody in the set is on the roll, and gets a "
    "voting code unless the poll has closed.",
    "remove": "Once another officer has approved it, everybody in the set is struck off the roll. "
    "Whoever has not cast a ballot can no longer cast one; of a ballot that was cast the rule of "
    "the notice decides.",
}


@staff_only("see_roll", post="amend_roll")
@never_cache
@get_or_post
def amendments(request: StaffRequest, slug: str) -> HttpResponse:
    election = election_by_slug(slug)
    form = AmendmentForm(sent(request))
    if request.method == "POST" and form.is_valid() and _proposed(request, election, form):
        messages.success(request, _PROPOSED)
        return redirect("desk_amendments", slug)
    context = {"election": election, "form": form, **_amendments(request, election)}
    twice = sum(len(one["records"]) for one in context["twice"])
    _record_shown(request, twice + len(context["waiting"]))
    return render(request, "ballot/desk/amendments.html", context)


def _record_shown(request: StaffRequest, people: int) -> None:
    """Write down that the page names so many people."""
    if people:
        record_search("", hits=people, by=request.user.pk, now=timezone.now())


def _proposed(request: StaffRequest, election: Election, form: AmendmentForm) -> bool:
    """Propose the amendment; what it would refuse is said now, and not to the second officer."""
    member = member_numbered(form.cleaned_data["number"])
    if member is None:
        form.add_error("number", "Nobody has this number. Look at it again.")
        return False
    # Whether somebody is on the roll is answered here: it is written down who was asked about.
    record_lookup(member.pk, by=request.user.pk, now=timezone.now())
    decision = form.decision()
    try:
        roll_id = roll_of(election).pk
        wrong = cannot_be_amended(roll_id, kind=decision["kind"], members=[member.pk])
        if wrong:
            form.add_error("number", f"This cannot be done: {WHY_NOT[wrong[0][1]]}.")
            return False
        propose_act("amend_roll", subject=amend_subject(election, member.pk),
                    by=request.user.pk, now=timezone.now(),
                    parameters=amend_parameters(election, member.pk, **decision))
    except Refusal as refusal:
        form.add_error(None, refusal.sentence)
        return False
    return True


def _amendments(request: StaffRequest, election: Election) -> dict[str, Any]:
    roll = election.roll
    after = key_asked(request, "after") or 0
    rows = amendments_of(roll.pk, after=after, most=PAGE_ROWS) if roll else []
    sections = electors_amended(roll.pk) if roll else []
    waiting = waiting_approvals(now=timezone.now()).filter(
        act="amend_roll", subject_id__startswith=f"{election.pk}-"
    )
    return {
        "roll": roll,
        "rows": rows,
        "next_url": f"?after={rows[-1].number}" if len(rows) == PAGE_ROWS else "",
        "sections": sections,
        "total": sum(one.electors for one in sections),
        "reasons": struck_by_reason(roll.pk) if roll else [],
        "bulks": bulks_of(roll.pk) if roll else [],
        "twice": [_twice(one) for one in people_entered_twice(roll.pk)[:PAGE_ROWS]] if roll else [],
        "waiting": _by_number(waiting[:PAGE_ROWS]) if may(request.user, "see_approvals") else [],
        "may_amend": may(request.user, "amend_roll") and _is_amendable(election),
        "may_amend_in_bulk": may(request.user, "amend_roll_in_bulk") and _is_amendable(election),
    }


def _by_number(waiting: Iterable[Approval]) -> list[tuple[Approval, str]]:
    """Proposals with their words, which name people by their membership numbers."""
    shown = list(waiting)
    return list(zip(shown, all_by_number([one.sentence for one in shown]), strict=True))


def _twice(one: EnteredTwice) -> dict[str, Any]:
    """A person with two papers, and the grounds on which an officer strikes one off."""
    records = " and ".join(record_words(record.pk) for record in one.records)
    return {
        "records": one.records,
        "grounds": f"Found to be one person’s, and each on the roll: {records}.",
    }


def _is_amendable(election: Election) -> bool:
    return election.roll_id is not None and election.stage in AMENDABLE


@staff_only("see_roll", post="amend_roll_in_bulk")
@never_cache
@get_or_post
def bulk_new(request: StaffRequest, slug: str) -> HttpResponse:
    election = election_by_slug(slug)
    form = BulkForm(*sent_with_files(request))
    if request.method == "POST" and form.is_valid():
        try:
            bulk_id = draft_bulk(
                roll_of(election).pk, content=form.cleaned_data["file"].read(),
                by=request.user.pk, now=timezone.now(), **form.decision(),
            )
        except Refusal as refusal:
            form.add_error(None, refusal.sentence)
        else:
            return redirect("desk_bulk", slug, bulk_id)
    context = {"election": election, "form": form, "is_amendable": _is_amendable(election)}
    return render(request, "ballot/desk/bulk_new.html", context)


@staff_only("see_roll", post="amend_roll_in_bulk")
@never_cache
@get_or_post
def bulk(request: StaffRequest, slug: str, bulk_id: int) -> HttpResponse:
    election = election_by_slug(slug)
    chosen = bulk_amendment(bulk_id)
    if chosen is None or chosen.roll_id != election.roll_id:
        raise Http404
    refused, people, refusal = refused_of_bulk(chosen.pk), people_of_bulk(chosen.pk), ""
    _record_shown(request, len(refused) + len(people))
    if request.method == "POST":
        refusal = _propose(request, "amend_roll_in_bulk", election,
                           {"bulk": chosen.pk, "digest": bytes(chosen.digest).hex()})
        if not refusal:
            return redirect("desk_bulk", slug, bulk_id)
    subject = ("election", str(election.pk))
    done = getattr(chosen, "amendment", None)
    approval = waiting_approval("amend_roll_in_bulk", subject=subject, now=timezone.now())
    job = latest_job(BULK_JOB, subject=subject)
    context = {
        "election": election, "bulk": chosen, "done": done, "refusal": refusal,
        "approval": approval, "reason": reason_label(chosen.reason),
        "job": job if job and job.parameters.get("bulk") == chosen.pk else None,
        "digest": bytes(chosen.digest).hex(), "sections": bulk_by_section(chosen),
        "refused": refused, "refused_count": chosen.refused.count(), "people": people,
        "follows": _FOLLOWS[chosen.kind],
        "may_propose": done is None and approval is None and _is_amendable(election)
        and may(request.user, "amend_roll_in_bulk"),
    }
    return render(request, "ballot/desk/bulk.html", context,
                  status=409 if refusal else 200)


@staff_only("set_aside_ballot")
@never_cache
@get_or_post
def set_aside(request: StaffRequest, slug: str) -> HttpResponse:
    """The ballots of those struck off after casting, and the proposal to set aside what is due."""
    election = kept_election(slug)
    refusal = ""
    ballots = struck_ballots(election)
    due = [one for one in ballots if one.is_due and not one.is_set_aside]
    is_here = election.stage == State.CLOSED
    if request.method == "POST" and is_here and due:
        refusal = _propose(request, "set_aside_ballot", election, {"digest": digest_due(due)})
        if not refusal:
            return redirect("desk_set_aside", slug)
    approval = waiting_approval(
        "set_aside_ballot", subject=("election", str(election.pk)), now=timezone.now()
    )
    context = {
        "election": election, "approval": approval, "refusal": refusal, "due": len(due),
        "small_box_sentence": small_box_sentence(election),
        "is_here": is_here, "may_propose": is_here and bool(due) and approval is None,
        "ballots": [
            {"words": " ".join(tracker_words(one.tracker)), "ballot": one,
             "reason": reason_label(one.reason)}
            for one in ballots[:PAGE_ROWS]
        ],
        "total": len(ballots),
    }
    return render(request, "ballot/desk/set_aside.html", context,
                  status=409 if refusal else 200)


def _propose(
    request: StaffRequest, act: str, election: Election, parameters: dict[str, Any]
) -> str:
    """Propose an act about the election; return why not, or nothing."""
    try:
        propose_act(act, subject=("election", str(election.pk)), by=request.user.pk,
                    now=timezone.now(), parameters=parameters)
    except Refusal as refusal:
        return refusal.sentence
    messages.success(request, _PROPOSED)
    return ""
