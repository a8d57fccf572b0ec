"""The notice of poll, for anybody: as a page, and as a document to print and sign."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from ballot.models import Election
from ballot.showing.notice_page import notice_pdf, notice_shown
from ballot.views.public import announced_election
from office.refusal import Refusal


@require_safe
def notice(request: HttpRequest, slug: str) -> HttpResponse:
    election = _noticed(slug)
    shown = notice_shown(election)
    return render(request, "ballot/notice.html", {"election": election, "notice": shown})


@require_safe
def notice_document(request: HttpRequest, slug: str) -> HttpResponse:
    election = _noticed(slug)
    address = settings.ORIGIN + reverse("notice", args=[slug])
    document = notice_pdf(election, notice_shown(election), address=address)
    response = HttpResponse(document, content_type="application/pdf")
    response.headers["Content-Disposition"] = f'inline; filename="notice-{slug}.pdf"'
    return response


def _noticed(slug: str) -> Election:
    """An election with a notice; one that was declared void as a draft never had any."""
    election = announced_election(slug)
    if not election.entries.filter(kind="notice").exists():
        raise Refusal("notice.none", "This election has no notice of poll.", status=404)
    return election
