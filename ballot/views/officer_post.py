"""The officers' pages of the post: figures, envelopes, the scanner, the tellers, rulings."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from ballot.destruction import kept_election
from ballot.forms.post import BarcodeForm, RulingForm
from ballot.forms.reading import sent
from ballot.models import EnvelopeReceipt
from ballot.postal import issues_of
from ballot.services.name_tellers import name_tellers
from ballot.services.read_papers import paper_at
from ballot.services.receive_envelope import Came, receive_envelope
from ballot.services.rule_on_postal_paper import rule_on_postal_paper
from ballot.services.take_envelope_labels import take_envelope_labels
from ballot.showing.post import contests_by_code, doubt_words, people_of, post_of
from ballot.times import in_zone
from ballot.views.act_table import ACTS
from ballot.views.trying import get_or_post, tried
from members.services import record_search
from office.access import StaffRequest, may, staff_only
from office.refusal import Refusal
from office.selectors import waiting_approval

_CAME = {
    EnvelopeReceipt.Outcome.RECEIVED: "Received. Put it unopened into the box of the envelopes "
    "received: its elector can no longer vote online.",
    EnvelopeReceipt.Outcome.REFUSED: "Refused: its elector has voted already, or is no longer on "
    "the roll. Put it unopened with the envelopes refused.",
    EnvelopeReceipt.Outcome.LATE: "Late: the poll is closed. Put it unopened with the late "
    "envelopes.",
}


@staff_only("see_post")
@never_cache
@require_safe
def post(request: StaffRequest, slug: str) -> HttpResponse:
    """What came by post, and what is to be done with it."""
    election = kept_election(slug)
    shown = post_of(election)
    acts = [
        ACTS[name]
        for name, is_due in (
            ("open_envelopes", not shown.is_opened),
            ("account_for_post", shown.is_opened and not shown.is_accounted),
        )
        if is_due and election.stage in ACTS[name].states and may(request.user, name)
    ]
    context = {
        "election": election,
        "shown": shown,
        "rulings": [(paper, doubt_words(paper)) for paper in shown.to_rule],
        "begun": [(paper, doubt_words(paper)) for paper in shown.begun],
        "acts": [(act.title, f"act_{act.name}") for act in acts] if shown.sections else [],
        "may_issue": shown.issues and may(request.user, "issue_envelopes"),
        "may_take": shown.issues and may(request.user, "take_envelope_labels"),
        "issues": [(in_zone(one.at, election.zone), one) for one in issues_of(election)],
        "may_receive": shown.receives and may(request.user, "receive_envelope"),
        "may_name": shown.takes_tellers and may(request.user, "name_tellers"),
        "may_rule": may(request.user, "rule_on_postal_paper"),
    }
    return render(request, "ballot/desk/post.html", context)


@staff_only("issue_envelopes")
@never_cache
@require_safe
def proposed(request: StaffRequest, slug: str) -> HttpResponse:
    """To whom envelopes would be issued, for the officer who approves it."""
    election = kept_election(slug)
    now = timezone.now()
    approval = waiting_approval("issue_envelopes", subject=("election", str(election.pk)), now=now)
    people = people_of(approval.parameters["electors"]) if approval else []
    if people:
        record_search("", hits=len(people), by=request.user.pk, now=now)
    context = {"election": election, "approval": approval, "people": people}
    return render(request, "ballot/desk/envelopes.html", context)


@staff_only("take_envelope_labels")
@never_cache
@require_POST
def labels(request: StaffRequest, slug: str, first: int, count: int) -> HttpResponse:
    """The labels of envelopes issued together, to be printed: given once, on the answer itself."""
    election = kept_election(slug)
    taken = take_envelope_labels(election.pk, first=first, count=count, by=request.user.pk,
                                 now=timezone.now())
    context = {"election": election, "labels": taken}
    return render(request, "ballot/desk/envelope_labels.html", context)


@staff_only("receive_envelope")
@never_cache
@get_or_post
def receive(request: StaffRequest, slug: str) -> HttpResponse:
    """The scanner's page: one field, which takes the barcode and Enter."""
    election = kept_election(slug)
    form = BarcodeForm(sent(request))
    came: Came | None = None
    if request.method == "POST" and form.is_valid():
        try:
            came = receive_envelope(election.pk, barcode=form.cleaned_data["barcode"],
                                    by=request.user.pk, now=timezone.now())
        except Refusal as refusal:
            form.add_error("barcode", refusal.sentence)
        else:
            form = BarcodeForm()
    context = {
        "election": election,
        "form": form,
        "said": _said(came) if came else "",
        "is_good": came is not None and came.outcome == EnvelopeReceipt.Outcome.RECEIVED,
    }
    return render(request, "ballot/desk/receive_envelope.html", context)


def _said(came: Came) -> str:
    before = "This envelope was scanned before. " if came.is_repeat else ""
    return before + _CAME[came.outcome]


@staff_only("name_tellers")
@never_cache
@require_POST
def tellers(request: StaffRequest, slug: str) -> HttpResponse:
    """Name the tellers who have made their keys on the board."""
    election = kept_election(slug)
    try:
        name_tellers(election.pk, by=request.user.pk, now=timezone.now())
    except Refusal as refusal:
        messages.error(request, refusal.sentence)
    else:
        messages.success(request, "The tellers are named on the board.")
    return redirect("desk_post", slug)


@staff_only("rule_on_postal_paper")
@never_cache
@get_or_post
def ruling(request: StaffRequest, slug: str, section: str, number: int) -> HttpResponse:
    """Rule on a paper that two read apart, that one doubts, or that waits for one who is gone."""
    election = kept_election(slug)
    paper = paper_at(election, section, number)
    # Of a paper that waits for its other teller there is nothing to decide but that its turn ends.
    contests = [] if paper.waits_for_other else contests_by_code(election)
    form = RulingForm(sent(request), contests=contests)
    if request.method == "POST" and form.is_valid() and tried(form, lambda: rule_on_postal_paper(
        election.pk, section=section, number=number, rejected=form.rejected(),
        agents=form.cleaned_data["agents"], by=request.user.pk, now=timezone.now(),
    )):
        messages.success(request, "Ruled. Both tellers read the paper again.")
        return redirect("desk_post", slug)
    context = {"election": election, "form": form, "paper": paper, "doubt": doubt_words(paper)}
    return render(request, "ballot/desk/ruling.html", context)
