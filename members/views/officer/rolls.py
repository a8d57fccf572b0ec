"""The frozen rolls, at the desk."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from members import selectors
from office.access import StaffRequest, staff_only

_BAR_WIDTH = 600


@staff_only("see_roll")
@require_GET
def rolls(request: StaffRequest) -> HttpResponse:
    return render(request, "members/rolls.html", {"rolls": selectors.rolls.rolls()[:200]})


@staff_only("see_roll")
@require_GET
def roll(request: StaffRequest, roll_id: int) -> HttpResponse:
    rows = selectors.rolls.rolls().select_related("frozen_by", "withdrawn_by")
    found = rows.filter(pk=roll_id).first()
    if found is None:
        raise Http404
    figures = selectors.rolls.roll_figures(found.pk)
    return render(
        request,
        "members/roll.html",
        {
            "roll": found,
            "figures": figures,
            "amendments": selectors.amendments_of(found.pk, most=100),
            "amended": selectors.electors_amended(found.pk),
            "electors_now": selectors.electors_now(found.pk),
            "bars": _bars(figures),
            "not_eligible": found.members_judged - found.electors,
            "commitment": bytes(found.commitment).hex(),
            "sentences": selectors.rules.rules_told(found.rules_id),
        },
    )


def _bars(figures: selectors.rolls.RollFigures) -> list[dict[str, object]]:
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
