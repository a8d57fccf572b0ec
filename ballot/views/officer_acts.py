"""The page of each act: what will happen, what stops it, what it needs, and the button."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from django.contrib import messages
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache

from ballot.attestations import open_now
from ballot.ceremonies import ceremony_stands
from ballot.checklist import BY_ACT, Check, checks_of
from ballot.destruction import what_goes
from ballot.forms.acts import LotForm, PlainForm
from ballot.forms.reading import sent
from ballot.lifecycle import State
from ballot.models import Attestation, Contest, Election
from ballot.selectors import contested, election_by_slug, on_paper
from ballot.services.count_papers import record_lot
from ballot.services.see_count import see_count
from ballot.showing.act_facts import facts_of, passed_sentence
from ballot.showing.attestations import PartShown, part_shown
from ballot.showing.business import WITHIN_FROZEN
from ballot.showing.contest_result import ContestResult
from ballot.showing.lots import tie_of
from ballot.showing.release import CountPage
from ballot.showing.results import counted_of
from ballot.showing.small_box import small_box_sentence
from ballot.views.act_table import ACTS, DeskAct, How
from ballot.views.officer_evidence import counts_differ
from ballot.views.trying import get_or_post, tried
from office.access import StaffRequest, staff_only
from office.refusal import Refusal
from office.selectors import latest_job, waiting_approval

_About = Attestation.About
_SIGNED: Final = {"open_poll": (_About.PAPER,), "declare": (_About.POST, _About.COUNT)}
"""What agents and scrutineers sign or object to before an act that builds upon it."""


def act_page(name: str) -> Callable[..., HttpResponseBase]:
    """The view of one act, guarded by that act's row of the permission table."""
    act = ACTS[name]

    @staff_only(act.demands)
    @never_cache
    @get_or_post
    def page(request: StaffRequest, slug: str) -> HttpResponse:
        election = election_by_slug(slug)
        form = act.form(sent(request), election=election)
        if request.method == "POST" and form.is_valid() and tried(
            form, lambda: _carry_out(act, election, form, by=request.user.pk)
        ):
            messages.success(request, act.said(election))
            return redirect("desk_election", slug)
        return _page(request, act, election, form)

    return page


def _carry_out(act: DeskAct, election: Election, form: PlainForm, *, by: int) -> None:
    # Before it is proposed or started, and not only when it is done: a page that was left open
    # over a move of the election shows a button that no longer belongs.
    act.require(election, now=timezone.now())
    _require_no_ceremony(act, election)
    act.carry_out(election, by=by, given=form.parameters())


def _require_no_ceremony(act: DeskAct, election: Election) -> None:
    """Refuse to begin a ceremony over one that stands: a stale page must not undo it."""
    if act.name == "set_key" and ceremony_stands(election):
        raise Refusal(
            "ceremony.stands",
            "A key ceremony has begun already. On the page of the trustees it can be begun anew.",
        )


def _page(
    request: StaffRequest, act: DeskAct, election: Election, form: PlainForm
) -> HttpResponse:
    now = timezone.now()
    subject = ("election", str(election.pk))
    checks = checks_of(election, act.name, now=now) if act.name in BY_ACT else []
    is_here = act.is_at_its_state(election)
    hindrance = act.hindrance(election, now=now) if is_here else ""
    approval = waiting_approval(act.name, subject=subject, now=now)
    job = latest_job(act.name, subject=subject)
    is_under_way = job is not None and job.finished_at is None
    context = {
        "act": act,
        "sentences": act.told(election),
        "election": election,
        "form": form,
        "counts_differ": counts_differ(request, election),
        "facts": facts_of(election, act.name) if is_here else (),
        "passed_sentence": passed_sentence(election, act.name, now=now) if is_here else "",
        # The one check of a step within the frozen state asks whether anything is left to do.
        "checks": () if act.name in WITHIN_FROZEN else checks,
        "done_already": _done_already(act, checks) if is_here else "",
        "approval": approval,
        "job": job if is_here else None,
        "is_here": is_here,
        "takes_two": act.how is How.BY_TWO,
        "by_trustees": is_here and act.name in {"set_key", "open_poll", "mix_box", "open_box"},
        "ceremony_stands": act.name == "set_key" and ceremony_stands(election),
        "by_issuer": act.name == "send_codes" and election.issuer is not None,
        "small_box_sentence": small_box_sentence(election) if is_here else "",
        "issuer_sends": act.name == "open_poll" and election.issuer is not None,
        "goes": what_goes(election) if act.name == "destroy_ballots" and is_here else (),
        "hindrance": "" if approval else hindrance,
        "counted": _counted(request, election) if is_here and act.name == "declare" else (),
        "signed": _signed(act, election) if is_here else (),
        "may_go_on": is_here and not hindrance and approval is None and not is_under_way
        and _nothing_stops(act, election, checks),
    }
    return render(request, "ballot/desk/act.html", context)


def _signed(act: DeskAct, election: Election) -> list[PartShown]:
    """What was said of each part that can be signed before the act, word for word."""
    due = open_now(election)
    return [part_shown(election, one) for one in _SIGNED.get(act.name, ()) if one in due]


def _counted(request: StaffRequest, election: Election) -> tuple[ContestResult, ...]:
    """What is to be declared; that somebody is shown it is written down first."""
    counted = counted_of(election)
    if counted:
        see_count(election, CountPage.DECLARE, by=request.user.pk, now=timezone.now())
    return counted


def _done_already(act: DeskAct, checks: list[Check]) -> str:
    """That nothing is left to do, of an act whose one check asks for that."""
    unmet = [check for check in checks if not check.is_met]
    return unmet[0].mend if act.name in WITHIN_FROZEN and unmet else ""


def _nothing_stops(act: DeskAct, election: Election, checks: list[Check]) -> bool:
    if act.name == "send_codes" and election.issuer is not None:
        return False
    if act.name == "set_key" and ceremony_stands(election):
        return False
    if act.name == "open_box" and election.demonstration:
        # The server opens the trustees' parts itself, as the first thing of the act.
        return True
    return all(check.is_met for check in checks)


# --- a lot -----------------------------------------------------------------------------------


@staff_only("record_lot")
@never_cache
@get_or_post
def lot(request: StaffRequest, slug: str) -> HttpResponse:
    """Record the lot that the count waits for; with none awaited, the page says so."""
    election = election_by_slug(slug)
    contest, tie = _first_tie(election)
    if contest is None or tie is None:
        return render(request, "ballot/desk/lot.html", {"election": election})
    tied = [one for one in on_paper(contest) if one.position in tie.left]
    form = LotForm(sent(request), tied=tied)
    if request.method == "POST" and form.is_valid() and tried(form, lambda: record_lot(
        contest.pk, drawn=form.drawn(), among=form.positions, witnesses=form.witnesses(),
        by=request.user.pk, now=timezone.now(),
    )):
        messages.success(request, "The lot is recorded. Start the count again.")
        return redirect("act_count", slug)
    see_count(election, CountPage.LOT, by=request.user.pk, now=timezone.now())
    context = {"election": election, "contest": contest, "tied": tied, "form": form,
               "stage": tie.stage, "is_surplus": tie.purpose == "surplus"}
    return render(request, "ballot/desk/lot.html", context)


def _first_tie(election: Election) -> tuple[Contest | None, Any]:
    if election.stage == State.OPENED:
        for contest in contested(election):
            tie = tie_of(contest)
            if tie is not None:
                return contest, tie
    return None, None
