"""The returning officer's pages: the rules that decide who may vote, and the rolls."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from members import selectors, services
from members.forms import RulesForm, rules_as_typed
from members.models import EligibilityRules
from office.access import StaffRequest, may, staff_only
from office.refusal import Refusal

_BAR_WIDTH = 600


@staff_only("see_roll")
@require_GET
def rules(request: StaffRequest) -> HttpResponse:
    return render(
        request,
        "members/rules.html",
        {"rows": selectors.rules_rows()[:200], "may_edit": may(request.user, "edit_rules")},
    )


@staff_only("edit_rules")
@require_http_methods(["GET", "POST"])
def rules_new(request: StaffRequest) -> HttpResponse:
    form = RulesForm(request.POST or None, initial=_first_values(request.GET.get("from", "")))
    refusal = ""
    if request.method == "POST" and form.is_valid():
        try:
            rules_id = services.save_rules(
                form.cleaned_data["name"],
                body=form.body(),
                by=request.user.pk,
                now=timezone.now(),
            )
        except Refusal as refused:
            refusal = refused.sentence
        else:
            messages.success(request, "Saved. Read them once more, as the notice will print them.")
            return redirect("rules_version", rules_id)
    return render(
        request,
        "members/rules_new.html",
        {"form": form, "refusal": refusal},
        status=400 if request.method == "POST" else 200,
    )


def _first_values(rules_id: str) -> dict[str, object]:
    """The rules to begin from, where the page was asked for the next version of some."""
    row = _rules_row(int(rules_id)) if rules_id.isdecimal() and len(rules_id) < 19 else None
    if row is None:
        return {"standings": ["good"], "sections": [s.code for s in selectors.sections()]}
    return rules_as_typed(row.name, selectors.rules_of(row.pk))


@staff_only("see_roll")
@require_GET
def rules_version(request: StaffRequest, rules_id: int) -> HttpResponse:
    row = _rules_row(rules_id)
    if row is None:
        raise Http404
    return render(
        request,
        "members/rules_version.html",
        {
            "row": row,
            "sentences": selectors.rules_told(row.pk),
            "examples": selectors.verdict_examples(row.pk),
            "rolls": selectors.rolls_named(row.name),
            "may_edit": may(request.user, "edit_rules"),
        },
    )


def _rules_row(rules_id: int) -> EligibilityRules | None:
    return selectors.rules_rows().filter(pk=rules_id).first()


@staff_only("see_roll")
@require_GET
def rolls(request: StaffRequest) -> HttpResponse:
    return render(request, "members/rolls.html", {"rolls": selectors.rolls()[:200]})


@staff_only("see_roll")
@require_GET
def roll(request: StaffRequest, roll_id: int) -> HttpResponse:
    found = selectors.rolls().select_related("frozen_by", "withdrawn_by").filter(pk=roll_id).first()
    if found is None:
        raise Http404
    figures = selectors.roll_figures(found.pk)
    return render(
        request,
        "members/roll.html",
        {
            "roll": found,
            "figures": figures,
            "bars": _bars(figures),
            "not_eligible": found.members_judged - found.electors,
            "commitment": bytes(found.commitment).hex(),
            "sentences": selectors.rules_told(found.rules_id),
        },
    )


def _bars(figures: selectors.RollFigures) -> list[dict[str, object]]:
    """One bar a section, as long as its people beside the largest section's."""
    largest = max((electors + others for _, electors, others in figures.sections), default=0)
    bars = []
    for name, electors, others in figures.sections:
        width = round(_BAR_WIDTH * electors / largest) if largest else 0
        rest = round(_BAR_WIDTH * others / largest) if largest else 0
        bars.append(
            {
                "name": name,
                "electors": electors,
                "others": others,
                "width": width,
                "rest": rest,
            }
        )
    return bars
