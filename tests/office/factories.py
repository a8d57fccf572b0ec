"""Staff who can sign in, and the little world that the office's tests need."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime, timedelta
from typing import Any

from allauth.account.internal.flows.login import record_authentication
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import (
    TOTP,
    format_hotp_value,
    hotp_value,
    yield_hotp_counters_from_time,
)
from django.contrib.auth import login
from django.contrib.auth.models import Group
from django.http import HttpRequest
from django.test import Client
from django.utils import timezone

from office.models import StaffMember, WrittenAuthority
from office.permissions import Role
from tests.authenticator import wait_for_whole_step

NOW = datetime(2026, 9, 1, 9, 0, tzinfo=UTC)
PASSWORD = "correct horse battery staple"
TOTP_SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"

_numbers = itertools.count(1)


def staff(
    role: Role | str,
    *,
    name: str | None = None,
    email: str | None = None,
    is_enrolled: bool = True,
    is_authorised: bool = True,
) -> StaffMember:
    """A member of staff. A deputy has a written authority unless is_authorised is false."""
    number = next(_numbers)
    role = Role(role)
    person = StaffMember.objects.create(
        email=email or f"staff{number}@example.org",
        name=name or f"{role.value.capitalize()} {number}",
        joined_at=NOW,
        # One cheap, unusable password: hashing is tested where it matters, in test_sign_in.
        password="!",
    )
    group, _ = Group.objects.get_or_create(name=role.value)
    person.groups.add(group)
    if is_enrolled:
        TOTP.activate(person, TOTP_SECRET)
    if role is Role.DEPUTY and is_authorised:
        authorise(person)
    return person


def officer(**named: Any) -> StaffMember:
    return staff(Role.RETURNING_OFFICER, **named)


def authorise(deputy: StaffMember, *, by: StaffMember | None = None) -> WrittenAuthority:
    return WrittenAuthority.objects.create(
        deputy=deputy,
        granted_by=by or officer(),
        document="Filed as RO/12.",
        begins_at=NOW - timedelta(days=3650),
        granted_at=NOW - timedelta(days=3650),
    )


def sign_in(client: Client, person: StaffMember, *, fresh: bool = True) -> Client:
    """Sign a client in, second factor and all; `fresh` as if they had just proved it anew."""
    request = HttpRequest()
    request.session = client.session
    login(request, person, backend="allauth.account.auth_backends.AuthenticationBackend")
    if fresh:
        request.user = person
        record_authentication(request, person, "mfa", type="totp", reauthenticated=True)
    request.session.save()
    client.cookies[_cookie()] = request.session.session_key or ""
    return client


def _cookie() -> str:
    from django.conf import settings

    return str(settings.SESSION_COOKIE_NAME)


def totp_code(secret: str = TOTP_SECRET, *, steps_ago: int = 0) -> str:
    """The digits that an authenticator app shows now."""
    wait_for_whole_step()
    counter = next(iter(yield_hotp_counters_from_time())) - steps_ago
    return format_hotp_value(hotp_value(secret, counter))


def forget_second_factors(person: StaffMember) -> None:
    Authenticator.objects.filter(user=person).delete()


def now() -> datetime:
    return timezone.now()


__all__ = [
    "NOW",
    "PASSWORD",
    "TOTP_SECRET",
    "authorise",
    "forget_second_factors",
    "now",
    "officer",
    "sign_in",
    "staff",
    "totp_code",
]
