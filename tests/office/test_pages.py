"""The office's pages, as each role sees them."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from office import desk, purposes, selectors
from office.models import Approval, Dispatch, Job, Letter, StaffMember
from office.permissions import Role
from office.purposes import words_of
from office.services.approvals import propose_act
from office.services.audit import record
from office.services.development import keep_mails
from office.services.dispatches import release_letters
from office.services.jobs import open_job
from office.services.letters import prepare_dispatch, queue_letters
from office.services.working import claim_job, fail_job, finish_job, report_progress
from office.templatetags.office import day_in_words, duration, grouped
from tests.office.factories import NOW, now, officer, sign_in, staff

pytestmark = pytest.mark.django_db

_ALL_LINKS = dict(desk._links)
ELECTION = UUID("0190a5d3-0000-7000-8000-000000000007")


@pytest.fixture(autouse=True)
def own_cards(monkeypatch: pytest.MonkeyPatch) -> None:
    """The office's own cards alone: those of the other apps are tested with them."""
    cache.clear()
    own = {"approvals", "dispatches", "audit_trail", "staff"}
    monkeypatch.setattr(
        desk, "_links", {name: link for name, link in desk._links.items() if name in own}
    )
    monkeypatch.setattr("office.services.jobs.current_app.send_task", lambda *a, **k: None)


