"""The development outbox: every mail this server would have sent. 404 on a real server."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec
from urllib.parse import urlencode

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from office import selectors
from office.views.asked import key_asked, words_asked

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponse]


def development_only(view: View[P]) -> View[P]:
    """The one place where a voting code shows: never outside development."""

    @wraps(view)
    def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if not settings.DEVELOPMENT:
            raise Http404
        return view(request, *args, **kwargs)

    return guarded


@development_only
@never_cache
@require_GET
def development_outbox(request: HttpRequest) -> HttpResponse:
    address = words_asked(request, "address")
    mails = selectors.development_mails(address=address, before=key_asked(request, "before"))
    next_url = ""
    if len(mails) == selectors.PAGE_ROWS:
        kept = {"address": address} if address else {}
        next_url = "?" + urlencode({**kept, "before": mails[-1].pk})
    return render(
        request,
        "office/outbox.html",
        {"mails": mails, "address": address, "next_url": next_url},
    )


@development_only
@never_cache
@require_GET
def development_mail(request: HttpRequest, mail_id: int) -> HttpResponse:
    mail = selectors.development_mail(mail_id)
    if mail is None:
        raise Http404
    return render(request, "office/outbox_mail.html", {"mail": mail})


@development_only
@never_cache
@require_GET
def development_mail_html(request: HttpRequest, mail_id: int) -> HttpResponse:
    """The mail's HTML as a page of its own, sandboxed: no script, no form, nothing fetched."""
    mail = selectors.development_mail(mail_id)
    if mail is None or not mail.html:
        raise Http404
    response = HttpResponse(mail.html)
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response
