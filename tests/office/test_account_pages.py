"""Which of the framework's account pages answer, and that none changes the address of an account.

A link to a new password is mailed to that address: who could change it would need no officer.
"""

from __future__ import annotations

import re
import threading
from contextlib import suppress

import pytest
from allauth.account.models import EmailAddress
from allauth.account.urls import urlpatterns as pages
from allauth.mfa.models import Authenticator
from django.core import mail
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.urls import NoReverseMatch, reverse

from office.account_urls import OURS
from office.adapters import SecondFactorAdapter
from office.models import StaffMember
from office.permissions import Role
from office.services.staff import make_staff
from tests.office.factories import (
    NOW,
    PASSWORD,
    TOTP_SECRET,
    forget_second_factors,
    sign_in,
    totp_code,
)

pytestmark = pytest.mark.django_db

REMOVE_APP = "/accounts/2fa/totp/deactivate/"
OWN, OTHER = "jo@example.org", "somebody@example.net"


@pytest.fixture
def jo() -> StaffMember:
    cache.clear()
    return make_staff(
        OWN, "Jo Bell", Role.RETURNING_OFFICER,
        password=PASSWORD, totp_secret=TOTP_SECRET, now=NOW,
    ).person


@pytest.mark.parametrize("is_enrolled", [True, False])
@pytest.mark.parametrize("act", ["action_add", "action_primary", "action_remove", "action_send"])
def test_nobody_changes_the_address_by_which_they_sign_in(
    client: Client, jo: StaffMember, act: str, is_enrolled: bool
) -> None:
    if not is_enrolled:
        forget_second_factors(jo)
    sign_in(client, jo)

    for address in (OWN, OTHER):
        response = client.post("/accounts/email/", {act: "", "email": address})
        assert response.status_code == 404

    jo.refresh_from_db()
    assert jo.email == OWN
    assert list(EmailAddress.objects.values_list("email", "primary")) == [(OWN, True)]
    assert mail.outbox == []


def test_a_new_password_is_mailed_to_the_address_that_an_officer_gave_and_to_no_other(
    client: Client, jo: StaffMember
) -> None:
    for address in (OTHER, OWN):
        client.post("/accounts/password/reset/", {"email": address})

    with_a_link = [sent for sent in mail.outbox if "/password/reset/key/" in str(sent.body)]
    assert [sent.to for sent in with_a_link] == [[OWN]]


def test_sign_in_asks_for_no_confirmation_of_an_address(client: Client, jo: StaffMember) -> None:
    EmailAddress.objects.update(verified=False)

    client.post("/accounts/login/", {"login": OWN, "password": PASSWORD})
    client.post("/accounts/2fa/authenticate/", {"code": totp_code()})

    assert client.get("/desk/").status_code == 200
    assert mail.outbox == []


def test_the_page_of_a_new_key_asks_in_words_of_ours(client: Client, jo: StaffMember) -> None:
    page = sign_in(client, jo).get("/accounts/2fa/webauthn/add/").content.decode()

    assert "A passkey, which signs me in by itself" in page and "Passwordless" not in page
    assert 'name="passwordless"' in page
    assert "What you call it" in page and 'value="Key 1"' in page and "Master key" not in page


def key_of(person: StaffMember) -> Authenticator:
    return Authenticator.objects.create(
        user=person, type="webauthn", data={"name": "Key 1", "credential": {}}
    )


def test_an_authenticator_app_is_offered_to_be_removed_only_beside_another_factor(
    client: Client, jo: StaffMember
) -> None:
    sign_in(client, jo)
    alone = client.get("/accounts/2fa/").content.decode()
    page = client.get(REMOVE_APP).content.decode()
    assert REMOVE_APP not in alone
    assert "It is your only second factor" in page and "There is a problem" not in page
    assert "Remove it</button>" not in page

    key_of(jo)

    assert REMOVE_APP in client.get("/accounts/2fa/").content.decode()
    page = client.get(REMOVE_APP).content.decode()
    assert "Remove it</button>" in page and "only second factor" not in page
    assert "your passkey or security key is your second factor" in page


def test_the_last_second_factor_is_not_removed_where_it_is_a_key_either(
    client: Client, jo: StaffMember
) -> None:
    key = key_of(jo)
    Authenticator.objects.filter(user=jo, type="totp").delete()
    remove = f"/accounts/2fa/webauthn/keys/{key.pk}/remove/"
    sign_in(client, jo)

    page = client.get(remove).content.decode()
    refused = client.post(remove)
    assert client.delete(remove).status_code == 405

    assert "It is your only second factor" in page and "Remove it</button>" not in page
    assert refused.status_code == 409
    assert Authenticator.objects.filter(pk=key.pk).exists()

    other = key_of(jo)
    assert "Remove it</button>" in client.get(remove).content.decode()
    assert client.post(remove).status_code == 302
    assert list(Authenticator.objects.filter(user=jo, type="webauthn")) == [other]
    assert "was removed from your account at the desk" in str(mail.outbox[-1].body)
    assert re.search(r"When: \d+ \w+ \d{4}, \d\d:\d\d \((GMT|BST)\)", str(mail.outbox[-1].body))


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("is_app", [True, False])
def test_of_two_second_factors_that_are_removed_at_once_one_stays(
    jo: StaffMember, monkeypatch: pytest.MonkeyPatch, is_app: bool
) -> None:
    keys = [key_of(jo)] if is_app else [key_of(jo), key_of(jo)]
    if not is_app:
        Authenticator.objects.filter(user=jo, type="totp").delete()
    paths = [f"/accounts/2fa/webauthn/keys/{key.pk}/remove/" for key in keys]
    paths += [REMOVE_APP] if is_app else []
    may_go, both_asked = SecondFactorAdapter.can_delete_authenticator, threading.Barrier(2)

    def asked_by_both(adapter: SecondFactorAdapter, authenticator: Authenticator) -> bool:
        # Both are let go for the other's sake, unless one of them waits for the other.
        answer = may_go(adapter, authenticator)
        with suppress(threading.BrokenBarrierError):
            both_asked.wait(timeout=1)
        return answer

    monkeypatch.setattr(SecondFactorAdapter, "can_delete_authenticator", asked_by_both)

    def remove(browser: Client, path: str) -> None:
        try:
            browser.post(path)
        finally:
            connection.close()

    threads = [
        threading.Thread(target=remove, args=(sign_in(Client(), jo), path)) for path in paths
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert Authenticator.objects.filter(user=jo, type__in=["totp", "webauthn"]).count() == 1


def test_the_way_to_a_new_password_looks_as_every_other_link(client: Client) -> None:
    page = client.get("/accounts/login/").content.decode()

    assert 'class="govuk-link" href="/accounts/password/reset/">Have you forgotten' in page


def test_of_the_framework_s_pages_those_alone_answer_that_are_named() -> None:
    names = {page.name for page in pages}

    assert names > OURS
    for name in names - OURS:
        with pytest.raises(NoReverseMatch):
            reverse(name, args=["a-key"] if name == "account_confirm_email" else [])
    for name in ("login", "logout", "change_password", "reset_password", "reauthenticate"):
        assert reverse(f"account_{name}").startswith("/accounts/"), name
