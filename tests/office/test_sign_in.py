"""Signing in: password and second factor, limits, a session of one's own, no sign-up."""

from __future__ import annotations

import re
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.core import mail
from django.core.cache import cache
from django.test import Client

from office import selectors
from office.models import StaffMember
from office.permissions import Role
from office.services.approvals import propose_act
from office.services.staff import make_staff
from tests.office.factories import (
    NOW,
    PASSWORD,
    TOTP_SECRET,
    forget_second_factors,
    now,
    officer,
    sign_in,
    totp_code,
)

pytestmark = pytest.mark.django_db

LOGIN = "/accounts/login/"
SECOND = "/accounts/2fa/authenticate/"
ENROL = "/accounts/2fa/totp/activate/"


@pytest.fixture(autouse=True)
def no_limits_from_before() -> None:
    cache.clear()


@pytest.fixture
def jo() -> StaffMember:
    return make_staff(
        "jo@example.org", "Jo Bell", Role.RETURNING_OFFICER,
        password=PASSWORD, totp_secret=TOTP_SECRET, now=NOW,
    ).person


def type_password(client: Client, password: str = PASSWORD, email: str = "jo@example.org") -> Any:
    return client.post(LOGIN, {"login": email, "password": password})


def is_at_the_desk(client: Client) -> bool:
    return client.get("/desk/audit/").status_code == 200


def test_the_pages_for_signing_in_say_e_mail_as_every_other_page_does(client: Client) -> None:
    pages = {LOGIN: "login", "/accounts/password/reset/": "email"}

    shown = [client.get(page).text for page in pages]
    wrong = [client.post(page, {field: "jo"}).text for page, field in pages.items()]
    empty = [client.post(page).text for page in pages]

    assert all(page.count("E-mail address") >= 2 for page in shown)
    assert all("Write an e-mail address like name@example.org." in page for page in wrong)
    assert all("Give your e-mail address." in page for page in empty)
    assert not [page for page in (*shown, *wrong, *empty) if re.search(r"[Ee]mail address", page)]


def test_password_and_second_factor_lead_to_the_desk(client: Client, jo: StaffMember) -> None:
    response = type_password(client)
    assert (response.status_code, response["Location"]) == (302, SECOND)
    assert not is_at_the_desk(client)

    response = client.post(SECOND, {"code": totp_code()})

    assert (response.status_code, response["Location"]) == (302, "/desk/")
    assert is_at_the_desk(client)


@pytest.mark.parametrize("code", ["000000", "", "abcdef", "recovery"])
def test_a_wrong_second_factor_leads_nowhere(client: Client, jo: StaffMember, code: str) -> None:
    type_password(client)

    assert client.post(SECOND, {"code": code}).status_code == 200
    assert not is_at_the_desk(client)

    client.post(SECOND, {"code": totp_code()})
    assert is_at_the_desk(client)


def test_a_code_is_good_for_one_sign_in(client: Client, jo: StaffMember) -> None:
    code = totp_code()
    type_password(client)
    client.post(SECOND, {"code": code})
    assert is_at_the_desk(client)

    other = Client()
    type_password(other)
    other.post(SECOND, {"code": code})

    assert not is_at_the_desk(other)


def test_a_session_fixed_before_signing_in_is_worth_nothing(jo: StaffMember) -> None:
    victim, thief = Client(), Client()
    victim.get(LOGIN)
    type_password(victim)
    before = victim.cookies[settings.SESSION_COOKIE_NAME].value
    thief.cookies[settings.SESSION_COOKIE_NAME] = before

    victim.post(SECOND, {"code": totp_code()})

    assert victim.cookies[settings.SESSION_COOKIE_NAME].value != before
    assert is_at_the_desk(victim)
    assert not is_at_the_desk(thief)


def test_signing_out_ends_the_session_for_every_copy_of_its_cookie(jo: StaffMember) -> None:
    client, copy = Client(), Client()
    type_password(client)
    client.post(SECOND, {"code": totp_code()})
    copy.cookies[settings.SESSION_COOKIE_NAME] = client.cookies[settings.SESSION_COOKIE_NAME].value
    assert is_at_the_desk(copy)

    assert client.get("/accounts/logout/").status_code == 200
    assert is_at_the_desk(client)
    client.post("/accounts/logout/")

    assert not is_at_the_desk(client) and not is_at_the_desk(copy)


