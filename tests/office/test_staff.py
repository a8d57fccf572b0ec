"""Making, inviting and closing accounts, and a deputy's written authority."""

from __future__ import annotations

import threading
import time
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction

from office import selectors
from office.models import AuditRecord, Letter, StaffMember
from office.permissions import Role
from office.refusal import Refusal
from office.selectors import development_mails, roles_of
from office.services.sending import send_at_once
from office.services.staff import (
    close_account,
    grant_authority,
    invite_staff,
    make_staff,
    withdraw_authority,
)
from tests.office.factories import NOW, TOTP_SECRET, officer, staff, totp_code

pytestmark = pytest.mark.django_db


def test_an_account_is_made_ready_to_sign_in() -> None:
    made = make_staff("Jo@Example.org", "Jo Bell", "observer", totp_secret=TOTP_SECRET, now=NOW)

    assert (made.person.email, made.person.name) == ("jo@example.org", "Jo Bell")
    assert roles_of(made.person.pk) == {Role.OBSERVER}
    assert made.person.check_password(made.password) and len(made.password) >= 16
    authenticator = Authenticator.objects.get(user=made.person, type="totp")
    assert TOTP(authenticator).validate_code(totp_code())
    assert AuditRecord.objects.get(act="make_staff").parameters == {"role": "observer"}


def test_the_totp_secret_rests_encrypted() -> None:
    made = make_staff("jo@example.org", "Jo Bell", "observer", now=NOW)

    stored = str(list(Authenticator.objects.values_list("data", flat=True)))
    assert made.totp_secret not in stored
    assert made.password not in repr(made) and made.totp_secret not in repr(made)


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"email": "not an address"}, "staff.address"),
        ({"email": f"{'a' * 60}@{'b' * 63}.{'c' * 63}.{'d' * 63}.org"}, "staff.address"),
        ({"name": "  "}, "staff.no-name"),
        ({"name": "n" * 121}, "staff.no-name"),
        ({"password": "password1234"}, "staff.password"),
        ({"password": "short"}, "staff.password"),
        ({"email": "TAKEN@example.org"}, "staff.exists"),
    ],
    ids=str,
)
def test_an_account_with_a_fault_is_refused_and_nothing_is_made(
    given: dict[str, Any], code: str
) -> None:
    make_staff("taken@example.org", "Taken", "observer", now=NOW)

    with pytest.raises(Refusal, match=code.replace(".", r"\.")):
        make_staff(**{"email": "jo@example.org", "name": "Jo", "role": "observer", **given})

    assert StaffMember.objects.count() == 1


def test_the_database_refuses_two_accounts_of_one_address_whatever_the_case() -> None:
    staff("observer", email="jo@example.org")

    for address in ("jo@example.org", "Jo@example.org"):
        with pytest.raises(IntegrityError), transaction.atomic():
            StaffMember.objects.create(email=address, name="Jo", joined_at=NOW)


def test_an_invitation_goes_to_the_address_with_a_link_from_the_configured_origin(
    settings: Any,
) -> None:
    settings.EMAIL_BACKEND = "office.mail.DevelopmentOutboxBackend"
    person = invite_staff("jo@example.org", "Jo Bell", "trustee", by=officer().pk, now=NOW)
    assert not person.has_usable_password()
    assert Letter.objects.get().enclosure is None

    send_at_once()

    [mail] = development_mails()
    assert mail.recipients == ["jo@example.org"]
    assert f"{settings.ORIGIN}/accounts/password/reset/key/" in mail.text
    assert f"{settings.ORIGIN}/accounts/password/reset/key/" in mail.html


def test_a_closed_account_loses_its_roles_and_second_factors() -> None:
    person = staff("observer")

    close_account(person.pk, by=officer().pk, now=NOW)

    assert roles_of(person.pk) == frozenset()
    assert not Authenticator.objects.filter(user=person).exists()
    with pytest.raises(Refusal, match=r"staff\.unknown"):
        close_account(person.pk, by=officer().pk, now=NOW)


