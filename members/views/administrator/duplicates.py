"""Records that may be one person's, at the desk: the queue, one pair, and what was decided."""

from __future__ import annotations

from collections.abc import Sequence

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from members import selectors, services
from members.forms.pairs import DecisionForm
from members.models import Pair
from members.selectors.pairs import PAGE_ROWS, Trace
from members.selectors.proposals import by_number
from members.services.find_pairs import SUBJECT
from members.services.settle_pair_late import ACT as SETTLE_LATE
from members.views.paging import row_named
from office.access import StaffRequest, freshly, may, staff_only
from office.models import Approval
from office.refusal import Refusal
from office.selectors import latest_job, waiting_approval, waiting_approvals


@staff_only("see_members")
@require_GET
def duplicates(request: StaffRequest) -> HttpResponse:
    found = selectors.pairs.waiting(after=row_named(request))
    page = found[:PAGE_ROWS]
    _record_look(request, page)
    job = latest_job("find_pairs", subject=SUBJECT)
    return render(
        request,
        "members/duplicates.html",
        {
            "rows": [_listed(pair) for pair in page],
            "next_url": f"?after={page[-1].pk}" if len(found) > PAGE_ROWS else "",
            "waiting": selectors.pairs.pairs_waiting(),
            "search": selectors.pairs.last_search(),
            "job": job if job is not None and job.state != "done" else None,
            "may_search": may(request.user, "find_pairs"),
        },
    )


def _record_look(request: StaffRequest, page: Sequence[Pair]) -> None:
    """Write down how many people a page of pairs showed."""
    people = {key for pair in page for key in (pair.first_id, pair.second_id)}
    if people:
        services.record_search("", hits=len(people), by=request.user.pk, now=timezone.now())


def _listed(pair: Pair) -> dict[str, object]:
    return {
        "pair": pair,
        "likelihood": selectors.pairs.likelihood(pair.score),
        "agreement": selectors.pairs.agreement(pair),
    }


@staff_only("see_members", post="find_pairs")
@require_POST
def duplicates_search(request: StaffRequest) -> HttpResponse:
    """Have the whole list searched again."""
    services.request_search(by=request.user.pk, now=timezone.now(), is_whole=True)
    return redirect("duplicates")


@staff_only("see_members")
@require_GET
def duplicates_settled(request: StaffRequest) -> HttpResponse:
    found = selectors.pairs.settled(before=row_named(request))
    page = found[:PAGE_ROWS]
    _record_look(request, page)
    proposed = _subjects_proposed()
    return render(
        request,
        "members/duplicates_settled.html",
        {
            "rows": [(pair, str(pair.pk) in proposed) for pair in page],
            "next_url": f"?after={page[-1].pk}" if len(found) > PAGE_ROWS else "",
            "may_settle": may(request.user, "settle_pair"),
        },
    )


def _subjects_proposed() -> set[str]:
    """The pairs of which a proposal is undecided: to join the two records, or to part them."""
    rows = waiting_approvals(now=timezone.now()).filter(act=SETTLE_LATE, subject_kind="pair")
    return set(rows.values_list("subject_id", flat=True))


@staff_only("see_members", post="settle_pair")
@require_http_methods(["GET", "POST"])
def duplicate(request: StaffRequest, pair_id: int) -> HttpResponse:
    """One pair side by side; a decision leads on to the next pair of the queue."""
    pair = _pair_or_404(pair_id)
    refusal = ""
    if request.method == "POST":
        try:
            return _decided(request, pair)
        except Refusal as refused:
            refusal = refused.sentence
            pair = _pair_or_404(pair_id)
    for member_id in (pair.first_id, pair.second_id):
        services.record_lookup(member_id, by=request.user.pk, now=timezone.now())
    proposed = waiting_approval(SETTLE_LATE, subject=("pair", str(pair.pk)), now=timezone.now())
    return render(
        request,
        "members/duplicate.html",
        {
            "pair": pair,
            "refusal": refusal,
            "proposed": proposed,
            "words": _proposed_words(pair, proposed) if proposed else "",
            "is_open": pair.state == Pair.State.OPEN,
            "is_same": pair.state == Pair.State.SAME,
            "likelihood": selectors.pairs.likelihood(pair.score),
            "has_changed": selectors.pairs.has_changed(pair),
            "rows": selectors.pairs.side_by_side(pair),
            "entitlement": selectors.pairs.entitlement(pair),
            "traces": [_traced(selectors.pairs.trace(m)) for m in (pair.first, pair.second)],
            "news": _news(pair),
            "twice": _twice(pair),
            "may_settle": may(request.user, "settle_pair"),
            "is_frozen": selectors.contacts.is_frozen(),
            "waiting": selectors.pairs.pairs_waiting(),
        },
        status=409 if refusal else 200,
    )