def test_wrong_passwords_are_limited_by_account_and_the_right_one_then_waits_too(
    client: Client, jo: StaffMember
) -> None:
    for _ in range(5):
        type_password(client, "wrong wrong wrong")

    assert type_password(client).status_code == 200
    cache.clear()
    assert type_password(client).status_code == 302


def test_wrong_second_factors_are_limited(client: Client, jo: StaffMember) -> None:
    type_password(client)
    for number in range(8):
        client.post(SECOND, {"code": f"{number:06}"})

    client.post(SECOND, {"code": totp_code()})

    assert not is_at_the_desk(client)


def test_an_unknown_address_and_a_wrong_password_look_alike(
    client: Client, jo: StaffMember
) -> None:
    known = type_password(client, "wrong wrong wrong")
    unknown = type_password(client, "wrong wrong wrong", "kim@example.org")

    assert known.status_code == unknown.status_code == 200
    assert _page(known) == _page(unknown).replace("kim@", "jo@")


def _page(response: Any) -> str:
    text: str = response.content.decode()
    return re.sub(r'name="csrfmiddlewaretoken" value="[^"]*"', "", text)


def test_a_closed_account_cannot_sign_in(client: Client, jo: StaffMember) -> None:
    StaffMember.objects.update(is_active=False)
    type_password(client)
    client.post(SECOND, {"code": totp_code()})

    assert not is_at_the_desk(client)


def test_nobody_signs_up(client: Client) -> None:
    assert "made by a returning officer" in client.get("/accounts/signup/").content.decode()

    client.post("/accounts/signup/", {"email": "new@example.org", "password1": PASSWORD})

    assert StaffMember.objects.count() == 0


# --- the second factor is compulsory -----------------------------------------------------------


def test_staff_without_a_second_factor_are_led_to_set_one_up(
    client: Client, jo: StaffMember
) -> None:
    forget_second_factors(jo)
    type_password(client)

    response = client.get("/desk/")
    assert (response.status_code, response["Location"]) == (302, ENROL)
    for address in ("/accounts/2fa/", "/accounts/password/change/"):
        assert client.get(address)["Location"] == ENROL, address

    response = client.get(ENROL)
    assert response["Location"].startswith("/accounts/reauthenticate/")
    client.post(response["Location"], {"password": PASSWORD})
    page = client.get(ENROL).content.decode()
    secret = re.search(r'app-hash">([A-Z2-7]{32})<', page)
    assert secret and "<svg" in page and "data:image" not in page
    client.post(ENROL, {"code": totp_code(secret[1])})

    assert is_at_the_desk(client)
    stored = Authenticator.objects.get(user=jo, type="totp").data["secret"]
    assert secret[1] not in stored


def test_recovery_codes_alone_are_no_second_factor(client: Client, jo: StaffMember) -> None:
    Authenticator.objects.filter(user=jo, type="totp").delete()
    assert Authenticator.objects.filter(user=jo, type="recovery_codes").exists()
    sign_in(client, jo)

    assert client.get("/desk/")["Location"] == ENROL


def test_the_last_second_factor_cannot_be_removed(client: Client, jo: StaffMember) -> None:
    sign_in(client, jo)

    response = client.post("/accounts/2fa/totp/deactivate/")

    assert response.status_code in (200, 302)
    assert Authenticator.objects.filter(user=jo, type="totp").exists()
    assert is_at_the_desk(client)


# --- fresh authentication ------------------------------------------------------------------------


