"""Staff: accounts made ready to sign in, roles, written authority, closing an account."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from datetime import datetime
from http import HTTPStatus

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.contrib.auth.models import Group
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator, validate_email
from django.db import transaction
from django.utils import timezone

from office.invitations import INVITATION, OFFICE
from office.models import StaffMember, WrittenAuthority
from office.permissions import INVITED_BY_TWO, OFFICERS, Role
from office.refusal import Refusal
from office.selectors import roles_of
from office.services.approvals import demand_two_officers
from office.services.audit import record
from office.services.letters import queue_letter

LONGEST_ADDRESS = 254
LONGEST_NAME = 120


@dataclass(frozen=True, slots=True)
class NewStaff:
    """A member of staff who has just been made, with what is shown once and kept nowhere."""

    person: StaffMember
    password: str = field(repr=False)
    totp_secret: str = field(repr=False)


@transaction.atomic
def make_staff(
    email: str,
    name: str,
    role: Role | str,
    *,
    password: str | None = None,
    totp_secret: str | None = None,
    by: int | None = None,
    now: datetime | None = None,
) -> NewStaff:
    """Make an account with password and TOTP enrolled, so that sign-in works at once.

    password, totp_secret: made at random when not given. The secret is base 32, as in an
    authenticator app. Who is told them can sign in as this person: hand them over in person.
    """
    now = now or timezone.now()
    person = _new_account(email, name, Role(role), now=now)
    password = password or secrets.token_urlsafe(15)
    totp_secret = totp_secret or generate_totp_secret()
    _check_password(password, person)
    person.set_password(password)
    person.save(update_fields=["password"])
    TOTP.activate(person, totp_secret)
    RecoveryCodes.activate(person)
    record("make_staff", subject=("staff", str(person.pk)), by=by, now=now,
           parameters={"role": str(Role(role))})
    return NewStaff(person=person, password=password, totp_secret=totp_secret)


@transaction.atomic
def invite_staff(
    email: str,
    name: str,
    role: Role | str,
    *,
    by: int,
    now: datetime,
    seconded_by: int | None = None,
) -> StaffMember:
    """Make an account without a password. The invitation leads to choosing one and enrolling.

    Not for those who may second an act, and of those who count as a second person only where two
    officers do it (office.services.invite_by_two): an officer who could do it alone would be two.
    """
    if Role(role) in OFFICERS:
        raise Refusal(
            "staff.officers-are-appointed",
            "Returning officers and deputies are appointed on the server, with the command "
            "make_staff, so that nobody can make themselves a second officer.",
            status=HTTPStatus.FORBIDDEN,
        )
    if Role(role) in INVITED_BY_TWO:
        demand_two_officers(by=by, seconded_by=seconded_by)
    person = _new_account(email, name, Role(role), now=now)
    person.set_unusable_password()
    person.save(update_fields=["password"])
    record("invite_staff", subject=("staff", str(person.pk)), by=by, seconded_by=seconded_by,
           now=now, parameters={"role": str(Role(role))})
    queue_letter(INVITATION, reference=OFFICE, recipient=str(person.pk))
    return person


def choose_password(person: StaffMember, password: str) -> None:
    """Write the password and nothing beside it: what was renewed meanwhile stays renewed."""
    person.set_password(password)
    person.save(update_fields=["password"])


@transaction.atomic
def close_account(person_id: int, *, by: int, now: datetime) -> None:
    """Close an account: it can no longer sign in, and what it holds of second factors goes."""
    if person_id == by:
        raise Refusal("staff.own-account", "You cannot close your own account.",
                      status=HTTPStatus.FORBIDDEN)
    officers = _lock_officers()
    accounts = StaffMember.objects.select_for_update(no_key=True)
    person = accounts.filter(pk=person_id, is_active=True).first()
    if person is None:
        raise Refusal("staff.unknown", "There is no such open account.",
                      status=HTTPStatus.NOT_FOUND)
    if person_id in officers and len(officers) <= 2:
        raise Refusal(
            "staff.last-officers",
            "Two returning officers must remain, or nothing that takes two can be done.",
        )
    person.is_active = False
    person.save(update_fields=["is_active"])
    Authenticator.objects.filter(user=person).delete()
    record("close_account", subject=("staff", str(person_id)), by=by, now=now)


@transaction.atomic
def grant_authority(
    deputy_id: int,
    *,
    by: int,
    document: str,
    begins_at: datetime,
    ends_at: datetime | None,
    now: datetime,
) -> WrittenAuthority:
    """Give a deputy written authority to act for the returning officer, for a time."""
    if Role.RETURNING_OFFICER not in roles_of(by):
        raise Refusal("authority.not-yours-to-give",
                      "Only a returning officer can give a deputy authority.",
                      status=HTTPStatus.FORBIDDEN)
    if deputy_id == by or Role.DEPUTY not in roles_of(deputy_id):
        raise Refusal("authority.not-a-deputy", "Authority is given to a deputy.")
    if not document.strip():
        raise Refusal("authority.no-document",
                      "Write down the authority, or where the signed paper is filed.",
                      status=HTTPStatus.BAD_REQUEST)
    if ends_at is not None and ends_at <= begins_at:
        raise Refusal("authority.ends-before-it-begins", "The authority must end after it begins.",
                      status=HTTPStatus.BAD_REQUEST)
    authority = WrittenAuthority.objects.create(
        deputy_id=deputy_id,
        granted_by_id=by,
        document=document.strip(),
        begins_at=begins_at,
        ends_at=ends_at,
        granted_at=now,
    )
    record("grant_authority", subject=("staff", str(deputy_id)), by=by, now=now,
           parameters={"authority": authority.pk})
    return authority


@transaction.atomic
def withdraw_authority(authority_id: int, *, by: int, now: datetime) -> None:
    """End a deputy's written authority."""
    if Role.RETURNING_OFFICER not in roles_of(by):
        raise Refusal("authority.not-yours-to-give",
                      "Only a returning officer can end a deputy's authority.",
                      status=HTTPStatus.FORBIDDEN)
    changed = WrittenAuthority.objects.filter(pk=authority_id, withdrawn_at__isnull=True).update(
        withdrawn_at=now
    )
    if not changed:
        raise Refusal("authority.unknown", "There is no such authority in force.",
                      status=HTTPStatus.NOT_FOUND)
    record("withdraw_authority", subject=("authority", str(authority_id)), by=by, now=now)


