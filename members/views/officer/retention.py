"""How long a roll is kept: the day that two officers set, and the certificate afterwards."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from members import selectors
from members.forms.retention import DestructionForm
from members.models import Destruction
from members.services.set_destruction_date import refuse_day
from office.access import StaffRequest, may, staff_only
from office.acts import registered_act
from office.refusal import Refusal
from office.selectors import waiting_approval
from office.services.approvals import propose_act

SET = "set_destruction_date"


@staff_only("see_roll", post="set_destruction_date")
@require_http_methods(["GET", "POST"])
def roll_destruction(request: StaffRequest, roll_id: int) -> HttpResponse:
    roll = selectors.rolls.rolls().filter(pk=roll_id).first()
    if roll is None:
        raise Http404
    certificate = getattr(roll, "destruction", None)
    form = DestructionForm(request.POST or None)
    refusal = ""
    if request.method == "POST" and form.is_valid():
        try:
            _propose(request, roll.pk, form)
        except Refusal as refused:
            refusal = refused.sentence
        else:
            messages.success(request, "Proposed. Another officer must approve it.")
            return redirect("roll_destruction", roll.pk)
    return render(
        request,
        "members/roll_destruction.html",
        {
            "roll": roll,
            "form": form,
            "refusal": refusal,
            "certificate": certificate,
            "rows": _rows(certificate) if certificate else [],
            "waiting": waiting_approval(SET, subject=("roll", str(roll.pk)), now=timezone.now()),
            "may_set": may(request.user, "set_destruction_date"),
        },
        status=400 if request.method == "POST" else 200,
    )


def _rows(certificate: Destruction) -> list[dict[str, object]]:
    """What was emptied or deleted, table by table, in words; where nothing stood is left out."""
    return [
        {"words": selectors.held.words_of_table(table), "table": table, "count": count}
        for table, count in certificate.rows.items()
        if count
    ]


def _propose(request: StaffRequest, roll_id: int, form: DestructionForm) -> None:
    now, day = timezone.now(), form.cleaned_data["destroy_on"]
    refuse_day(day, now=now)
    parameters = {"destroy_on": day.isoformat()}
    if (precondition := registered_act(SET).precondition) is not None:
        precondition(str(roll_id), now=now, **parameters)
    propose_act(
        SET,
        subject=("roll", str(roll_id)),
        by=request.user.pk,
        now=now,
        parameters=parameters,
    )
