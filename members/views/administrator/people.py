"""The membership list at the desk: its figures, the search, and one person."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from members import selectors
from members.forms.people import SearchForm
from members.models import Member
from members.views.paging import row_named
from office.access import StaffRequest, may, staff_only


@staff_only("see_members")
@require_GET
def members(request: StaffRequest) -> HttpResponse:
    form = SearchForm(request.GET)
    words = form.cleaned_data["q"] if form.is_valid() else ""
    page = selectors.people.find_members(words, after=row_named(request))
    next_url = ""
    if page.next_after:
        next_url = "?" + urlencode({"q": words, "after": page.next_after})
    return render(
        request,
        "members/members.html",
        {
            "form": form,
            "words": words,
            "page": page,
            "next_url": next_url,
            "figures": selectors.people.list_figures(),
            "may_import": may(request.user, "import_roll"),
            "may_see_roll": may(request.user, "see_roll"),
        },
    )


@staff_only("see_members")
@require_GET
def member(request: StaffRequest, member_id: int) -> HttpResponse:
    found = selectors.people.member(member_id)
    if found is None:
        raise Http404
    verdicts = [
        {"roll": roll, "why": why}
        for roll in selectors.rolls.rolls()[:20]
        if (why := selectors.verdicts.why(found.pk, roll_id=roll.pk))
    ]
    return render(
        request,
        "members/member.html",
        {
            "member": found,
            "rows": _held(found),
            "verdicts": verdicts,
            "decisions": selectors.decisions.decisions_of(selectors.decisions.person_of(found)),
        },
    )


def _held(member: Member) -> list[dict[str, object]]:
    """What is held of one person, by name, blanks as such."""
    held = {
        "Membership number": member.number,
        "Name": member.full_name,
        "On the membership list": "Yes" if member.is_listed else "No longer",
        "Section": member.section.name,
        "Unit": member.unit.name if member.unit else "",
        "Standing": member.get_standing_display().capitalize() if member.standing else "",
        "Joined": member.joined_on,
        "Paid until": member.paid_until,
        "Date of birth": member.date_of_birth,
        "E-mail": member.email,
        "Postal address": ", ".join(member.postal_lines),
    }
    return [{"name": name, "value": _shown(value)} for name, value in held.items()]


def _shown(value: Any) -> str:
    if not value:
        return "Not recorded"
    return value if isinstance(value, str) else f"{value.day} {value:%B %Y}"
