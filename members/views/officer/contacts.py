"""What officers decide of contact details: when they freeze, and what a flag was."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from members import selectors, services
from members.forms.contacts import FlagForm, FreezeForm
from members.models import ContactFlag
from members.services.contact_freeze import SUBJECT
from office.access import StaffRequest, may, staff_only
from office.refusal import Refusal
from office.selectors import waiting_approval
from office.services.approvals import propose_act
from office.times import hour_words

MOVE = "move_contact_freeze"


@staff_only("see_contact_changes", post="set_contact_freeze")
@require_http_methods(["GET", "HEAD", "POST"])
def contact_freeze(request: StaffRequest) -> HttpResponse:
    form = FreezeForm(request.POST or None, is_set=selectors.contacts.freeze() is not None)
    refusal = ""
    if request.method == "POST" and form.is_valid():
        try:
            _set(request, form)
        except Refusal as refused:
            refusal = refused.sentence
        else:
            return redirect("contact_freeze")
    return render(
        request,
        "members/contact_freeze.html",
        {
            "form": form,
            "refusal": refusal,
            "freezes": selectors.contacts.freezes()[:50],
            "is_frozen": selectors.contacts.is_frozen(),
            "waiting": waiting_approval(MOVE, subject=SUBJECT, now=timezone.now()),
            "may_set": may(request.user, "set_contact_freeze"),
        },
        status=400 if request.method == "POST" else 200,
    )


def _set(request: StaffRequest, form: FreezeForm) -> None:
    """Set the freeze, or propose it where it is later than the one that stands."""
    now, at, reason = timezone.now(), form.moment(), form.cleaned_data.get("reason", "").strip()
    standing = selectors.contacts.freeze()
    if standing is None or at <= standing.freezes_at:
        services.set_contact_freeze(at, by=request.user.pk, now=now)
        messages.success(request, f"Set: contact details freeze on {hour_words(at)}.")
        return
    if not reason:
        raise Refusal("contacts.no-reason", "Say why the freeze is moved to a later hour.",
                      status=400)
    propose_act(MOVE, subject=SUBJECT, by=request.user.pk, now=now,
                parameters={"at": at.isoformat(), "reason": reason})  # fmt: skip
    messages.success(request, "Proposed. The freeze stays as it is until another officer agrees.")


@staff_only("see_contact_changes", post="look_at_flag")
@require_http_methods(["GET", "HEAD", "POST"])
def contact_flag(request: StaffRequest, flag_id: int) -> HttpResponse:
    flag = selectors.contacts.flags().filter(pk=flag_id).first()
    if flag is None:
        raise Http404
    _record_look(flag, by=request.user.pk)
    may_look = flag.state == "open" and may(request.user, "look_at_flag")
    has_a_hand = may_look and selectors.flag_hands.has_a_hand_in(flag, request.user.pk)
    form = FlagForm(request.POST or None)
    refusal = ""
    if request.method == "POST" and form.is_valid():
        try:
            services.look_at_flag(
                flag.pk, note=form.cleaned_data["note"], by=request.user.pk, now=timezone.now()
            )
        except Refusal as refused:
            refusal = refused.sentence
        else:
            messages.success(request, "Written down.")
            return redirect("contacts")
    return render(
        request,
        "members/contact_flag.html",
        {
            "flag": flag,
            "form": form,
            "refusal": refusal,
            "may_look": may_look and not has_a_hand,
            "has_a_hand": has_a_hand,
        },
        status=400 if request.method == "POST" else 200,
    )


def _record_look(flag: ContactFlag, *, by: int) -> None:
    """Write down who is shown the person whose change it is about, or the address it names."""
    if flag.change is not None:
        services.record_lookup(flag.change.member_id, by=by, now=timezone.now())
    elif flag.subject:
        services.record_search(flag.subject, hits=1, by=by, now=timezone.now())
