"""Who is told by letter of what changed: once, while it is so, and never with a code or a vote."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core import mail

from ballot.change_letters import RESUMED, SUSPENDED
from ballot.changes import RESUMPTION, SUSPENSION
from ballot.models import Candidate, Election
from ballot.services.amend_notice import TEXTS, amend_notice
from ballot.services.correct_result import correct_result
from ballot.services.extend_poll import extend_poll
from ballot.services.nomination_seats import ask_consent, send_body_links
from ballot.services.plan_dates import plan_dates
from ballot.services.set_up import edit_election
from ballot.services.suspend_poll import resume_poll, suspend_poll
from ballot.services.tell_of_changes import (
    AMENDED,
    CORRECTED,
    NOMINATIONS_LATER,
    tell_of_amendment,
    tell_of_correction,
    tell_of_order,
)
from ballot.showing.changes import PARTS_IN_WELSH
from ballot.times import in_welsh, in_zone
from ballot.timetable import COLUMNS, TITLES
from members.models import Member
from office.models import Dispatch, Letter
from office.purposes import recipients_named
from office.services.sending import send_at_once, send_letters
from tests.ballot.factories import REASON, Run, bring, cast, election, entries
from tests.ballot.services.nominating import body, nominating, person

pytestmark = pytest.mark.django_db

ORDER = {"court": "High Court", "dated": "2026-08-08", "reference": "[2026] EWHC 1"}


def hours(count: float) -> datetime:
    return (datetime.now(UTC) + timedelta(hours=count)).replace(second=0, microsecond=0)


def amend(run: Run, **changes: Any) -> None:
    given = {
        part.replace("_", "-") if isinstance(one, datetime) else part:
        one.isoformat() if isinstance(one, datetime) else one
        for part, one in changes.items()
    }
    amend_notice(run.election_id, changes=given, reason=REASON, **run.by_two)


def send(purpose: str) -> list[str]:
    """Send the letters of a purpose; the texts of all that were sent."""
    for dispatch in Dispatch.objects.filter(purpose=purpose, at_once=False):
        send_letters(dispatch.pk)
    send_at_once()
    return [str(one.body) for one in mail.outbox]


def told(purpose: str) -> list[tuple[str, int]]:
    return sorted(Letter.objects.filter(purpose=purpose).values_list("recipient", "attempt"))


def states(purpose: str) -> list[tuple[int, str]]:
    letters = Letter.objects.filter(purpose=purpose).order_by("attempt", "pk")
    return list(letters.values_list("attempt", "state"))


def assert_no_code(texts: list[str]) -> None:
    assert not Letter.objects.exclude(purpose__startswith="voting-code").filter(
        enclosure__isnull=False
    ).exists()
    for text in texts:
        assert "#" not in text
        assert not re.search(r"\b[0-9A-Z]{4}[- ][0-9A-Z]{4}[- ][0-9A-Z]{4}\b", text)


# --- amendments of the notice ---


def test_an_amendment_is_told_to_every_elector_once_and_before_the_freeze_to_nobody() -> None:
    run = election(at="nominated", electors=3)
    amend(run, complaints="Write to the panel.")
    assert told(AMENDED) == []
    Member.objects.filter(number="1002").update(email="")
    bring(run, to="polling")
    cast(run, entries(run)[0], (0,))

    amend(run, complaints="Write to the new panel.")
    again = tell_of_amendment(run.election, **run.by)

    assert told(AMENDED) == sorted((str(one.public_id), 2) for one in entries(run)[:2])
    assert again == 0


def test_the_letter_says_what_was_what_is_and_why_in_both_languages() -> None:
    run = election(electors=1)
    edit_election(run.election_id, letters_in_welsh=True, complaints="The old panel.", **run.by)
    plan_dates(run.election_id, dates={"declaration": hours(400)}, **run.by)
    bring(run, to="polling")
    was = run.election.planned.get(step="declaration").at
    becomes = hours(500)

    amend(run, complaints="The new <panel>.", declaration=becomes)
    (text,) = send(AMENDED)

    zone = run.election.zone
    for words in ("The old panel.", "The new <panel>.", REASON, in_zone(was, zone),
                  in_zone(becomes, zone), in_welsh(was, zone), in_welsh(becomes, zone),
                  "Where a complaint goes", "Ble i anfon cwyn", "amendment 1", "diwygiad 1"):
        assert words in text, words
    assert "The new &lt;panel&gt;." in str(mail.outbox[0].alternatives[0][0])
    assert_no_code([text])


def test_what_an_amendment_says_is_not_told_once_it_is_otherwise_or_the_election_is_over() -> None:
    run = election(electors=1, at="polling")
    amend(run, complaints="The first panel.", deputy="Ann Lee")
    amend(run, complaints="The second panel.")
    amend(run, complaints="The third panel.")

    texts = send(AMENDED)

    assert states(AMENDED) == [(1, "handed_over"), (2, "cancelled"), (3, "handed_over")]
    assert "Ann Lee" in texts[0] and "panel" not in texts[0]
    assert "The third panel." in texts[1]
    amend(run, complaints="The last panel.")
    Election.objects.filter(pk=run.election_id).update(state="void")
    assert len(send(AMENDED)) == 2


def test_every_part_of_a_notice_that_may_be_amended_has_its_words_in_welsh() -> None:
    assert {*TEXTS, *(COLUMNS.get(step, step) for step in TITLES)} == set(PARTS_IN_WELSH)


# --- a court's order ---


def test_a_court_s_stop_and_its_end_are_told_and_an_officers_own_are_not() -> None:
    run = election(electors=2, at="polling")
    given = {"reason": REASON, **run.by_two}
    suspend_poll(run.election_id, **given)
    resume_poll(run.election_id, **given)
    assert told(SUSPENDED) == told(RESUMED) == []

    suspend_poll(run.election_id, order=ORDER, **given)
    stopped = send(SUSPENDED)
    resume_poll(run.election_id, **given)
    going_on = send(RESUMED)[len(stopped):]

    assert [number for _, number in told(SUSPENDED)] == [2, 2]
    assert [number for _, number in told(RESUMED)] == [2, 2]
    for text in stopped + going_on:
        assert "by order of High Court of 8 August 2026, [2026] EWHC 1" in text
        assert REASON in text
    assert "No ballot is taken until it goes on" in stopped[0]
    assert "takes ballots again" in going_on[0]
    assert_no_code(stopped + going_on)
    for kind in (SUSPENSION, RESUMPTION):
        assert tell_of_order(run.election, kind, **run.by) == 0


def test_a_stop_that_has_ended_before_its_letters_went_is_not_told_and_its_end_is() -> None:
    run = election(electors=1, at="polling")
    edit = {"reason": REASON, **run.by_two}
    suspend_poll(run.election_id, order=ORDER, **edit)
    resume_poll(run.election_id, order=ORDER, **edit)

    texts = send(SUSPENDED)
    texts = send(RESUMED)

    assert states(SUSPENDED) == [(1, "cancelled")]
    assert states(RESUMED) == [(1, "handed_over")]
    assert len(texts) == 1 and texts[0].count("by order of High Court") == 2


def test_an_extension_of_a_suspended_poll_is_told_in_a_letter_of_its_own() -> None:
    run = election(electors=1, at="polling")
    suspend_poll(run.election_id, order=ORDER, reason=REASON, **run.by_two)
    closes_at = run.election.closes_at
    assert closes_at is not None
    later = closes_at + timedelta(hours=5)
    extend_poll(run.election_id, closes_at=later.isoformat(), reason=REASON, **run.by_two)

    (text,) = send(SUSPENDED)

    assert f"It is to close on {in_zone(later, run.election.zone)}" in text


# --- nominations that close later ---


def test_who_was_sent_a_link_is_told_of_a_later_end_of_nominations_and_nobody_else() -> None:
    run = nominating(at="draft")
    edit_election(run.election_id, nominations_close_at=hours(10), opens_at=hours(50),
                  closes_at=hours(200), **run.by)
    bring(run, to="nominating")
    body("Dockers")
    send_body_links(run.election_id, **run.by)
    for name in ("Ash Amin", "Birch Bell"):
        ask_consent(person(name).pk, address=f"{name[:3].lower()}@example.org", **run.by)
    Candidate.objects.filter(name="Birch Bell").update(withdrawn_at=hours(0))
    send_at_once()
    mail.outbox.clear()
    amend(run, complaints="Write to the panel.")
    assert told(NOMINATIONS_LATER) == []

    later = hours(20)
    amend(run, nominations_close=later)
    assert tell_of_amendment(run.election, **run.by) == 0
    texts = send(NOMINATIONS_LATER)

    to = sorted(one.to[0] for one in mail.outbox)
    assert to == ["aberavon@example.org", "ash@example.org", "barking@example.org",
                  "dockers@example.org", "mair@example.org"]
    assert {number for _, number in told(NOMINATIONS_LATER)} == {2}
    for text in texts:
        assert in_zone(later, run.election.zone) in text and REASON in text
    assert sum("To Cai Lloyd" in one and "What Aberavon has handed in" in one
               for one in texts) == 1
    assert_no_code(texts)
    called = recipients_named(NOMINATIONS_LATER, [one for one, _ in told(NOMINATIONS_LATER)])
    assert {"Ash Amin", "Cai Lloyd, for Aberavon"} <= set(called.values())


def test_of_two_later_ends_of_nominations_the_last_alone_is_told_and_none_after_them() -> None:
    run = nominating(at="draft")
    edit_election(run.election_id, nominations_close_at=hours(10), opens_at=hours(50),
                  closes_at=hours(200), **run.by)
    bring(run, to="nominating")
    ask_consent(person("Ash Amin").pk, address="ash@example.org", **run.by)
    amend(run, nominations_close=hours(20))
    amend(run, nominations_close=hours(30))

    send(NOMINATIONS_LATER)
    amend(run, nominations_close=hours(40))
    Election.objects.filter(pk=run.election_id).update(state="nominated")
    send(NOMINATIONS_LATER)

    assert states(NOMINATIONS_LATER) == [(1, "cancelled"), (2, "handed_over"), (3, "cancelled")]


# --- a corrected result ---


def test_a_correction_is_told_to_candidates_and_the_agents_they_named_a_mailbox_once() -> None:
    run = election(at="declared")
    Candidate.objects.filter(name="Ash Amin").update(
        address="ash@example.org", agent_name="Dee Hall", agent_address="dee@example.org"
    )
    Candidate.objects.filter(name="Birch Bell").update(
        address="birch@example.org", agent_name="Dee Hall", agent_address="Dee@example.org"
    )
    send_at_once()
    mail.outbox.clear()
    correct_result(run.election_id, reason="The turnout was misprinted.", **run.by_two)
    assert tell_of_correction(run.election) == 0

    texts = send(CORRECTED)

    assert sorted(one.to[0] for one in mail.outbox) == [
        "ash@example.org", "birch@example.org", "dee@example.org"
    ]
    for text in texts:
        assert "Version 2 was published" in text and "The turnout was misprinted." in text
        assert f"/elections/{run.election.slug}/result/" in text
    assert sum("as the agent of Ash Amin" in one for one in texts) == 1
    assert_no_code(texts)
    correct_result(run.election_id, reason="And so was the base.", **run.by_two)
    correct_result(run.election_id, reason="The last of them all.", **run.by_two)
    later = send(CORRECTED)[len(texts):]
    assert len(later) == 3 and all("Version 4" in one for one in later)
