"""The membership list at the desk: its figures, the search, and one person.

Both pages show people, so both write down who looked (members.services.record_lookup), although a
GET asks for them; so does every other page that shows one member. It is the one exception to the
rule that a GET changes nothing. A link in a mail cannot
do it for anybody: only somebody signed in to the desk with a second factor leaves a record.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from members import selectors, services
from members.forms.people import SearchForm
from members.models import Member
from members.views.paging import row_named
from office.access import StaffRequest, may, staff_only


@staff_only("see_members")
@require_GET
def members(request: StaffRequest) -> HttpResponse:
    form = SearchForm(request.GET)
    words = form.cleaned_data["q"] if form.is_valid() else ""
    shown = _by_name(request, words) if _is_by_name(request, words) else _searched(words)
    if shown["people"] or words:
        services.record_search(
            words, hits=len(shown["people"]), by=request.user.pk, now=timezone.now()
        )
    return render(
        request,
        "members/members.html",
        {
            "form": form,
            "words": words,
            **shown,
            **({} if words or row_named(request) else _figures()),
            "may_import": may(request.user, "import_roll"),
            "may_see_roll": may(request.user, "see_roll"),
            "may_export": may(request.user, "export_members"),
            "may_see_look_ups": may(request.user, "see_look_ups"),
        },
    )


def _figures() -> dict[str, Any]:
    """The list in figures, and what waits: for who arrives, not for each search and each page.

    They are counted over the whole list.
    """
    return {
        "figures": selectors.people.list_figures(),
        "pairs_waiting": selectors.pairs.pairs_waiting(),
        "appeals_waiting": selectors.decisions.open_appeals().count(),
        "requests_waiting": selectors.own_page.waiting_corrections().count(),
        "flags_waiting": selectors.contacts.open_flags().count(),
    }


def _is_by_name(request: StaffRequest, words: str) -> bool:
    return not words.strip() or request.GET.get("by") == "name"


def _by_name(request: StaffRequest, words: str) -> dict[str, Any]:
    """Everybody, or everybody whose name begins so, in the order of names, a page at a time."""
    page = selectors.people.find_members(words, after=row_named(request))
    next_url = ""
    if page.next_after:
        next_url = "?" + urlencode({"q": words, "by": "name", "after": page.next_after})
    return {"people": [(each, "") for each in page.members], "next_url": next_url}


def _searched(words: str) -> dict[str, Any]:
    result = selectors.searching.search(words)
    return {
        "people": [(found.member, found.by) for found in result.found],
        "is_search": True,
        "is_more": result.is_more,
        "is_late": result.is_late,
        "by_name_url": "?" + urlencode({"q": words, "by": "name"}),
    }


@staff_only("see_members")
@require_GET
def member(request: StaffRequest, member_id: int) -> HttpResponse:
    found = selectors.people.member(member_id)
    if found is None:
        raise Http404
    services.record_lookup(found.pk, by=request.user.pk, now=timezone.now())
    verdicts = [
        {"roll": roll, "why": why}
        for roll in selectors.rolls.rolls()[:20]
        if (why := selectors.verdicts.why(found.pk, roll_id=roll.pk))
    ]
    events, next_after = selectors.history.history_of(found.pk, after=row_named(request))
    return render(
        request,
        "members/member.html",
        {
            "member": found,
            "merged": selectors.people.merged_into(found.pk),
            "rows": _held(found),
            "verdicts": verdicts,
            "decisions": selectors.decisions.decisions_of(selectors.decisions.person_of(found)),
            "events": events,
            "next_url": f"?after={next_after}#history" if next_after else "",
            "may_see_look_ups": may(request.user, "see_look_ups"),
            "may_request_access": may(request.user, "request_access"),
        },
    )


def _held(member: Member) -> list[dict[str, object]]:
    """What is held of one person, by name, blanks as such."""
    held = {
        "Membership number": member.number,
        "Name": member.full_name,
        "On the membership list": "Yes" if member.is_listed else "No longer",
        "Same person as": f"Number {member.merged_into.number}" if member.merged_into else "",
        "Section": member.section.name,
        "Unit": member.unit.name if member.unit else "",
        "Standing": member.get_standing_display().capitalize() if member.standing else "",
        "Joined": member.joined_on,
        "Paid until": member.paid_until,
        "Date of birth": member.date_of_birth,
        "E-mail": member.email,
        "Phone": member.phone,
        "Postal address": ", ".join(member.postal_lines),
        "Address withheld": "Yes: in no export" if member.address_withheld else "No",
    }
    left_out = () if member.merged_into else ("Same person as",)
    return [
        {"name": name, "value": _shown(value)}
        for name, value in held.items()
        if name not in left_out
    ]


def _shown(value: Any) -> str:
    if not value:
        return "Not recorded"
    return value if isinstance(value, str) else f"{value.day} {value:%B %Y}"