def text(client: Client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200, address
    return response.content.decode()


def test_the_desk_shows_each_role_its_own_cards(client: Client) -> None:
    assert "Audit trail" in text(sign_in(client, officer()), "/desk/")

    page = text(sign_in(client, staff(Role.OBSERVER)), "/desk/")
    assert "Audit trail" not in page and "Letters" not in page


def test_the_desk_tells_a_deputy_that_they_have_no_authority(client: Client) -> None:
    told = "without a written authority"

    assert told in text(sign_in(client, staff(Role.DEPUTY, is_authorised=False)), "/desk/")
    assert told not in text(sign_in(client, staff(Role.DEPUTY)), "/desk/")


def test_every_card_that_the_applications_register_leads_somewhere() -> None:
    cards = list(_ALL_LINKS.values())

    assert len(cards) > 4
    for card in cards:
        assert reverse(card.url_name).startswith("/desk/"), card


def test_a_card_for_an_act_outside_the_table_is_a_bug() -> None:
    with pytest.raises(ValueError, match="not in the permission table"):
        desk.register_desk_link("Dance", "desk", "dance", "Dances.")


@pytest.fixture
def approval(carried_out: list[dict[str, Any]]) -> Approval:
    return propose_act("freeze_roll", subject=("election", "7"), by=officer().pk, now=now())


def test_the_second_officer_reads_what_will_happen_and_approves(
    client: Client, approval: Approval, carried_out: list[dict[str, Any]]
) -> None:
    sign_in(client, officer())
    page = text(client, "/desk/approvals/")
    assert approval.sentence in page and "Approve and carry out" in page
    assert "wait for a second officer" in text(client, "/desk/") or "waits for" in text(
        client, "/desk/"
    )

    response = client.post(f"/desk/approvals/{approval.pk}/approve/")

    assert response.status_code == 302
    assert len(carried_out) == 1
    assert "Approved and carried out" in text(client, "/desk/approvals/")


def test_the_proposer_sees_that_another_must_decide_and_can_withdraw(
    client: Client, approval: Approval, carried_out: list[dict[str, Any]]
) -> None:
    sign_in(client, approval.proposed_by)
    page = text(client, "/desk/approvals/")
    assert "Withdraw it" in page and "Approve and carry out" not in page

    refused = client.post(f"/desk/approvals/{approval.pk}/approve/")
    assert refused.status_code == 403
    assert "another officer must approve it" in refused.content.decode()
    client.post(f"/desk/approvals/{approval.pk}/withdraw/")

    approval.refresh_from_db()
    assert (approval.state, carried_out) == ("withdrawn", [])


def test_refusing_without_a_reason_says_so_and_with_one_is_final(
    client: Client, approval: Approval
) -> None:
    sign_in(client, officer())

    response = client.post(f"/desk/approvals/{approval.pk}/refuse/", {"reason": " "})
    assert response.status_code == 400
    assert "Say why you refuse it" in response.content.decode()

    client.post(f"/desk/approvals/{approval.pk}/refuse/", {"reason": "Two branches <b>missing</b>"})
    page = text(client, "/desk/approvals/")
    assert "Two branches &lt;b&gt;missing" in page


def test_the_audit_trail_shows_who_did_what_and_is_narrowed(
    client: Client, approval: Approval
) -> None:
    sign_in(client, staff(Role.SCRUTINEER))

    page = text(client, "/desk/audit/")
    proposed = "Propose an act of two officers"
    assert f"By {approval.proposed_by.name}" in page and proposed in records(page)
    assert "Not all records are shown." not in page
    assert proposed not in records(text(client, "/desk/audit/?act=count"))
    narrowed = text(client, "/desk/audit/?act=propose_act")
    assert f'<option value="propose_act" selected>{proposed}</option>' in narrowed
    assert proposed in records(narrowed) and 'value="count"' not in narrowed
    assert "Not all records are shown." in narrowed
    assert "No records." in text(client, "/desk/audit/?kind=election&subject=8")


def records(page: str) -> str:
    """The records of a page of the trail, without what stands above them."""
    return page.split('<ol class="govuk-list app-trail"')[1]


def test_the_audit_trail_names_two_officers_and_says_where_nobody_of_the_staff_acted(
    client: Client,
) -> None:
    first, second = officer(), officer()
    record("declare", subject=("election", "7"), by=first.pk, seconded_by=second.pk, now=NOW)
    record("hold_share", subject=("tests", "7"), by=None, now=NOW)
    sign_in(client, staff(Role.SCRUTINEER))

    whole = text(client, "/desk/audit/")
    page = records(whole)

    assert f"Proposed by {first.name}, approved by {second.name}" in page
    assert "By nobody of the staff" in page
    assert "where a command was given on the server" in whole


def test_the_audit_trail_names_a_member_of_staff_and_letters_and_leads_to_them(
    client: Client, purpose: str
) -> None:
    deputy, by = staff(Role.DEPUTY), officer()
    dispatch = prepare_dispatch(purpose, reference=ELECTION)
    authority = deputy.authorities.get()
    for subject in (("staff", deputy.pk), ("authority", authority.pk), ("dispatch", dispatch.pk)):
        record("tests", subject=(subject[0], str(subject[1])), by=by.pk, now=NOW)
    sign_in(client, staff(Role.SCRUTINEER))

    page = records(text(client, "/desk/audit/?act=tests"))

    assert f'<a class="govuk-link" href="/desk/staff/{deputy.pk}/">{deputy.name}</a>' in page
    assert f"Written authority of {deputy.name}</a>" in page
    assert f'href="/desk/letters/{dispatch.pk}/">{words_of(purpose, ELECTION)}</a>' in page


def test_a_page_of_the_trail_asks_as_few_questions_for_fifty_records_as_for_one(
    client: Client, django_assert_num_queries: Any
) -> None:
    sign_in(client, staff(Role.SCRUTINEER))
    record("grant_authority", subject=("staff", str(officer().pk)), by=officer().pk, now=NOW)
    text(client, "/desk/audit/")
    with CaptureQueriesContext(connection) as asked:
        text(client, "/desk/audit/")
    for _ in range(selectors.PAGE_ROWS):
        record("grant_authority", subject=("staff", str(officer().pk)), by=officer().pk, now=NOW)

    with django_assert_num_queries(len(asked)):
        text(client, "/desk/audit/")


def test_the_audit_trail_tells_what_an_act_was_recorded_with_in_words(client: Client) -> None:
    recorded: dict[str, Any] = {
        "act": "freeze_roll", "is_material": False, "destroy_on": "2026-11-26",
        "columns": ["given_name", "email"], "because": "refused-in-a-row", "letters": 2,
        "bodies_added": None, "section": "young-members",
    }
    record("count", subject=("election", "7"), by=None, now=NOW, parameters=recorded)
    sign_in(client, staff(Role.SCRUTINEER))

    page = text(client, "/desk/audit/?act=count")

    pairs = re.findall(r'<dt class="app-told__name">(.*?):</dt> <dd class="app-told__value">(.*?)<',
                       page)
    assert dict(pairs) == {
        "Act": "freeze the roll", "Material": "no", "Day of destruction": "26 November 2026",
        "Columns": "given_name, email", "Because": "refused in a row", "Letters": "2",
        "Bodies added": "none", "Section": "young-members",
    }
    assert "False" not in page and "destroy_on" not in page


@pytest.mark.parametrize("nonsense", ["x", "%00", "-1", "9" * 40, "٣", ""])
def test_nonsense_in_a_query_string_is_no_error(client: Client, nonsense: str) -> None:
    sign_in(client, officer())

    for address in ("/desk/audit/", "/desk/approvals/", "/desk/letters/held/", "/outbox/"):
        for name in ("before", "after", "act", "kind", "address"):
            text(client, f"{address}?{name}={nonsense}&subject={nonsense}")


def working(register: Callable[[str, Any], None], kind: str = "tests.work") -> Job:
    register(kind, lambda work: None)
    job = open_job(kind, subject=("election", "7"), by=None, now=NOW)
    claimed = claim_job(job.pk)
    assert claimed is not None
    return claimed


@pytest.mark.django_db(transaction=True)
def test_a_jobs_card_shows_its_progress_and_asks_for_itself_anew_until_it_ends(
    client: Client, register_kind: Callable[[str, Any], None]
) -> None:
    job = working(register_kind)
    report_progress(job.pk, claim=job.claim, stage="Counting", done=30, total=90, unit="papers")
    sign_in(client, officer())

    page = text(client, f"/desk/jobs/{job.pk}/")
    assert 'hx-trigger="every 1s"' in page and f'hx-get="/desk/jobs/{job.pk}/fragment/"' in page
    response = client.get(f"/desk/jobs/{job.pk}/fragment/")
    fragment = response.content.decode()
    assert "Testing the work: Counting" in fragment and "30 of 90 papers" in fragment
    assert "HX-Refresh" not in response
    progress = client.get(f"/desk/jobs/{job.pk}/progress.json").json()
    assert (progress["state"], progress["percent"], progress["stage"]) == (
        "claimed", 33, "Counting",
    )

    finish_job(job.pk, claim=job.claim)
    response = client.get(f"/desk/jobs/{job.pk}/fragment/")
    assert "hx-trigger" not in response.content.decode()
    assert response["HX-Refresh"] == "true"


def test_a_failed_job_is_offered_again_to_whoever_may_start_it_and_never_what_two_ordered(
    client: Client, register_kind: Callable[[str, Any], None]
) -> None:
    again, anew = "Start it again", "it is proposed again, not started again"
    job = working(register_kind)
    fail_job(job.pk, claim=job.claim, error="No.")
    address = f"/desk/jobs/{job.pk}/"
    assert again not in text(sign_in(client, staff(Role.MEMBERSHIP_ADMINISTRATOR)), address)
    page = text(sign_in(client, officer()), address)
    assert again in page and anew not in page

    of_two = working(register_kind, "freeze_roll")
    fail_job(of_two.pk, claim=of_two.claim, error="No.")

    page = text(client, f"/desk/jobs/{of_two.pk}/")
    assert again not in page and anew in page
    assert client.post(f"/desk/jobs/{of_two.pk}/retry/").status_code == 409


def test_a_failed_job_says_why_and_can_be_started_again(
    client: Client, register_kind: Callable[[str, Any], None]
) -> None:
    job = working(register_kind)
    fail_job(job.pk, claim=job.claim, error="Row 3: no <number>.")
    sign_in(client, officer())
    page = text(client, f"/desk/jobs/{job.pk}/")
    assert "Row 3: no &lt;number&gt;." in page and "Start it again" in page

    client.post(f"/desk/jobs/{job.pk}/retry/")

    job.refresh_from_db()
    assert job.state == "open"
    client.post(f"/desk/jobs/{job.pk}/stop/")
    job.refresh_from_db()
    assert job.state == "stopped"


def test_why_a_count_stopped_is_for_those_alone_who_may_count(client: Client) -> None:
    job = open_job("count", subject=("election", "7"), by=None, now=NOW)
    claimed = claim_job(job.pk)
    assert claimed is not None
    fail_job(job.pk, claim=claimed.claim, error="After stage 3 Ash and Birch are tied.")

    sign_in(client, officer())
    assert "Ash and Birch are tied" in text(client, f"/desk/jobs/{job.pk}/")
    sign_in(client, staff(Role.MEMBERSHIP_ADMINISTRATOR))
    page = text(client, f"/desk/jobs/{job.pk}/")

    assert "Ash and Birch" not in page and "Whoever may do this act" in page
    assert "Ash" not in client.get(f"/desk/jobs/{job.pk}/progress.json").json()["error"]


def test_a_grave_job_is_started_again_by_who_has_just_proved_who_they_are(
    client: Client, register_kind: Callable[[str, Any], None]
) -> None:
    plain = working(register_kind)
    opened = open_job("count", subject=("election", "7"), by=None, now=NOW)
    grave = claim_job(opened.pk)
    assert grave is not None
    for job in (grave, plain):
        fail_job(job.pk, claim=job.claim, error="It stopped.")
    person = officer()
    sign_in(client, person, fresh=False)

    asked = client.post(f"/desk/jobs/{grave.pk}/retry/")
    client.post(f"/desk/jobs/{plain.pk}/retry/")
    grave.refresh_from_db()
    plain.refresh_from_db()
    assert asked.status_code == 302 and "reauthenticate" in asked["Location"]
    assert (grave.state, plain.state) == ("failed", "open")
    client.logout()
    sign_in(client, person)
    client.post(f"/desk/jobs/{grave.pk}/retry/")

    grave.refresh_from_db()
    assert grave.state == "open"


def test_the_dispatch_page_shows_counts_pauses_and_resumes(client: Client, purpose: str) -> None:
    dispatch = prepare_dispatch(purpose, reference=ELECTION)
    queue_letters(dispatch.pk, ((f"e-{n}", b"x") for n in range(1234)))
    release_letters(dispatch.pk, by=None, now=NOW)
    sign_in(client, officer())

    assert "1,234" in text(client, "/desk/letters/")
    assert "Pause" in text(client, f"/desk/letters/{dispatch.pk}/")
    client.post(f"/desk/letters/{dispatch.pk}/pause/")
    dispatch.refresh_from_db()
    assert dispatch.state == Dispatch.State.PAUSED
    assert "Go on sending" in text(client, f"/desk/letters/{dispatch.pk}/")
    client.post(f"/desk/letters/{dispatch.pk}/resume/")

    dispatch.refresh_from_db()
    assert dispatch.state == Dispatch.State.SENDING
    assert "Pause" not in text(
        sign_in(client, staff(Role.SCRUTINEER)), f"/desk/letters/{dispatch.pk}/"
    )


def test_letters_are_released_tranche_by_tranche_and_not_before_the_first_is_out(
    client: Client, purpose: str
) -> None:
    dispatch = prepare_dispatch(purpose, reference=ELECTION, tranche_size=2)
    queue_letters(dispatch.pk, ((f"e-{n}", b"x") for n in range(7)))
    sign_in(client, officer())
    page, address = f"/desk/letters/{dispatch.pk}/", f"/desk/letters/{dispatch.pk}/release/"
    released = []

    def told() -> str:
        return " ".join(text(client, page).split("</h1>")[1].split("</p>")[0].split())

    def release(asked: str) -> int:
        status = client.post(address, {"tranches": asked}).status_code
        dispatch.refresh_from_db()
        released.append(dispatch.released_tranche)
        return int(status)

    assert "Release the next tranche" not in text(client, page)
    assert "None is released yet. They are released in tranches of up to 2 letters." in told()
    assert release("next") == 409
    release_letters(dispatch.pk, by=None, now=NOW, tranches=1)
    assert "Sending. 1 tranche is released, of up to 2 letters each." in told()
    assert "Release the next tranche" in text(client, page)
    assert release("anything") == 404
    assert (release("next"), release("all")) == (302, 302)

    assert released == [0, 1, 2, 4]
    assert "All of them are released." in told()
    assert "Release the next tranche" not in text(client, page)
    Dispatch.objects.update(state="cancelled")
    assert told().endswith("Cancelled.")
    assert client.post("/desk/letters/999/release/", {"tranches": "all"}).status_code == 404


@pytest.mark.parametrize(
    ("at_once", "state"),
    [(False, "Nothing waits to be sent"), (True, "Sent one by one, as they are written")],
)
def test_letters_of_which_none_waits_are_not_called_sending(
    client: Client, purpose: str, at_once: bool, state: str
) -> None:
    dispatch = prepare_dispatch(purpose, reference=ELECTION)
    queue_letters(dispatch.pk, [("e-1", b"x")])
    Dispatch.objects.update(state="sending", released_tranche=1)
    sign_in(client, officer())
    assert ">Sending<" in text(client, "/desk/letters/")

    Letter.objects.update(state="handed_over", enclosure=None)
    Dispatch.objects.update(at_once=at_once)

    assert f">{state}<" in text(client, "/desk/letters/")
    assert f"{state}." in text(client, f"/desk/letters/{dispatch.pk}/")


def test_letters_of_which_only_a_later_tranche_waits_are_not_called_sending(
    client: Client, purpose: str
) -> None:
    dispatch = prepare_dispatch(purpose, reference=ELECTION, tranche_size=1)
    queue_letters(dispatch.pk, ((f"e-{n}", b"x") for n in range(2)))
    release_letters(dispatch.pk, by=None, now=NOW, tranches=1)
    sign_in(client, officer())
    assert ">Sending<" in text(client, "/desk/letters/")

    Letter.objects.filter(tranche=1).update(state="handed_over", enclosure=None)

    assert ">The next tranche waits to be released<" in text(client, "/desk/letters/")


@pytest.mark.parametrize(("outcome", "state"), [("sent", "handed_over"), ("again", "waiting")])
def test_a_person_settles_a_held_letter(
    client: Client, purpose: str, outcome: str, state: str
) -> None:
    dispatch = prepare_dispatch(purpose, reference=ELECTION)
    queue_letters(dispatch.pk, [("e-1", b"x")])
    Letter.objects.update(state="held", held_because="in-doubt", handing_over=True)
    letter = Letter.objects.get()
    sign_in(client, officer())
    assert "it may have been sent" in text(client, "/desk/letters/held/")

    assert client.post(
        f"/desk/letters/held/{letter.pk}/settle/", {"outcome": "dance"}
    ).status_code == 404
    client.post(f"/desk/letters/held/{letter.pk}/settle/", {"outcome": outcome})

    letter.refresh_from_db()
    assert letter.state == state
    assert "No letter is held" in text(client, "/desk/letters/held/")


def test_an_officer_has_all_refused_letters_sent_again_and_a_scrutineer_does_not(
    client: Client, purpose: str
) -> None:
    dispatch = prepare_dispatch(purpose, reference=ELECTION)
    queue_letters(dispatch.pk, ((f"e-{n}", b"x") for n in range(3)))
    Letter.objects.update(state="held", held_because="refused")
    page, offer = f"/desk/letters/{dispatch.pk}/", "Send again all that were refused"
    assert offer not in text(sign_in(client, staff(Role.SCRUTINEER)), page)
    assert client.post(f"{page}refused/").status_code == 404
    assert offer in text(sign_in(client, officer()), page)

    client.post(f"{page}refused/")

    assert Letter.objects.filter(state="waiting").count() == 3
    shown = text(client, page)
    assert "To be sent again: 3." in shown and offer not in shown


def test_a_letter_without_an_address_says_so_and_offers_nothing(
    client: Client, purpose: str
) -> None:
    dispatch = prepare_dispatch(purpose, reference=ELECTION)
    queue_letters(dispatch.pk, [("e-1", b"x")])
    Letter.objects.update(state="held", held_because="refused")
    sign_in(client, officer())
    assert ">It was sent<" in text(client, "/desk/letters/held/")

    Letter.objects.update(held_because="no-address")

    page = text(client, "/desk/letters/held/")
    assert "No e-mail address is on file for this person, so it cannot be sent" in page
    assert ">It was sent<" not in page and "Send it again" not in page


def test_a_held_letter_is_named_to_whoever_may_see_the_roll_and_to_nobody_else(
    client: Client, purpose: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    named = replace(
        purposes.purpose_named(purpose),
        names=lambda recipients: dict.fromkeys(recipients, "C. Ash"),
    )
    monkeypatch.setitem(purposes._purposes, purpose, named)
    dispatch = prepare_dispatch(purpose, reference=ELECTION)
    queue_letters(dispatch.pk, [("e-1", b"x")])
    Letter.objects.update(state="held", held_because="no-address")

    assert "To C. Ash" in text(sign_in(client, officer()), "/desk/letters/held/")
    page = text(sign_in(client, staff(Role.SCRUTINEER)), "/desk/letters/held/")
    assert "Recipient e-1" in page and "C. Ash" not in page


def test_staff_are_invited_shown_authorised_and_closed(client: Client) -> None:
    officer()
    sign_in(client, officer())
    deputy = staff(Role.DEPUTY, is_authorised=False)

    offered = text(client, "/desk/staff/invite/")
    # A trustee is sent a link, and needs no account.
    assert 'value="trustee"' not in offered and 'value="teller"' in offered
    assert "Candidate’s agent" in offered
    page = client.post("/desk/staff/invite/", {"name": "", "email": "x", "role": "king"})
    assert page.status_code == 200 and "There is a problem" in page.content.decode()
    client.post(
        "/desk/staff/invite/", {"name": "Kim", "email": "kim@example.org", "role": "observer"}
    )
    kim = StaffMember.objects.get(email="kim@example.org")
    assert "Kim" in text(client, "/desk/staff/")

    wrong = client.post(
        f"/desk/staff/{deputy.pk}/authority/", {"document": "Filed as RO/12.", "days": "0"}
    ).content.decode()
    assert "Give a whole number of days, from 1 to 365." in wrong and "Filed as RO/12." in wrong
    client.post(f"/desk/staff/{deputy.pk}/authority/", {"document": "RO/12", "days": "3"})
    assert "In force" in text(client, f"/desk/staff/{deputy.pk}/")
    assert selectors.may(deputy.pk, "edit_rules", now=timezone.now())
    [(authority, _)] = selectors.authorities_of(deputy.pk, now=timezone.now())
    client.post(f"/desk/authorities/{authority.pk}/withdraw/")
    assert not selectors.may(deputy.pk, "edit_rules", now=timezone.now())

    client.post(f"/desk/staff/{kim.pk}/close/")
    kim.refresh_from_db()
    assert not kim.is_active


def test_extra_fields_posted_change_nothing(client: Client) -> None:
    sign_in(client, officer())

    client.post(
        "/desk/staff/invite/",
        {"name": "Kim", "email": "kim@example.org", "role": "observer", "is_active": "0",
         "groups": "1", "password": "hello", "is_superuser": "1"},
    )

    kim = StaffMember.objects.get(email="kim@example.org")
    assert kim.is_active and not kim.has_usable_password()
    assert selectors.roles_of(kim.pk) == {Role.OBSERVER}


def mails(count: int = 1, address: str = "jin@example.org") -> None:
    from django.core.mail import EmailMultiAlternatives

    for number in range(count):
        message = EmailMultiAlternatives(
            subject=f"Vote {number} <now>",
            body="Open http://localhost:8000/vote/leader/#7K3M-QF2A and <b>vote</b>.",
            to=[address],
        )
        message.attach_alternative("<p>Open <a href='/x'>it</a></p>", "text/html")
        keep_mails([message], now=NOW)


def test_the_development_outbox_lists_searches_and_shows_mails(client: Client) -> None:
    mails()
    mails(address="kim@example.org")

    assert "jin@example.org" in text(client, "/outbox/")
    page = text(client, "/outbox/?address=KIM%40")
    assert "kim@example.org" in page and "jin@example.org" not in page
    [mail] = selectors.development_mails(address="jin@example.org")
    page = text(client, f"/outbox/{mail.pk}/")
    link = "http://localhost:8000/vote/leader/#7K3M-QF2A"
    assert f'<a href="{link}"' in page
    assert "&lt;b&gt;vote" in page and "<b>vote" not in page


def test_a_mails_html_is_shown_without_script_or_anything_fetched(client: Client) -> None:
    mails()
    [mail] = selectors.development_mails()

    response = client.get(f"/outbox/{mail.pk}/html/")

    assert response.content.startswith(b"<p>Open")
    assert response["Content-Security-Policy"] == "default-src 'none'; sandbox"


@pytest.mark.parametrize("address", ["/outbox/", "/outbox/{}/", "/outbox/{}/html/"])
def test_a_real_server_has_no_outbox_page(client: Client, settings: Any, address: str) -> None:
    mails()
    [mail] = selectors.development_mails()
    assert client.get(address.format(mail.pk)).status_code == 200

    settings.DEVELOPMENT = False

    assert client.get(address.format(mail.pk)).status_code == 404


def test_a_real_server_refuses_the_development_back_end(settings: Any) -> None:
    from django.core.exceptions import ImproperlyConfigured
    from django.core.mail import get_connection

    back_end = "office.mail.DevelopmentOutboxBackend"
    assert get_connection(back_end)

    settings.DEVELOPMENT = False

    with pytest.raises(ImproperlyConfigured):
        get_connection(back_end)


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(1, "1 second"), (59, "59 seconds"), (60, "1 minute"), (3600, "1 hour"),
     (4200, "1 hour 10 minutes"), (None, "")],
)
def test_durations_are_said_in_words(seconds: int | None, words: str) -> None:
    assert duration(seconds) == words


def test_numbers_are_grouped_by_thousands() -> None:
    assert grouped(654_006) == "654,006"


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("2026-11-06", "6 November 2026"),
        ("2026-11-06T09:30:00+01:00", "6 November 2026, 08:30 (GMT)"),
        ("2026-08-06T23:30:00+00:00", "7 August 2026, 00:30 (BST)"),
        ("2026-02-30", "2026-02-30"),
        ("1-2026-11-06", "1-2026-11-06"),
        ("good", "good"),
        (None, None),
    ],
)
def test_a_day_that_is_written_for_machines_is_shown_as_people_write_it(
    written: str | None, read: str | None
) -> None:
    assert day_in_words(written) == read
