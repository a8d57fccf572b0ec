"""The observers' page, for scrutineers, candidates' agents and observers: nothing is done here."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from ballot.selectors import election_by_slug
from ballot.showing import watching as shown
from ballot.showing.daily_sheets import sheets_of
from ballot.views.files import csv_to_keep
from office.access import StaffRequest, staff_only


@staff_only("see_observers_page")
@never_cache
@require_safe
def watching(request: StaffRequest, slug: str) -> HttpResponse:
    election = election_by_slug(slug)
    context = {"election": election, **shown.watching(election, now=timezone.now())}
    return render(request, "ballot/desk/watching.html", context)


@staff_only("see_observers_page")
@never_cache
@require_safe
def sheets_csv(request: StaffRequest, slug: str) -> HttpResponse:
    """The daily sheets, for a spreadsheet."""
    sheets = sheets_of(election_by_slug(slug))
    return csv_to_keep([sheets.heads, *sheets.rows], f"{slug}-daily-sheets.csv")
