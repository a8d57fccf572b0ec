"""A later close is told to every elector by a letter without a code, once for each extension."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core import mail

from ballot.models import Election
from ballot.services.extend_poll import extend_poll
from ballot.services.tell_of_extension import PURPOSE, tell_of_extension
from ballot.times import in_zone
from members.models import Member
from office.models import Dispatch, Letter
from office.services.dispatches import pause_letters
from office.services.sending import send_letters
from tests.ballot.factories import REASON, Run, bring, cast, election, entries

pytestmark = pytest.mark.django_db


def extend(run: Run, *, hours: int) -> None:
    closes_at = run.election.closes_at
    assert closes_at is not None
    later = (closes_at + timedelta(hours=hours)).isoformat()
    extend_poll(run.election_id, closes_at=later, reason=REASON, **run.by_two)


def send() -> None:
    send_letters(Dispatch.objects.get(purpose=PURPOSE).pk)


def states(run: Run) -> list[tuple[int, str]]:
    letters = Letter.objects.filter(purpose=PURPOSE).order_by("attempt", "pk")
    return list(letters.values_list("attempt", "state"))


def test_an_extension_is_told_to_who_has_voted_and_who_has_not_and_once() -> None:
    run = election(at="polling", electors=3)
    cast(run, entries(run)[0], (0,))

    extend(run, hours=5)
    again = tell_of_extension(run.election, **run.by)

    told = Letter.objects.filter(purpose=PURPOSE, attempt=1).values_list("recipient", flat=True)
    assert sorted(told) == sorted(str(entry.public_id) for entry in entries(run))
    assert again == 0


def test_the_letter_says_both_hours_and_the_reason_and_carries_no_code() -> None:
    run = election(at="polling", electors=1)
    before = run.election.closes_at
    extend(run, hours=5)

    send()

    (sent,) = mail.outbox
    now_closes = run.election.closes_at
    assert before is not None and now_closes is not None
    for words in (in_zone(before, run.election.zone), in_zone(now_closes, run.election.zone),
                  REASON, "holds no link to vote and no code"):
        assert words in sent.body
    assert sent.to == ["elector0@example.org"]
    assert f"/vote/{run.election.slug}/#" not in sent.body
    assert Letter.objects.get(purpose=PURPOSE).enclosure is None


def test_of_two_extensions_before_the_letters_went_the_later_alone_is_told() -> None:
    run = election(at="polling", electors=1)
    extend(run, hours=5)
    extend(run, hours=3)

    send()

    assert states(run) == [(1, "cancelled"), (2, "handed_over")]
    assert len(mail.outbox) == 1


def test_no_extension_is_told_once_the_poll_is_closed() -> None:
    run = election(at="polling", electors=1)
    extend(run, hours=5)
    Election.objects.filter(pk=run.election_id).update(state="closed")

    send()

    assert states(run) == [(1, "cancelled")]
    assert mail.outbox == []


def test_who_has_no_email_address_gets_none_and_a_paused_dispatch_stays_paused() -> None:
    run = election(electors=2)
    Member.objects.filter(number="1000").update(email="")
    bring(run, to="polling")
    extend(run, hours=5)
    pause_letters(Dispatch.objects.get(purpose=PURPOSE).pk, **run.by)

    extend(run, hours=1)

    recipients = set(Letter.objects.filter(purpose=PURPOSE).values_list("recipient", flat=True))
    assert recipients == {str(entries(run)[1].public_id)}
    assert Dispatch.objects.get(purpose=PURPOSE).state == "paused"
