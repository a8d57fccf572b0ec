"""Notices of a cast, and what an elector answers: this was not me."""

from __future__ import annotations

import uuid

import pytest

from ballot.models import CastDispute, SealedBallot
from ballot.services import notify_casts as notices
from ballot.services.notify_casts import notify_casts, notify_new_casts
from ballot.services.record_dispute import record_dispute
from members.models import RollEntry
from members.services.history_off import without_triggers
from office.models import Letter
from tests.ballot.factories import (
    bring,
    cast,
    code_of_refusal,
    election,
    entries,
    now,
    recorded,
)

pytestmark = pytest.mark.django_db


def forget_notice(entry: RollEntry) -> None:
    """As if the notice of this elector's cast had never been written."""
    with without_triggers(Letter):
        Letter.objects.filter(recipient=str(entry.public_id), purpose="cast-notice").delete()


def test_every_cast_is_announced_once_to_the_address_on_file() -> None:
    run = election(at="polling")
    first, second = entries(run)[:2]
    cast(run, first, (0,))

    assert notify_casts(run.election) == 1
    cast(run, second, (1,))
    assert notify_casts(run.election) == 1
    assert notify_casts(run.election) == 0

    told = Letter.objects.filter(purpose="cast-notice").order_by("pk")
    assert [letter.recipient for letter in told] == [str(first.public_id), str(second.public_id)]
    assert {letter.enclosure for letter in told} == {None}


@pytest.mark.tables_owner
def test_the_clock_looks_at_the_new_casts_alone_and_the_verification_at_all(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # The test casts itself.
    run = election(at="polling", rankings=())
    monkeypatch.setattr(notices, "LOOK_BACK_MARKS", 1)
    voted = entries(run)[:4]
    for entry in voted:
        cast(run, entry, (0,))
    assert notify_new_casts(run.election) == 4
    # As if the second cast had been committed long after the later ones were told of.
    forget_notice(voted[1])
    assert notify_new_casts(run.election) == 0
    # One a little way back is found.
    forget_notice(voted[3])
    assert notify_new_casts(run.election) == 1

    bring(run, to="verified")

    told = Letter.objects.filter(purpose="cast-notice").values_list("recipient", flat=True)
    assert {str(entry.public_id) for entry in voted} <= set(told)


def test_the_order_of_notices_is_the_pseudonyms_and_not_the_casts() -> None:
    run = election(at="polling", electors=9, rankings=((0,),) * 9)
    for entry in entries(run):
        cast(run, entry, (0,))

    notify_casts(run.election)

    told = Letter.objects.filter(purpose="cast-notice").order_by("pk")
    recipients = [letter.recipient for letter in told]
    assert recipients == sorted(recipients)


def test_before_there_is_a_roll_there_is_nobody_to_tell() -> None:
    run = election(at="nominated")

    assert notify_casts(run.election) == 0


def test_a_dispute_is_written_down_once_and_undoes_nothing() -> None:
    run = election(at="polling")
    entry = entries(run)[0]
    cast(run, entry, (0,))

    for _ in range(2):
        record_dispute(run.election_id, recipient=entry.public_id, now=now())

    assert CastDispute.objects.get().roll_entry_id == entry.pk
    assert SealedBallot.objects.count() == 1
    subject = ("election", str(run.election_id))
    assert recorded("record_dispute", subject=subject) == [(None, None)]


def test_a_ballot_that_was_not_cast_cannot_be_disputed() -> None:
    run = election(at="frozen")
    entry = entries(run)[0]

    def dispute() -> None:
        record_dispute(run.election_id, recipient=entry.public_id, now=now())

    assert code_of_refusal(dispute) == "dispute.no-ballot"
    bring(run, to="polling")
    assert code_of_refusal(dispute) == "dispute.no-ballot"
    assert code_of_refusal(
        lambda: record_dispute(run.election_id, recipient=uuid.uuid4(), now=now())
    ) == "roll.no-such-entry"
    cast(run, entry, (0,))
    dispute()

    assert CastDispute.objects.count() == 1