def test_nobody_closes_their_own_account_and_two_returning_officers_remain() -> None:
    first, second, third = officer(), officer(), officer()

    with pytest.raises(Refusal, match=r"staff\.own-account"):
        close_account(first.pk, by=first.pk, now=NOW)
    close_account(third.pk, by=first.pk, now=NOW)
    with pytest.raises(Refusal, match=r"staff\.last-officers"):
        close_account(second.pk, by=first.pk, now=NOW)


@pytest.mark.django_db(transaction=True)
def test_two_officers_remain_also_where_accounts_are_closed_at_the_same_moment() -> None:
    first, second, third = officer(), officer(), officer()
    outcomes: list[str] = []

    def close_beside() -> None:
        try:
            close_account(third.pk, by=second.pk, now=NOW)
            outcomes.append("closed")
        except Refusal as refusal:
            outcomes.append(refusal.code)
        finally:
            connection.close()

    beside = threading.Thread(target=close_beside)
    with transaction.atomic():
        close_account(second.pk, by=first.pk, now=NOW)
        beside.start()
        assert _somebody_waits()
    beside.join(20)

    assert outcomes == ["staff.last-officers"]
    assert roles_of(first.pk) and roles_of(third.pk) and not roles_of(second.pk)


def _somebody_waits(give_up_s: float = 20.0) -> bool:
    """Whether some session comes to wait for a lock that another holds."""
    end = time.monotonic() + give_up_s
    while time.monotonic() < end:
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
            if cursor.fetchone()[0]:
                return True
        time.sleep(0.01)
    return False


def authority(deputy: StaffMember, by: StaffMember, **given: Any) -> Any:
    return grant_authority(
        deputy.pk,
        **{
            "by": by.pk, "document": "Filed as RO/12.", "begins_at": NOW,
            "ends_at": NOW + timedelta(days=2), "now": NOW, **given,
        },
    )


def test_written_authority_is_in_force_from_its_beginning_to_its_end() -> None:
    deputy = staff(Role.DEPUTY, is_authorised=False)
    authority(deputy, officer())

    def may_at(days: float) -> bool:
        return selectors.may(deputy.pk, "edit_rules", now=NOW + timedelta(days=days))

    assert [may_at(days) for days in (-0.01, 0, 1.99, 2)] == [False, True, True, False]


def test_withdrawn_authority_is_at_an_end() -> None:
    deputy, person = staff(Role.DEPUTY, is_authorised=False), officer()
    given = authority(deputy, person)
    assert selectors.may(deputy.pk, "edit_rules", now=NOW)

    withdraw_authority(given.pk, by=person.pk, now=NOW)

    assert not selectors.may(deputy.pk, "edit_rules", now=NOW)
    with pytest.raises(Refusal, match=r"authority\.unknown"):
        withdraw_authority(given.pk, by=person.pk, now=NOW)


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"document": " "}, "authority.no-document"),
        ({"ends_at": NOW}, "authority.ends-before-it-begins"),
    ],
    ids=["no document", "ends at once"],
)
def test_authority_with_a_fault_is_refused(given: dict[str, Any], code: str) -> None:
    deputy, person = staff(Role.DEPUTY, is_authorised=False), officer()

    with pytest.raises(Refusal, match=code.replace(".", r"\.")):
        authority(deputy, person, **given)

    assert authority(deputy, person).pk


def test_only_a_returning_officer_gives_authority_and_only_to_a_deputy() -> None:
    deputy, person = staff(Role.DEPUTY), officer()

    with pytest.raises(Refusal, match=r"authority\.not-yours-to-give"):
        authority(staff(Role.DEPUTY), deputy)
    with pytest.raises(Refusal, match=r"authority\.not-a-deputy"):
        authority(staff(Role.OBSERVER), person)
    given = authority(deputy, person)
    with pytest.raises(Refusal, match=r"authority\.not-yours-to-give"):
        withdraw_authority(given.pk, by=deputy.pk, now=NOW)


def test_the_command_makes_staff_and_prints_the_secrets_once() -> None:
    printed = StringIO()

    call_command("make_staff", "Jo Bell", "jo@example.org", "returning officer", stdout=printed)

    words = printed.getvalue().split()
    person = StaffMember.objects.get(email="jo@example.org")
    assert person.check_password(words[1])
    with pytest.raises(CommandError, match="already an account"):
        call_command("make_staff", "Jo", "jo@example.org", "observer", stdout=StringIO())
