"""The desk in a real browser: signing in, second factors, progress that moves by itself."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any
from uuid import UUID

import pytest
from django.core.cache import cache
from playwright.sync_api import Page

from office import acts, kinds
from office.models import Job, StaffMember
from office.permissions import Role
from office.selectors import development_mails
from office.services.approvals import propose_act
from office.services.jobs import open_job
from office.services.letters import queue_letter
from office.services.sending import send_at_once
from office.services.staff import invite_staff, make_staff
from office.services.working import claim_job, finish_job, report_progress
from tests.browser.axe import findings
from tests.office.factories import (
    NOW,
    PASSWORD,
    TOTP_SECRET,
    forget_second_factors,
    now,
    officer,
    staff,
    totp_code,
)

pytestmark = pytest.mark.django_db(transaction=True)

OpenPage = Callable[..., Page]


@pytest.fixture
def origin(live_server: Any, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    settings.CSRF_TRUSTED_ORIGINS = [live_server.url]
    settings.EMAIL_BACKEND = "office.mail.DevelopmentOutboxBackend"
    monkeypatch.setattr("office.services.jobs.current_app.send_task", lambda *a, **k: None)
    cache.clear()
    yield live_server.url.replace("127.0.0.1", "localhost")


@pytest.fixture
def jo(db: None) -> StaffMember:
    return make_staff(
        "jo@example.org", "Jo Bell", Role.RETURNING_OFFICER,
        password=PASSWORD, totp_secret=TOTP_SECRET, now=NOW,
    ).person


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


def type_password(page: Page, origin: str) -> None:
    page.goto(f"{origin}/accounts/login/?next=/desk/staff/")
    page.get_by_label("E-mail address").fill("jo@example.org")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    press(page, "Sign in")


def sign_in(page: Page, origin: str) -> None:
    type_password(page, origin)
    page.get_by_label("Code").fill(totp_code())
    press(page, "Sign in")
    page.wait_for_url("**/desk/staff/")


def virtual_key(page: Page) -> None:
    """Give the browser a passkey holder of its own, which says yes to everything."""
    devices = page.context.new_cdp_session(page)
    devices.send("WebAuthn.enable")
    devices.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2", "transport": "internal", "hasResidentKey": True,
                "hasUserVerification": True, "isUserVerified": True,
                "automaticPresenceSimulation": True,
            }
        },
    )


def test_an_officer_signs_in_with_password_and_authenticator_app(
    origin: str, open_page: OpenPage, jo: StaffMember
) -> None:
    page = open_page()

    sign_in(page, origin)

    assert page.get_by_role("heading", name="Staff", exact=True).is_visible()


def test_a_new_officer_sets_up_a_second_factor_from_the_page(
    origin: str, open_page: OpenPage, jo: StaffMember
) -> None:
    forget_second_factors(jo)
    page = open_page(width=320)
    type_password(page, origin)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    press(page, "Go on")

    assert page.locator("svg.app-qr").is_visible()
    secret = page.locator("code.app-hash").inner_text().strip()
    page.get_by_label("Authenticator code").fill(totp_code(secret))
    press(page, "Set it up")
    page.goto(f"{origin}/desk/staff/")

    assert page.get_by_role("heading", name="Staff", exact=True).is_visible()


def test_a_passkey_is_added_and_signs_its_holder_in_by_itself(
    origin: str, open_page: OpenPage, jo: StaffMember
) -> None:
    page = open_page()
    virtual_key(page)
    sign_in(page, origin)
    page.goto(f"{origin}/accounts/2fa/webauthn/add/")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    press(page, "Go on")
    page.get_by_label("A passkey, which signs me in by itself").check()
    page.wait_for_load_state("load")
    press(page, "Add it")
    page.wait_for_url("**/accounts/2fa/")
    page.goto(f"{origin}/accounts/2fa/webauthn/")
    assert "Passkey, added on" in page.inner_text("main")

    press(page, "Sign out")
    page.goto(f"{origin}/accounts/login/?next=/desk/staff/", wait_until="load")
    press(page, "Sign in with a passkey")

    page.get_by_role("heading", name="Staff", exact=True).wait_for()


def test_approving_proves_who_approves_and_then_goes_on_by_itself(
    origin: str, open_page: OpenPage, jo: StaffMember, monkeypatch: pytest.MonkeyPatch
) -> None:
    done: list[str] = []
    monkeypatch.setitem(
        acts._registered,
        "freeze_roll",
        acts.RegisteredAct(
            "freeze_roll", lambda subject, **given: done.append(subject), lambda s: "It freezes."
        ),
    )
    propose_act("freeze_roll", subject=("election", "7"), by=officer().pk, now=now())
    page = open_page(width=320)
    sign_in(page, origin)
    page.goto(f"{origin}/desk/approvals/")

    press(page, "Approve and carry out")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    press(page, "Go on")

    assert "Approved and carried out: freeze the roll." in page.inner_text("main")
    assert done == ["7"]


@pytest.fixture
def job(monkeypatch: pytest.MonkeyPatch, db: None) -> Job:
    monkeypatch.setitem(
        kinds._kinds,
        "tests.work",
        kinds.JobKind("tests.work", lambda work: None, "Counting the papers", "tally", "count"),
    )
    opened = open_job("tests.work", subject=("election", "7"), by=None, now=NOW)
    claimed = claim_job(opened.pk)
    assert claimed is not None
    report_progress(claimed.pk, claim=claimed.claim, stage="Reading", done=0, total=900)
    return claimed


def test_a_jobs_bar_moves_by_itself_and_the_page_shows_its_end(
    origin: str, open_page: OpenPage, jo: StaffMember, job: Job
) -> None:
    page = open_page()
    sign_in(page, origin)
    page.goto(f"{origin}/desk/jobs/{job.pk}/")
    assert "0 of 900" in page.inner_text("main")

    report_progress(job.pk, claim=job.claim, done=450)
    page.get_by_text("450 of 900").wait_for()
    assert page.get_by_role("progressbar").get_attribute("value") == "50"
    finish_job(job.pk, claim=job.claim)

    page.get_by_text("900 of 900").wait_for()
    page.get_by_text("took").wait_for()
    assert page.locator("[hx-trigger]").count() == 0


@pytest.mark.parametrize("width", [320, 1280])
def test_axe_finds_nothing_at_the_desk_and_nothing_runs_over(
    origin: str, open_page: OpenPage, jo: StaffMember, job: Job, width: int
) -> None:
    deputy = make_staff("kim@example.org", "Kim", Role.DEPUTY, by=jo.pk, now=now()).person
    invite_staff("lee@example.org", "Lee", Role.OBSERVER, by=jo.pk, now=now())
    queue_letter("office.invitation", reference=UUID(int=0), recipient="999999")
    send_at_once()
    [mail] = development_mails()
    officer(), staff(Role.DEPUTY)
    page = open_page(width=width)
    addresses = [
        "/accounts/login/", "/accounts/password/reset/", "/outbox/", f"/outbox/{mail.pk}/",
        "/desk/", "/desk/approvals/", "/desk/audit/", "/desk/letters/", "/desk/letters/held/",
        "/desk/staff/", "/desk/staff/invite/", f"/desk/staff/{deputy.pk}/",
        f"/desk/jobs/{job.pk}/", "/accounts/2fa/", "/accounts/2fa/webauthn/",
        "/accounts/password/change/", "/accounts/logout/",
    ]
    for address in addresses:
        if address == "/outbox/":
            sign_in(page, origin)
        page.goto(f"{origin}{address}")
        assert findings(page) == [], address
        assert page.evaluate("document.documentElement.scrollWidth") <= width, address
