"""A member's own page: opened by the link that was mailed to them, without an account.

Whoever reads the mailbox sees it, so it changes nothing by itself: it takes requests and
appeals, and the desk decides. A link that is over, was never one, or is somebody's guess gets
one and the same answer.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from members import selectors, services
from members.access import may_ask_on_own_page, may_try_link
from members.forms.corrections import CorrectionForm
from members.forms.decisions import GroundsForm
from members.models import Decision, OwnPageLink
from office.refusal import Refusal


@never_cache
@require_safe
def own_page(request: HttpRequest, token: str) -> HttpResponse:
    link = selectors.own_page.opened(token, now=timezone.now())
    if link is None:
        return _not_a_link(request)
    return _page(request, link, token=token)


@never_cache
@require_POST
def own_page_correction(request: HttpRequest, token: str) -> HttpResponse:
    """Ask for a correction."""
    link = selectors.own_page.opened(token, now=timezone.now())
    if link is None:
        return _not_a_link(request)
    if not may_ask_on_own_page(link.member_id):
        return _later(request)
    form = CorrectionForm(request.POST)
    if not form.is_valid():
        return _page(request, link, token=token, correction_form=form, status=400)
    try:
        services.ask_correction(link.member_id, now=timezone.now(), **form.cleaned_data)
    except Refusal as refused:
        return _page(request, link, token=token, correction_form=form,
                     refusal=refused.sentence, status=refused.status)
    return redirect(f"{reverse('own_page', args=[token])}#requests")


@never_cache
@require_POST
def own_page_appeal(request: HttpRequest, token: str, decision_id: int) -> HttpResponse:
    """Appeal against a decision on oneself."""
    link = selectors.own_page.opened(token, now=timezone.now())
    if link is None:
        return _not_a_link(request)
    if not may_ask_on_own_page(link.member_id):
        return _later(request)
    form = GroundsForm(request.POST, auto_id=f"appeal-{decision_id}-%s")
    if not form.is_valid():
        return _page(request, link, token=token, appeal=(decision_id, form), status=400)
    try:
        services.lodge_appeal(
            decision_id,
            grounds=form.cleaned_data["grounds"],
            by=None,
            now=timezone.now(),
            member_id=selectors.decisions.person_of(link.member),
        )
    except Refusal as refused:
        return _page(request, link, token=token, appeal=(decision_id, form),
                     refusal=refused.sentence, status=refused.status)
    return redirect(f"{reverse('own_page', args=[token])}#decisions")


def _page(
    request: HttpRequest,
    link: OwnPageLink,
    *,
    token: str,
    correction_form: CorrectionForm | None = None,
    appeal: tuple[int, GroundsForm] | None = None,
    refusal: str = "",
    status: int = 200,
) -> HttpResponse:
    member = link.member
    return _private(render(
        request,
        "members/own_page.html",
        {
            "member": member,
            "token": token,
            "is_shared": link.is_shared,
            "until": link.expires_at,
            "said_by_list": selectors.own_page.said_by_list(member),
            "rows": selectors.own_page.held(member, in_part=link.is_shared),
            "judged": selectors.own_page.judged(member.pk),
            "decisions": [
                _told(made, appeal)
                for made in selectors.decisions.made_decisions_of(
                    selectors.decisions.person_of(member)
                )
            ],
            "corrections": [
                {"asked": asked,
                 "is_proposed": selectors.own_page.is_proposed(asked, now=timezone.now())}
                for asked in selectors.own_page.corrections_of(member.pk)[:50]
            ],
            "deadline": selectors.own_page.correction_deadline(),
            "correction_form": correction_form or CorrectionForm(),
            "form": appeal[1] if appeal else correction_form,
            "refusal": refusal,
        },
        status=status,
    ))  # fmt: skip


def _told(made: Decision, sent: tuple[int, GroundsForm] | None) -> dict[str, Any]:
    """One decision as its member sees it: the deadline, the form, or how far the appeal is."""
    lodged = getattr(made, "appeal", None)
    is_in_time = made.appeal_until is not None and timezone.now() < made.appeal_until
    form = sent[1] if sent and sent[0] == made.pk else None
    return {
        "decision": made,
        "appeal": lodged,
        "may_appeal": lodged is None and is_in_time,
        "is_late": lodged is None and made.appeal_until is not None and not is_in_time,
        "form": form or GroundsForm(auto_id=f"appeal-{made.pk}-%s"),
    }


def _private(response: HttpResponse) -> HttpResponse:
    """Keep the page out of every cache, and its address out of other sites' logs.

    Not "no-referrer": a form that is posted from such a page comes without its origin, and is
    refused as another site's.
    """
    response.headers["Cache-Control"] = "no-store"
    response.headers["Referrer-Policy"] = "same-origin"
    return response


def _not_a_link(request: HttpRequest) -> HttpResponse:
    if not may_try_link(request):
        return _later(request)
    return render(request, "members/own_page_over.html", status=HTTPStatus.NOT_FOUND)


def _later(request: HttpRequest) -> HttpResponse:
    return render(request, "members/enquiry_later.html", status=HTTPStatus.TOO_MANY_REQUESTS)
