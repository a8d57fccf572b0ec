"""Members' requests for a correction, at the desk: the queue, and one of them."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from members import selectors, services
from members.forms.corrections import RefuseCorrectionForm, SettleForm
from members.models import CorrectionRequest
from members.models.contacts import CONTACT_COLUMNS
from members.selectors.own_page import FIELDS_OF
from members.views.paging import row_named
from office.access import StaffRequest, may, staff_only
from office.models import Approval
from office.refusal import Refusal

_PUT_RIGHT = "Put right, and the member is told."
_PROPOSED = (
    "Contact details are frozen: it is proposed, and put right once a second officer approves it."
)


@staff_only("see_members")
@require_GET
def corrections(request: StaffRequest) -> HttpResponse:
    waiting = selectors.own_page.waiting_corrections(after=row_named(request))
    rows = list(waiting[: selectors.people.PAGE_ROWS])
    is_full = len(rows) == selectors.people.PAGE_ROWS
    if people := {row.member_id for row in rows}:
        services.record_search("", hits=len(people), by=request.user.pk, now=timezone.now())
    return render(
        request,
        "members/corrections.html",
        {"rows": rows, "next_url": f"?after={rows[-1].pk}" if is_full else ""},
    )


@staff_only("see_members", post="settle_correction")
@require_http_methods(["GET", "HEAD", "POST"])
def correction(request: StaffRequest, request_id: int) -> HttpResponse:
    """One request: what is held, what is wanted, and the form to put it right."""
    asked = _asked(request_id)
    form = SettleForm(asked, request.POST or None)
    refusal = ""
    if request.method == "POST" and form.is_valid():
        try:
            done = services.accept_correction(
                asked.pk,
                fields=form.columns(),
                answer=form.cleaned_data["answer"],
                by=request.user.pk,
                now=timezone.now(),
            )
        except Refusal as refused:
            refusal = refused.sentence
        else:
            messages.success(request, _PROPOSED if isinstance(done, Approval) else _PUT_RIGHT)
            return redirect("corrections")
    return _page(request, asked, form=form, refusal=refusal)


@staff_only("see_members", post="settle_correction")
@require_POST
def correction_refuse(request: StaffRequest, request_id: int) -> HttpResponse:
    asked = _asked(request_id)
    form = RefuseCorrectionForm(request.POST)
    if not form.is_valid():
        return _page(request, asked, form=SettleForm(asked), refuse_form=form)
    services.refuse_correction(
        asked.pk, answer=form.cleaned_data["answer"], by=request.user.pk, now=timezone.now()
    )
    messages.success(request, "Refused, and the member is told why.")
    return redirect("corrections")


def _asked(request_id: int) -> CorrectionRequest:
    asked = selectors.own_page.correction(request_id)
    if asked is None:
        raise Http404
    return asked


def _page(
    request: StaffRequest,
    asked: CorrectionRequest,
    *,
    form: SettleForm,
    refusal: str = "",
    refuse_form: RefuseCorrectionForm | None = None,
) -> HttpResponse:
    services.record_lookup(asked.member_id, by=request.user.pk, now=timezone.now())
    is_proposed = selectors.own_page.is_proposed(asked, now=timezone.now())
    is_waiting = asked.state == CorrectionRequest.State.WAITING and not is_proposed
    return render(
        request,
        "members/correction.html",
        {
            "asked": asked,
            "rows": selectors.own_page.held(asked.member, in_part=False),
            "changes": _changes(asked),
            "settle_form": form,
            "refuse_form": refuse_form or RefuseCorrectionForm(auto_id="refuse-%s"),
            "form": refuse_form or form,
            "refusal": refusal,
            "may_settle": is_waiting and may(request.user, "settle_correction"),
            "is_proposed": is_proposed,
            "is_contact": asked.detail in ("email", "phone", "address"),
            "takes_two": bool(set(FIELDS_OF[asked.detail]) & set(CONTACT_COLUMNS))
            and selectors.contacts.is_frozen(),
        },
        status=400 if request.method == "POST" else 200,
    )


def _changes(asked: CorrectionRequest) -> list[dict[str, object]]:
    """From and to of each column that was changed, where the request is settled."""
    if asked.change is None:
        return []
    before, after = asked.change.before, asked.change.after
    return [
        {"field": name.replace("_", " "), "old": before.get(name), "new": after.get(name)}
        for name in FIELDS_OF[asked.detail]
        if name in after
    ]