def _proposed_words(pair: Pair, proposed: Approval) -> str:
    """What is proposed of a pair; of one that is open with the reason, which it keeps itself."""
    words = by_number(proposed.sentence)
    is_reasoned = pair.state == Pair.State.OPEN and pair.reason
    return f"{words} The reason: {pair.reason}" if is_reasoned else words


def _decided(request: StaffRequest, pair: Pair) -> HttpResponse:
    form = DecisionForm(request.POST)
    if not form.is_valid():
        raise Refusal("pair.keep", "Say which of the two records stands, in at most 500 letters.")
    keep, reason = form.cleaned_data["keep"], form.cleaned_data["reason"]
    by, now = request.user.pk, timezone.now()
    if keep is None:
        services.settle_different(pair.pk, by=by, now=now, reason=reason)
        said = "Not the same person"
    else:
        try:
            services.settle_same(pair.pk, keep=keep, by=by, now=now, reason=reason)
        except Refusal as refused:
            if refused.code != "contacts.frozen":
                raise
            return _proposed(request, pair, keep=keep, reason=reason)
        said = "One person"
    messages.success(request, f"{said}: {pair.first.full_name}, numbers {pair.first.number} and "
                     f"{pair.second.number}. It can be undone under “Decided”.")  # fmt: skip
    following = selectors.pairs.next_waiting(after=pair.pk)
    return redirect("duplicate", following.pk) if following else redirect("duplicates")


def _proposed(
    request: StaffRequest, pair: Pair, *, keep: int | None, reason: str = ""
) -> HttpResponse:
    """Ask for a second person, where contact details are frozen."""

    def propose(request: StaffRequest) -> HttpResponse:
        services.propose_settling(
            pair.pk, keep=keep, reason=reason, by=request.user.pk, now=timezone.now()
        )
        messages.info(request, "Not decided yet: contact details are frozen, and this decides "
                      "which of them a roll has. It is proposed to a second officer.")
        return redirect("duplicate", pair.pk)

    return freshly(propose)(request)  # type: ignore[return-value]


def _traced(trace: Trace) -> dict[str, object]:
    changes = [(change, selectors.pairs.changed_words(change)) for change in trace.changes]
    return {"trace": trace, "changes": changes}


def _twice(pair: Pair) -> list[str]:
    """The frozen rolls on which the person stands twice, now that the two are one."""
    if pair.state != Pair.State.SAME:
        return []
    return [str(roll) for roll, _ in selectors.entered_twice.rolls_entered_twice(pair.first)]


def _news(pair: Pair) -> list[str]:
    """What changed since somebody decided that the two are not the same."""
    if pair.returned_at is None:
        return []
    traces = (selectors.pairs.trace(m, since=pair.last_change) for m in (pair.first, pair.second))
    return [
        f"{trace.member.number}: {selectors.pairs.changed_words(change)}"
        for trace in traces
        for change in trace.changes
    ]


@staff_only("see_members", post="settle_pair")
@require_POST
def duplicate_undo(request: StaffRequest, pair_id: int) -> HttpResponse:
    """Take a decision back; the pair waits again."""
    pair = _pair_or_404(pair_id)
    try:
        services.unsettle(pair_id, by=request.user.pk, now=timezone.now())
    except Refusal as refused:
        if refused.code == "contacts.frozen":
            return _undo_proposed(request, pair)
        messages.error(request, refused.sentence)
    else:
        messages.success(request, "Undone. The pair waits for a decision again.")
    return redirect(reverse("duplicate", args=[pair_id]))


def _undo_proposed(request: StaffRequest, pair: Pair) -> HttpResponse:
    try:
        return _proposed(request, pair, keep=None)
    except Refusal as refused:
        messages.error(request, refused.sentence)
        return redirect("duplicate", pair.pk)


def _pair_or_404(pair_id: int) -> Pair:
    pair = selectors.pairs.pair(pair_id)
    if pair is None:
        raise Http404
    return pair
