"""The one way in to the desk: signed in, second factor enrolled, and the table says yes.

A wrong role and a missing object look alike: 404. Every staff view wears `staff_only`; a test
walks the URL patterns and tries every role on each.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypeGuard

from allauth.account.decorators import reauthentication_required
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone

from office import selectors
from office.models import StaffMember
from office.permissions import ACTS

P = ParamSpec("P")

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


class StaffRequest(HttpRequest):
    """A request that came through `staff_only`: its user is a member of staff."""

    user: StaffMember


View = Callable[Concatenate[StaffRequest, P], HttpResponseBase]


def may(person: StaffMember, act: str) -> bool:
    """Whether this person may do (or propose) the act now."""
    return selectors.may(person.pk, act, now=timezone.now())


def is_enrolled(person: StaffMember) -> bool:
    """Whether this person has a second factor: an authenticator app or a passkey."""
    return selectors.has_second_factor(person.pk)


def is_staff_request(request: HttpRequest) -> TypeGuard[StaffRequest]:
    return isinstance(request.user, StaffMember)


def staff_only(
    act: str, *, post: str | None = None
) -> Callable[[View[P]], Callable[Concatenate[HttpRequest, P], HttpResponseBase]]:
    """Let in only staff whom the table allows the act.

    act:  demanded of every request.
    post: demanded as well of an unsafe request, when looking and doing differ:
          @staff_only("see_letters", post="run_letters").

    An unsafe request for an act that the table marks `fresh` demands fresh authentication; the
    request is put aside and goes on by itself once the person has proved who they are.
    """
    for name in (act, post or act):
        if name not in ACTS:
            raise ValueError(f"{name} is not in the permission table")

    def decorate(view: View[P]) -> Callable[Concatenate[HttpRequest, P], HttpResponseBase]:
        @wraps(view)
        def guarded(
            request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs
        ) -> HttpResponseBase:
            if not is_staff_request(request):
                return redirect_to_login(request.get_full_path())
            if not is_enrolled(request.user):
                return redirect("mfa_activate_totp")
            is_unsafe = request.method not in SAFE
            demanded = {act, post or act} if is_unsafe else {act}
            if not all(may(request.user, name) for name in demanded):
                raise Http404
            if is_unsafe and any(ACTS[name].fresh for name in demanded):
                return freshly(view)(request, *args, **kwargs)
            return view(request, *args, **kwargs)

        guarded.staff_act = act  # type: ignore[attr-defined]
        guarded.staff_act_post = post or act  # type: ignore[attr-defined]
        return guarded

    return decorate


def freshly(view: View[P]) -> View[P]:
    """A view that demands fresh authentication, whatever else was demanded before.

    It is allauth's own demand; its middleware turns it into the page and resumes the request.
    """
    fresh: Any = reauthentication_required(view, app="office")
    return fresh  # type: ignore[no-any-return]
