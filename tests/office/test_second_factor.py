"""A lost second factor is renewed by two others, and lets in nobody who has not the password."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.core.cache import cache
from django.test import Client

from office.models import Approval, AuditRecord, Letter, StaffMember
from office.permissions import Role
from office.refusal import Refusal
from office.selectors import development_mails, has_second_factor
from office.services.approvals import LASTS, approve_act, propose_act
from office.services.second_factor import propose_renewal, renew_second_factor
from office.services.sending import send_at_once
from office.services.staff import close_account, make_staff
from tests.ballot.services import conftest as at_work
from tests.office.factories import (
    NOW,
    PASSWORD,
    TOTP_SECRET,
    now,
    officer,
    sign_in,
    staff,
    totp_code,
)

pytestmark = pytest.mark.django_db

# As the role that web and workers sign in as.
working_role = at_work.working_role
_at_work = at_work._at_work

LATER = NOW + timedelta(hours=1)
ENROL = "/accounts/2fa/totp/activate/"


@pytest.fixture(autouse=True)
def no_limits_from_before() -> None:
    cache.clear()


@pytest.fixture
def jo() -> StaffMember:
    """Somebody with a password, an authenticator app and recovery codes."""
    return make_staff(
        "jo@example.org", "Jo Bell", Role.RETURNING_OFFICER,
        password=PASSWORD, totp_secret=TOTP_SECRET, now=NOW,
    ).person


def renew(person: StaffMember) -> None:
    approval = propose_renewal(person.pk, by=officer().pk, now=NOW)
    approve_act(approval.pk, by=officer().pk, now=LATER)


# --- the act ---------------------------------------------------------------------------------


def test_two_others_take_every_second_factor_away_and_the_trail_says_who(
    jo: StaffMember,
) -> None:
    first, second = officer(), officer()
    assert set(Authenticator.objects.filter(user=jo).values_list("type", flat=True)) == {
        "totp", "recovery_codes",
    }

    approval = propose_renewal(jo.pk, by=first.pk, now=NOW)
    assert has_second_factor(jo.pk) and "Jo Bell" in approval.sentence
    approve_act(approval.pk, by=second.pk, now=LATER)

    assert not Authenticator.objects.filter(user=jo).exists()
    assert has_second_factor(first.pk) and has_second_factor(second.pk)
    jo.refresh_from_db()
    assert jo.factor_renewed_at == LATER and jo.check_password(PASSWORD)
    act = AuditRecord.objects.get(act="renew_second_factor")
    assert (act.by, act.seconded_by, act.subject_id) == (first, second, str(jo.pk))


def test_a_letter_tells_its_holder_by_whom_and_what_to_do(jo: StaffMember, settings: Any) -> None:
    settings.EMAIL_BACKEND = "office.mail.DevelopmentOutboxBackend"
    first, second = officer(name="Ruth Adeyemi"), officer(name="Gareth Pugh")
    approval = propose_renewal(jo.pk, by=first.pk, now=NOW)
    assert not Letter.objects.exists()

    approve_act(approval.pk, by=second.pk, now=LATER)
    assert Letter.objects.get().enclosure is None
    send_at_once()

    [mail] = development_mails()
    assert mail.recipients == ["jo@example.org"]
    for said in ("Ruth Adeyemi proposed it", "Gareth Pugh approved it",
                 "1 September 2026, 11:00 (BST)", f"{settings.ORIGIN}/accounts/login/",
                 "If you did not ask for it"):
        assert said in mail.text and said in mail.html, said


def test_a_second_renewal_is_told_of_as_itself(jo: StaffMember, settings: Any) -> None:
    settings.EMAIL_BACKEND = "office.mail.DevelopmentOutboxBackend"
    renew(jo)
    send_at_once()
    _enrol_again(jo)
    approval = propose_renewal(jo.pk, by=officer(name="Ruth Adeyemi").pk, now=LATER)
    approve_act(approval.pk, by=officer(name="Gareth Pugh").pk, now=LATER)

    send_at_once()

    newest, eldest = development_mails()
    assert "Ruth Adeyemi proposed it" in newest.text
    assert "Ruth Adeyemi" not in eldest.text


def _enrol_again(person: StaffMember) -> None:
    from allauth.mfa.totp.internal.auth import TOTP

    TOTP.activate(person, TOTP_SECRET)


def test_nobody_is_one_of_the_two_for_their_own(jo: StaffMember) -> None:
    with pytest.raises(Refusal, match=r"staff\.own-factor"):
        propose_renewal(jo.pk, by=jo.pk, now=NOW)
    approval = propose_renewal(jo.pk, by=officer().pk, now=NOW)
    with pytest.raises(Refusal, match=r"staff\.own-factor"):
        approve_act(approval.pk, by=jo.pk, now=LATER)
    approval.refresh_from_db()
    assert approval.state == Approval.State.WAITING and has_second_factor(jo.pk)

    approve_act(approval.pk, by=officer().pk, now=LATER)
    assert not has_second_factor(jo.pk)


def test_the_page_offers_its_holder_to_refuse_it_and_not_to_approve_it(
    client: Client, jo: StaffMember
) -> None:
    approval = propose_renewal(jo.pk, by=officer().pk, now=now())

    own = sign_in(client, jo).get("/desk/approvals/").text
    anothers = sign_in(Client(), officer()).get("/desk/approvals/").text

    assert approval.sentence in own and "Approve and carry out" not in own
    assert "You cannot be one of the two who renew your own second factor" in own
    assert "Refuse it" in own
    assert "Approve and carry out" in anothers and "You cannot be one of" not in anothers


def test_a_proposal_of_ones_own_that_came_by_a_side_door_is_refused_when_approved(
    jo: StaffMember,
) -> None:
    subject = ("staff", str(jo.pk))
    approval = propose_act("renew_second_factor", subject=subject, by=jo.pk, now=NOW)

    with pytest.raises(Refusal, match=r"staff\.own-factor"):
        approve_act(approval.pk, by=officer().pk, now=LATER)

    assert has_second_factor(jo.pk)


def test_one_officer_alone_renews_nothing(jo: StaffMember) -> None:
    first = officer()
    for second in (None, first.pk):
        with pytest.raises(Refusal, match=r"approval\.two-officers"):
            renew_second_factor(str(jo.pk), by=first.pk, seconded_by=second, now=NOW)
    approval = propose_renewal(jo.pk, by=first.pk, now=NOW)
    with pytest.raises(Refusal, match=r"approval\.own-proposal"):
        approve_act(approval.pk, by=first.pk, now=LATER)
    assert has_second_factor(jo.pk)

    renew_second_factor(str(jo.pk), by=first.pk, seconded_by=officer().pk, now=NOW)
    assert not has_second_factor(jo.pk)


def test_a_returning_officer_proposes_and_a_deputy_with_authority_may_approve(
    jo: StaffMember,
) -> None:
    idle, deputy = staff(Role.DEPUTY, is_authorised=False), staff(Role.DEPUTY)

    with pytest.raises(Refusal, match=r"approval\.not-yours-to-propose"):
        propose_renewal(jo.pk, by=deputy.pk, now=NOW)
    approval = propose_renewal(jo.pk, by=officer().pk, now=NOW)
    with pytest.raises(Refusal, match=r"approval\.not-yours-to-decide"):
        approve_act(approval.pk, by=idle.pk, now=LATER)
    approve_act(approval.pk, by=deputy.pk, now=LATER)

    assert not has_second_factor(jo.pk)


def test_an_approval_pressed_twice_renews_once(jo: StaffMember) -> None:
    approval = propose_renewal(jo.pk, by=officer().pk, now=NOW)
    with pytest.raises(Refusal, match=r"approval\.already-waiting"):
        propose_renewal(jo.pk, by=officer().pk, now=NOW)
    approve_act(approval.pk, by=officer().pk, now=LATER)

    with pytest.raises(Refusal, match=r"approval\.decided"):
        approve_act(approval.pk, by=officer().pk, now=LATER)
    with pytest.raises(Refusal, match=r"staff\.no-second-factor"):
        propose_renewal(jo.pk, by=officer().pk, now=LATER)

    assert Letter.objects.count() == 1
    assert AuditRecord.objects.filter(act="renew_second_factor").count() == 1


def test_a_proposal_that_nobody_approves_ends_and_leaves_the_factor(jo: StaffMember) -> None:
    approval = propose_renewal(jo.pk, by=officer().pk, now=NOW)

    with pytest.raises(Refusal, match=r"approval\.expired"):
        approve_act(approval.pk, by=officer().pk, now=NOW + LASTS)

    assert has_second_factor(jo.pk)
    again = propose_renewal(jo.pk, by=officer().pk, now=NOW + LASTS)
    approve_act(again.pk, by=officer().pk, now=NOW + LASTS)
    assert not has_second_factor(jo.pk)


def test_an_account_that_is_not_there_or_closed_has_nothing_to_renew(jo: StaffMember) -> None:
    first = officer()
    with pytest.raises(Refusal, match=r"staff\.unknown"):
        propose_renewal(10**9, by=first.pk, now=NOW)
    approval = propose_renewal(jo.pk, by=first.pk, now=NOW)
    second = officer()

    close_account(jo.pk, by=first.pk, now=NOW)

    with pytest.raises(Refusal, match=r"approval\.gone"):
        approve_act(approval.pk, by=second.pk, now=LATER)


# --- the account afterwards ------------------------------------------------------------------


def test_every_session_of_theirs_ends_and_nobody_elses(jo: StaffMember) -> None:
    here, there = sign_in(Client(), jo), sign_in(Client(), jo)
    other = sign_in(Client(), officer())
    assert {one.get("/desk/audit/").status_code for one in (here, there, other)} == {200}

    renew(jo)

    for one in (here, there):
        assert one.get("/desk/audit/")["Location"].startswith("/accounts/login/")
        assert one.post("/desk/staff/invite/")["Location"].startswith("/accounts/login/")
    assert other.get("/desk/audit/").status_code == 200


def test_the_password_leads_to_a_new_factor_and_to_nothing_before_it(
    client: Client, jo: StaffMember
) -> None:
    renew(jo)
    client.post("/accounts/login/", {"login": jo.email, "password": "wrong wrong wrong"})
    assert client.get("/desk/")["Location"].startswith("/accounts/login/")

    client.post("/accounts/login/", {"login": jo.email, "password": PASSWORD})
    for address in ("/desk/", "/desk/approvals/", "/desk/audit/", "/accounts/2fa/",
                    "/accounts/2fa/recovery-codes/", "/accounts/password/change/"):
        assert client.get(address)["Location"] == ENROL, address
    assert client.post("/desk/staff/invite/")["Location"] == ENROL

    client.post(client.get(ENROL)["Location"], {"password": PASSWORD})
    secret = re.search(r'app-hash">([A-Z2-7]{32})<', client.get(ENROL).content.decode())
    assert secret and secret[1] != TOTP_SECRET
    client.post(ENROL, {"code": totp_code(secret[1])})

    assert client.get("/desk/audit/").status_code == 200


def test_a_sign_in_that_waited_for_the_lost_factor_begins_anew(
    client: Client, jo: StaffMember
) -> None:
    client.post("/accounts/login/", {"login": jo.email, "password": PASSWORD})
    renew(jo)

    response = client.post("/accounts/2fa/authenticate/", {"code": totp_code()}, follow=True)

    assert "Sign in to the desk" in response.content.decode()
    assert client.get("/desk/").status_code == 302
    client.post("/accounts/login/", {"login": jo.email, "password": PASSWORD})
    assert client.get("/desk/")["Location"] == ENROL


# --- the page --------------------------------------------------------------------------------


def test_it_is_proposed_on_the_page_of_the_account_and_approved_with_the_others(
    jo: StaffMember,
) -> None:
    first, second = sign_in(Client(), officer()), sign_in(Client(), officer())
    page = f"/desk/staff/{jo.pk}/"
    assert "Propose to renew it" in first.get(page).content.decode()

    response = first.post(f"{page}renew/", follow=True)

    text = response.content.decode()
    assert "Proposed. Another officer must approve it." in text
    assert "Propose to renew it" not in text and "waits for another officer" in text
    waiting = second.get("/desk/approvals/").content.decode()
    assert "The second factor of Jo Bell will be renewed." in waiting
    done = second.post(f"/desk/approvals/{Approval.objects.get().pk}/approve/", follow=True)
    assert "Approved and carried out: renew somebody’s second factor." in done.content.decode()
    assert "Renew the second factor" not in first.get(page).content.decode()
    assert not has_second_factor(jo.pk)


def test_it_is_offered_to_nobody_for_themselves_and_to_no_other_role(jo: StaffMember) -> None:
    page = f"/desk/staff/{jo.pk}/"
    own = sign_in(Client(), jo)
    assert "Renew the second factor" not in own.get(page).content.decode()
    assert own.post(f"{page}renew/").status_code == 403
    for role in set(Role) - {Role.RETURNING_OFFICER}:
        assert sign_in(Client(), staff(role)).post(f"{page}renew/").status_code == 404, role
    assert not Approval.objects.exists()

    assert sign_in(Client(), officer()).post(f"{page}renew/").status_code == 302
    assert Approval.objects.count() == 1


def test_proposing_it_asks_for_proof_anew(jo: StaffMember) -> None:
    first = sign_in(Client(), officer(), fresh=False)

    response = first.post(f"/desk/staff/{jo.pk}/renew/")

    assert "reauthenticate" in response["Location"] and not Approval.objects.exists()
