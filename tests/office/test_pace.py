"""How fast letters go: to one domain within a minute, and of one dispatch."""

from __future__ import annotations

import smtplib
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import pytest
from anymail.exceptions import AnymailAPIError, AnymailRecipientsRefused
from django.core import mail
from django.test import Client

from office.models import AuditRecord, Dispatch, DomainPace, Letter
from office.services.dispatches import release_letters
from office.services.letters import prepare_dispatch, queue_letters
from office.services.pace import may_go
from office.services.replies import CLOSING, NOT_NOW, NOT_TAKEN, reply_code
from office.services.sending import send_letters
from tests.office.factories import NOW, officer, sign_in

pytestmark = pytest.mark.django_db

ELECTION = UUID("0190a5d3-0000-7000-8000-000000000007")


def released(purpose: str, many: int) -> Dispatch:
    dispatch = prepare_dispatch(purpose, reference=ELECTION)
    queue_letters(dispatch.pk, ((f"elector-{n}", None) for n in range(many)))
    release_letters(dispatch.pk, by=None, now=NOW)
    return dispatch


def test_a_domain_takes_so_many_a_minute_and_another_is_not_held_back(settings: Any) -> None:
    settings.MAIL_DOMAIN_RATES = {"example.org": 10**6}

    assert may_go("ann@Example.org")
    assert may_go("bob@elsewhere.org")
    assert [(one.domain, one.letters) for one in DomainPace.objects.all()] == [("example.org", 1)]

    settings.MAIL_DOMAIN_RATES = {"example.org": 1}
    DomainPace.objects.update(minute="9999-01-01T00:00:00Z")
    assert may_go("cy@example.org")  # Another minute begins anew.


def test_letters_over_the_pace_wait_for_the_next_minute_and_are_no_tries(
    purpose: str, settings: Any
) -> None:
    settings.MAIL_DOMAIN_RATES = {"example.org": 1}
    dispatch = released(purpose, 3)

    send_letters(dispatch.pk)

    gone = Letter.objects.filter(state="handed_over").count()
    waiting = list(Letter.objects.filter(state="waiting"))
    assert 1 <= gone <= 2 and gone + len(waiting) == 3  # Two where a minute turned meanwhile.
    assert len(mail.outbox) == gone
    assert {letter.tries for letter in waiting} == {0}
    assert all(letter.not_before is not None and letter.claim is None for letter in waiting)
    assert {letter.claimed_at for letter in waiting} == {None}


def test_a_letter_that_was_put_off_takes_no_place_in_its_dispatchs_pace(
    purpose: str, settings: Any
) -> None:
    settings.MAIL_DOMAIN_RATES = {"example.org": 1}
    dispatch = released(purpose, 50)
    Dispatch.objects.update(letters_a_minute=60)
    waits: list[float] = []

    send_letters(dispatch.pk, wait=waits.append)

    # As many seconds as letters went, at most: two where a minute turned meanwhile.
    assert mail.outbox
    assert sum(waits) <= len(mail.outbox) <= 2


