"""Staff: who has an account, in which role, with what written authority."""

from __future__ import annotations

from datetime import timedelta

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from office import selectors
from office.access import StaffRequest, may, staff_only
from office.forms import AuthorityForm, InviteForm
from office.permissions import INVITED_BY_TWO, Role
from office.refusal import Refusal
from office.services.invite_by_two import propose_invitation
from office.services.second_factor import propose_renewal
from office.services.staff import (
    close_account,
    grant_authority,
    invite_staff,
    withdraw_authority,
)


@staff_only("see_staff")
@require_GET
def staff(request: StaffRequest) -> HttpResponse:
    return render(
        request,
        "office/staff.html",
        {"people": selectors.staff(), "may_invite": may(request.user, "invite_staff")},
    )


@staff_only("invite_staff")
@require_http_methods(["GET", "POST"])
def invite(request: StaffRequest) -> HttpResponse:
    form = InviteForm(request.POST or None)
    if form.is_valid():
        try:
            done = _invite(**form.cleaned_data, by=request.user.pk)
        except Refusal as refusal:
            form.add_error(None, refusal.sentence)
        else:
            messages.success(request, done)
            return redirect("staff")
    return render(request, "office/invite.html", {"form": form})


def _invite(*, email: str, name: str, role: str, by: int) -> str:
    """Invite somebody, or propose it where that takes two officers; return what was done."""
    if Role(role) in INVITED_BY_TWO:
        propose_invitation(email, name, Role(role), by=by, now=timezone.now())
        return "Proposed. The invitation goes out when another officer has approved it."
    invite_staff(email, name, role, by=by, now=timezone.now())
    return "Invited. The invitation is on its way."


@staff_only("see_staff")
@require_GET
def staff_member(request: StaffRequest, person_id: int) -> HttpResponse:
    return _member_page(request, person_id, AuthorityForm())


def _member_page(request: StaffRequest, person_id: int, form: AuthorityForm) -> HttpResponse:
    person = selectors.staff().filter(pk=person_id).first()
    if person is None:
        raise Http404
    roles = selectors.roles_of(person.pk)
    is_another = person.is_active and person.pk != request.user.pk
    return render(
        request,
        "office/staff_member.html",
        {
            "person": person,
            "roles": sorted(role.words for role in roles),
            "authorities": selectors.authorities_of(person.pk, now=timezone.now()),
            "form": form,
            "can_grant": Role.DEPUTY in roles and may(request.user, "grant_authority"),
            "can_renew": is_another
            and selectors.has_second_factor(person.pk)
            and may(request.user, "renew_second_factor"),
            "renewal": selectors.waiting_approval(
                "renew_second_factor", subject=("staff", str(person.pk)), now=timezone.now()
            ),
            "can_close": is_another and may(request.user, "close_account"),
        },
    )


@staff_only("see_staff", post="grant_authority")
@require_POST
def authority(request: StaffRequest, person_id: int) -> HttpResponse:
    form = AuthorityForm(request.POST)
    now = timezone.now()
    if not form.is_valid():
        return _member_page(request, person_id, form)
    grant_authority(
        person_id,
        by=request.user.pk,
        document=form.cleaned_data["document"],
        begins_at=now,
        ends_at=now + timedelta(days=form.cleaned_data["days"]),
        now=now,
    )
    messages.success(request, "The authority is in force.")
    return redirect("staff_member", person_id)


@staff_only("see_staff", post="grant_authority")
@require_POST
def authority_withdraw(request: StaffRequest, authority_id: int) -> HttpResponse:
    withdraw_authority(authority_id, by=request.user.pk, now=timezone.now())
    messages.success(request, "The authority has ended.")
    return redirect("staff")


@staff_only("see_staff", post="renew_second_factor")
@require_POST
def renew(request: StaffRequest, person_id: int) -> HttpResponse:
    propose_renewal(person_id, by=request.user.pk, now=timezone.now())
    messages.success(request, "Proposed. Another officer must approve it.")
    return redirect("staff_member", person_id)


@staff_only("see_staff", post="close_account")
@require_POST
def close(request: StaffRequest, person_id: int) -> HttpResponse:
    close_account(person_id, by=request.user.pk, now=timezone.now())
    messages.success(request, "The account is closed.")
    return redirect("staff")
