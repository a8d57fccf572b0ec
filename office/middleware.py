"""Turn a refusal into its page, and send staff without a second factor to enrol one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from allauth.account.internal.stagekit import clear_login, unstash_login
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render

from office.access import is_enrolled, is_staff_request
from office.refusal import Refusal
from office.selectors import has_second_factor

GetResponse = Callable[[HttpRequest], HttpResponseBase]

ENROLMENT = frozenset(
    {
        "account_login",
        "account_logout",
        "account_reauthenticate",
        "account_reset_password",
        "account_reset_password_done",
        "account_reset_password_from_key",
        "account_reset_password_from_key_done",
        "account_set_password",
        "mfa_activate_totp",
        "mfa_add_webauthn",
        "mfa_authenticate",
        "mfa_reauthenticate",
        "mfa_reauthenticate_webauthn",
    }
)
"""The pages on the way to a second factor, by URL name. Nothing else of the account opens."""


class RefusalMiddleware:
    """A Refusal that no view caught becomes a page that says what was wrong and what to do."""

    def __init__(self, get_response: GetResponse) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self._get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not isinstance(exception, Refusal):
            return None
        return refusal_page(request, exception)


def refusal_page(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    """The page of a refusal, with its status; for views that catch one themselves too."""
    return render(
        request, "office/refusal.html", {"refusal": refusal}, status=refusal.status
    )


class SecondFactorMiddleware:
    """Staff without a second factor see the pages to enrol one, and nothing else of the desk."""

    def __init__(self, get_response: GetResponse) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self._get_response(request)

    def process_view(
        self,
        request: HttpRequest,
        view: Callable[..., HttpResponseBase],
        args: tuple[Any, ...],
        kwargs: dict[str, Any],
    ) -> HttpResponseBase | None:
        if _waits_for_a_lost_factor(request):
            clear_login(request)
            return redirect("account_login")
        if not _is_for_staff(request, view) or not is_staff_request(request):
            return None
        match = request.resolver_match
        if match is not None and match.url_name in ENROLMENT:
            return None
        return None if is_enrolled(request.user) else redirect("mfa_activate_totp")


def _waits_for_a_lost_factor(request: HttpRequest) -> bool:
    """Whether a sign-in under way waits for a second factor that was renewed meanwhile.

    Left alone, allauth would send the browser to and fro between its two pages.
    """
    match = request.resolver_match
    if match is None or match.url_name != "mfa_authenticate":
        return False
    begun = unstash_login(request, peek=True)
    return bool(begun and begun.user) and not has_second_factor(begun.user.pk)


def _is_for_staff(request: HttpRequest, view: Callable[..., HttpResponseBase]) -> bool:
    """The desk's views, and the account pages. A member's pages never look at a session."""
    match = request.resolver_match
    is_account = bool(match and match.url_name and match.url_name.startswith(_ACCOUNT_NAMES))
    return is_account or hasattr(view, "staff_act")


_ACCOUNT_NAMES = ("account_", "mfa_", "usersessions_")