def require_new(email: str, name: str) -> tuple[str, str]:
    """Refuse an address and a name that no account can be made of; return them as it has them."""
    email = email.strip().lower()
    name = name.strip()
    try:
        validate_email(email)
        MaxLengthValidator(LONGEST_ADDRESS)(email)
    except ValidationError:
        raise Refusal("staff.address", "That is not an e-mail address that mail can be sent to.",
                      status=HTTPStatus.BAD_REQUEST) from None
    if not 0 < len(name) <= LONGEST_NAME:
        raise Refusal("staff.no-name",
                      f"Give the person's name, in at most {LONGEST_NAME} letters.",
                      status=HTTPStatus.BAD_REQUEST)
    if StaffMember.objects.filter(email=email).exists():
        raise Refusal("staff.exists", "There is already an account with that address.")
    return email, name


def _new_account(email: str, name: str, role: Role, *, now: datetime) -> StaffMember:
    email, name = require_new(email, name)
    person = StaffMember(email=email, name=name, joined_at=now)
    person.set_unusable_password()
    person.save()
    group, _ = Group.objects.get_or_create(name=role.value)
    person.groups.add(group)
    # The officer who makes the account vouches for the address; nobody signs up by themselves.
    EmailAddress.objects.create(user=person, email=email, verified=True, primary=True)
    return person


def _check_password(password: str, person: StaffMember) -> None:
    try:
        validate_password(password, person)
    except ValidationError as error:
        raise Refusal("staff.password", " ".join(error.messages),
                      status=HTTPStatus.BAD_REQUEST) from None


def _lock_officers() -> list[int]:
    """The returning officers, locked in one order: of two who close accounts at the same moment
    the second counts who remains after the first. What they do meanwhile waits for nothing."""
    officers = StaffMember.objects.select_for_update(of=("self",), no_key=True).filter(
        is_active=True, groups__name=Role.RETURNING_OFFICER.value
    )
    return [person.pk for person in officers.order_by("pk")]