def test_approving_asks_for_proof_anew_and_then_goes_on_by_itself(
    client: Client, jo: StaffMember, carried_out: list[dict[str, Any]]
) -> None:
    approval = propose_act(
        "freeze_roll", subject=("election", "7"), by=officer().pk, now=now()
    )
    type_password(client)
    client.post(SECOND, {"code": totp_code()})
    cache.clear()

    response = client.post(f"/desk/approvals/{approval.pk}/approve/")
    assert response.status_code == 302
    assert "reauthenticate" in response["Location"]
    assert carried_out == []

    wrong = client.post(response["Location"], {"password": "wrong wrong wrong"})
    assert wrong.status_code == 200 and carried_out == []
    done = client.post(response["Location"], {"password": PASSWORD})

    assert done.status_code == 302
    assert [call["seconded_by"] for call in carried_out] == [jo.pk]
    assert "Approved and carried out: freeze the roll." in client.get(
        "/desk/approvals/"
    ).content.decode()


def test_proof_goes_stale(
    client: Client, jo: StaffMember, carried_out: list[dict[str, Any]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    approval = propose_act("freeze_roll", subject=("election", "7"), by=officer().pk, now=now())
    sign_in(client, jo)
    import allauth.account.internal.flows.reauthentication as flow

    later = flow.time.time() + settings.ACCOUNT_REAUTHENTICATION_TIMEOUT + 1
    with monkeypatch.context() as patch:
        patch.setattr(flow.time, "time", lambda: later)
        stale = client.post(f"/desk/approvals/{approval.pk}/approve/")
    assert "reauthenticate" in stale["Location"] and carried_out == []

    assert client.post(f"/desk/approvals/{approval.pk}/approve/").status_code == 302
    assert len(carried_out) == 1


def test_a_refusal_after_proving_anew_is_still_a_page(
    client: Client, jo: StaffMember, carried_out: list[dict[str, Any]]
) -> None:
    approval = propose_act("freeze_roll", subject=("election", "7"), by=jo.pk, now=now())
    sign_in(client, jo, fresh=False)

    asked = client.post(f"/desk/approvals/{approval.pk}/approve/")
    response = client.post(asked["Location"], {"password": PASSWORD})

    assert response.status_code == 403
    assert "another officer must approve it" in response.content.decode()


# --- mail ------------------------------------------------------------------------------------


@pytest.mark.parametrize("host", ["127.0.0.1:9999", "testserver"])
def test_a_link_in_mail_is_of_the_configured_origin_whatever_host_was_asked(
    client: Client, jo: StaffMember, host: str
) -> None:
    response = client.post(
        "/accounts/password/reset/", {"email": "jo@example.org"}, headers={"host": host}
    )
    assert response.status_code == 302

    [message] = mail.outbox
    assert host not in f"{message.subject}{message.body}{message.message()}"
    link = re.search(r"https?://\S+", str(message.body))
    assert link and link[0].startswith(f"{settings.ORIGIN}/accounts/password/reset/key/")
    assert message.message()["Auto-Submitted"] == "auto-generated"
    page = client.get(link[0].removeprefix(settings.ORIGIN), follow=True)
    assert "Choose a password" in page.content.decode()


def test_asking_for_a_new_password_says_the_same_to_an_unknown_address(
    client: Client, jo: StaffMember
) -> None:
    known = client.post("/accounts/password/reset/", {"email": "jo@example.org"})
    unknown = client.post("/accounts/password/reset/", {"email": "kim@example.org"})

    assert (known.status_code, known["Location"]) == (unknown.status_code, unknown["Location"])
    assert not any("/signup" in str(message.body) for message in mail.outbox)


def test_an_invited_person_chooses_a_password_and_is_led_to_a_second_factor(
    client: Client, jo: StaffMember, settings: Any
) -> None:
    from office.services.sending import send_at_once
    from office.services.staff import invite_staff

    settings.EMAIL_BACKEND = "office.mail.DevelopmentOutboxBackend"
    invite_staff("kim@example.org", "Kim", Role.OBSERVER, by=jo.pk, now=NOW)
    send_at_once()
    [invitation] = selectors.development_mails()
    link = re.search(r"https?://\S+", invitation.text)
    assert link

    page = client.get(link[0].removeprefix(settings.ORIGIN), follow=True)
    action = page.redirect_chain[-1][0]
    client.post(action, {"password1": PASSWORD, "password2": PASSWORD})
    response = type_password(client, email="kim@example.org")

    assert response.status_code == 302
    assert client.get("/desk/")["Location"] == ENROL
