"""A password is chosen by a mailed link with the second factor, and not by the mailbox alone."""

from __future__ import annotations

import re
from datetime import timedelta
from io import StringIO

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP
from django.conf import settings
from django.core import mail
from django.core.cache import cache
from django.core.management import call_command
from django.test import Client

from office.models import StaffMember
from office.permissions import Role
from office.services.second_factor import renew_second_factor
from office.services.staff import make_staff
from tests.office.factories import NOW, PASSWORD, TOTP_SECRET, officer, totp_code

pytestmark = pytest.mark.django_db

NEW = "seven quiet herons upstream"
SHUT = "No password can be chosen by mail now"


@pytest.fixture(autouse=True)
def no_limits_from_before() -> None:
    cache.clear()


@pytest.fixture
def jo() -> StaffMember:
    return make_staff(
        "jo@example.org", "Jo Bell", Role.RETURNING_OFFICER,
        password=PASSWORD, totp_secret=TOTP_SECRET, now=NOW,
    ).person


def ask(client: Client) -> str:
    """Ask for a link and follow it, as whoever reads the mailbox can; the address of the form."""
    client.post("/accounts/password/reset/", {"email": "jo@example.org"})
    link = re.search(r"https?://\S+", str(mail.outbox[-1].body))
    assert link
    page = client.get(link[0].removeprefix(settings.ORIGIN), follow=True)
    return str(page.redirect_chain[-1][0])


def choose(client: Client, form: str, password: str = NEW, **given: str) -> str:
    """Fill the form in, and return the page that answers."""
    typed = {"password1": password, "password2": password, **given}
    return client.post(form, typed, follow=True).content.decode()


def is_changed(person: StaffMember) -> bool:
    return StaffMember.objects.get(pk=person.pk).check_password(NEW)


def renew(person: StaffMember) -> None:
    renew_second_factor(
        str(person.pk), by=officer().pk, seconded_by=officer().pk, now=NOW + timedelta(hours=1)
    )


def test_the_mailbox_alone_changes_no_password(client: Client, jo: StaffMember) -> None:
    form = ask(client)

    assert "Give a code of your second factor" in choose(client, form)
    assert "That is not the code" in choose(client, form, code="000000")
    assert not is_changed(jo)

    choose(client, form, code=totp_code())
    assert is_changed(jo)


def test_a_recovery_code_is_as_good_and_good_once(client: Client, jo: StaffMember) -> None:
    codes = Authenticator.objects.get(user=jo, type="recovery_codes").wrap()
    [code, *_] = codes.get_unused_codes()
    choose(client, ask(client), code=code)
    assert is_changed(jo)

    page = choose(client, ask(client), PASSWORD, code=code)

    assert "That is not the code" in page and is_changed(jo)


def test_a_password_that_is_refused_uses_up_no_code(client: Client, jo: StaffMember) -> None:
    form, code = ask(client), totp_code()

    choose(client, form, "short", code=code)
    choose(client, form, password2="another one entirely", code=code)
    assert not is_changed(jo)
    choose(client, form, code=code)

    assert is_changed(jo)


def test_wrong_codes_are_limited_and_the_right_one_then_waits_too(
    client: Client, jo: StaffMember
) -> None:
    form = ask(client)
    for number in range(6):
        choose(client, form, code=f"{number:06}")

    choose(client, form, code=totp_code())
    assert not is_changed(jo)
    cache.clear()
    choose(client, form, code=totp_code())
    assert is_changed(jo)


@pytest.mark.parametrize("is_asked_before", [True, False])
def test_mailbox_and_renewed_factor_together_open_no_account(
    client: Client, jo: StaffMember, is_asked_before: bool
) -> None:
    form = ask(client) if is_asked_before else ""
    renew(jo)
    form = form or ask(client)

    assert SHUT in client.get(form).content.decode()
    assert SHUT in choose(client, form)
    assert SHUT in choose(client, form, code=totp_code())
    assert not is_changed(jo)

    TOTP.activate(jo, TOTP_SECRET)
    cache.clear()
    choose(client, form, code=totp_code())
    assert is_changed(jo)


def test_a_new_password_is_written_and_nothing_beside_it(jo: StaffMember) -> None:
    from allauth.account.adapter import get_adapter

    before = StaffMember.objects.get(pk=jo.pk)
    renew(jo)

    get_adapter().set_password(before, NEW)

    jo.refresh_from_db()
    assert jo.check_password(NEW) and jo.factor_renewed_at is not None


def test_who_has_the_server_gives_a_password_to_whoever_has_lost_both(
    jo: StaffMember, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("getpass.getpass", lambda prompt="": NEW)

    call_command("changepassword", jo.email, stdout=StringIO())

    assert is_changed(jo)


def test_a_link_that_is_not_good_asks_for_nothing(client: Client, jo: StaffMember) -> None:
    page = client.get("/accounts/password/reset/key/1-none-such/", follow=True)

    assert "This link no longer works" in page.content.decode()
    assert "Choose a password" in client.get(ask(client)).content.decode()