def test_a_domain_that_is_full_holds_no_letter_to_another_back(
    purpose: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("office.services.sender.BATCH", 1)
    dispatch = released(purpose, 5)
    fresh = Letter.objects.order_by("pk").last()
    assert fresh is not None
    # All but the last were put off a minute ago, and are due again; one of them a while longer.
    Letter.objects.exclude(pk=fresh.pk).update(not_before="2016-09-24T00:01:00Z")
    Letter.objects.filter(recipient="elector-2").update(not_before="2016-09-24T00:00:00Z")
    asked: list[str] = []

    def may_go(to: str) -> bool:
        asked.append(to.partition("@")[0])
        return to.startswith(("elector-2@", "elector-4@"))

    monkeypatch.setattr("office.services.sender.may_go", may_go)
    sent = send_letters(dispatch.pk)

    assert asked == ["elector-4", "elector-2", "elector-0", "elector-1", "elector-3"]
    assert [one.to for one in mail.outbox] == [
        ["elector-4@example.org"], ["elector-2@example.org"]
    ]
    assert sent.is_over


def test_a_long_queue_is_put_off_to_as_many_minutes_as_it_needs(
    purpose: str, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.MAIL_DOMAIN_RATES = {"example.org": 2}
    DomainPace.objects.create(domain="example.org", minute="9998-01-01T00:00:00Z", letters=2)
    monkeypatch.setattr("office.services.sender.may_go", lambda to: False)

    send_letters(released(purpose, 5).pk)

    minutes = [one.not_before for one in Letter.objects.order_by("pk")]
    first = min(minute for minute in minutes if minute)
    apart = [(minute - first).total_seconds() if minute else None for minute in minutes]
    # Where a minute turned meanwhile, the first of them is one sooner, and the rest are as apart.
    assert apart in ([0, 0, 60, 60, 120], [0, 60, 60, 120, 120])


def test_a_letter_that_the_server_puts_off_takes_its_place_in_the_pace(
    purpose: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    dispatch = released(purpose, 100)
    Dispatch.objects.update(letters_a_minute=600)
    waits: list[float] = []

    def not_now(self: Any) -> int:
        raise smtplib.SMTPDataError(450, b"too many")

    monkeypatch.setattr("django.core.mail.EmailMultiAlternatives.send", not_now)
    monkeypatch.setattr(
        "office.services.sender.time", SimpleNamespace(monotonic=lambda: 0.0)
    )
    send_letters(dispatch.pk, wait=waits.append)

    assert waits == [5.0, 5.0]
    assert Letter.objects.filter(tries=1, not_before__isnull=False).count() == 100


def test_the_pace_of_a_dispatch_that_is_not_there_is_set_by_nobody(client: Client) -> None:
    sign_in(client, officer())

    answer = client.post("/desk/letters/999999/rate/", {"letters_a_minute": "60"})

    assert answer.status_code == 404
    assert not AuditRecord.objects.filter(act="set_letter_rate").exists()


def test_without_a_rate_all_go_at_once(purpose: str) -> None:
    dispatch = released(purpose, 3)

    send_letters(dispatch.pk)

    assert Letter.objects.filter(state="handed_over").count() == 3
    assert not DomainPace.objects.exists()


def test_an_officer_sets_the_pace_of_a_dispatch_and_takes_it_away(
    purpose: str, client: Client
) -> None:
    dispatch = released(purpose, 60)
    sign_in(client, officer())
    address = f"/desk/letters/{dispatch.pk}/rate/"

    client.post(address, {"letters_a_minute": "600"})
    waits: list[float] = []
    send_letters(dispatch.pk, wait=waits.append)
    client.post(address, {"letters_a_minute": "0"})
    dispatch.refresh_from_db()
    refused = dispatch.letters_a_minute
    client.post(address, {"letters_a_minute": ""})
    dispatch.refresh_from_db()

    # 50 letters at 600 a minute are due in five seconds, and ten in one.
    assert [round(wait) for wait in waits] in ([5, 1], [5], [4, 1])
    assert (refused, dispatch.letters_a_minute) == (600, None)


@pytest.mark.parametrize(
    ("error", "reply"),
    [
        (smtplib.SMTPSenderRefused(550, b"no", "a@b"), CLOSING),
        (smtplib.SMTPDataError(451, b"later"), 451),
        (smtplib.SMTPRecipientsRefused({"a@b": (550, b"no")}), 550),
        (smtplib.SMTPServerDisconnected("gone"), None),
        (ConnectionResetError(), None),
        (AnymailRecipientsRefused(), NOT_TAKEN),
        (AnymailAPIError(status_code=401), CLOSING),
        (AnymailAPIError(status_code=422), NOT_TAKEN),
        (AnymailAPIError(status_code=429), NOT_NOW),
        (AnymailAPIError(status_code=500), None),
        (AnymailAPIError(), None),
    ],
)
def test_what_went_wrong_is_told_as_a_reply_or_as_nobody_knows(
    error: Exception, reply: int | None
) -> None:
    assert reply_code(error) == reply
