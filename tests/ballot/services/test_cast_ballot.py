"""Casting: one sealed ballot an elector, checked whole, with the same receipt however often."""

from __future__ import annotations

import os
from datetime import timedelta

import pytest
from django.db import connection, transaction

from ballot.models import Credential, Election, RegisterMark, SealedBallot, SealedVote, TurnoutCount
from ballot.sealing.ballot import (
    SealedBallot as Wire,
)
from ballot.sealing.ballot import (
    check_ballot,
    seal_vote,
    sign_ballot,
    tracker_hash,
    vote_transcript,
)
from ballot.selectors import contest_codes, setting_of
from ballot.services.close_poll import close_poll_early
from ballot.services.polls import poll_at
from ballot.services.suspend_poll import resume_poll, suspend_poll
from office.refusal import Refusal
from tests.ballot.factories import (
    REASON,
    Run,
    cast,
    cast_wire,
    code_of_refusal,
    election,
    entries,
    key_of_elector,
    sealed,
)

pytestmark = pytest.mark.django_db

TWO = ({"title": "Deputy", "candidates": ("Dot Dyer", "Eli Epps", "Fay Ford")},)


def held() -> tuple[int, int, int, int]:
    """Ballots, their votes, marks and turnout: what a cast adds to, and a refusal never does."""
    turnout = sum(TurnoutCount.objects.values_list("ballots", flat=True))
    return (SealedBallot.objects.count(), SealedVote.objects.count(), RegisterMark.objects.count(),
            turnout)


def refused(run: Run, wire: bytes) -> str:
    def act() -> None:
        # As a request does: each cast is a statement of its own.
        with transaction.atomic():
            cast_wire(run, wire)

    return code_of_refusal(act)


def test_a_cast_is_a_ballot_a_mark_and_a_turn_of_the_counter() -> None:
    run = election(at="polling", other_contests=TWO)
    entry = entries(run)[0]
    wire = sealed(run, entry, (1, 0), (2,))

    receipt = cast_wire(run, wire)

    parsed = Wire.parse(wire, contests=2)
    assert receipt.tracker == tracker_hash(
        parsed.credential, parsed.votes, setting=setting_of(run.election)
    )
    assert not receipt.is_repeat
    assert held() == (1, 2, 1, 1)
    mark = RegisterMark.objects.get()
    assert (mark.roll_entry_id, mark.channel) == (entry.pk, "online")


def test_the_same_ballot_ten_times_is_one_ballot_and_one_receipt() -> None:
    run = election(at="polling")
    wire = sealed(run, entries(run)[0], (0, 1))

    receipts = [cast_wire(run, wire) for _ in range(10)]

    assert {receipt.tracker for receipt in receipts} == {receipts[0].tracker}
    assert [receipt.is_repeat for receipt in receipts] == [False] + [True] * 9
    assert held() == (1, 1, 1, 1)


def test_a_second_ballot_is_refused_and_the_first_stands() -> None:
    run = election(at="polling")
    entry = entries(run)[0]
    first = cast(run, entry, (0, 1))

    assert refused(run, sealed(run, entry, (2, 1))) == "ballot.other"
    # Even of the same choice: another sealing is another ballot.
    assert refused(run, sealed(run, entry, (0, 1))) == "ballot.other"

    assert held() == (1, 1, 1, 1)
    assert bytes(SealedBallot.objects.get().tracker) == first.tracker


def test_a_ballot_signed_anew_is_another_ballot() -> None:
    run = election(at="polling")
    entry = entries(run)[0]
    wire = sealed(run, entry, (0,))
    parsed = Wire.parse(wire, contests=1)
    again = sign_ballot(parsed.votes, setting=setting_of(run.election),
                        contests=contest_codes(run.election), section="member",
                        key=key_of_elector(run, entry), rng=os.urandom).to_bytes()
    cast_wire(run, wire)

    assert again[:-64] == wire[:-64] and again != wire
    assert refused(run, again) == "ballot.other"


# --- ballots that are not what they say --------------------------------------------------------


def test_a_ballot_copied_to_another_elector_is_refused() -> None:
    run = election(at="polling")
    one, other = entries(run)[:2]
    wire = sealed(run, one, (0,))
    thief = key_of_elector(run, other)
    setting, contests = setting_of(run.election), contest_codes(run.election)
    votes = Wire.parse(wire, contests=1).votes
    # As it is under the thief's credential, and signed rightly by the thief.
    copied = thief.credential + wire[32:]
    signed = sign_ballot(votes, setting=setting, contests=contests, section="member", key=thief,
                         rng=os.urandom).to_bytes()

    assert refused(run, copied) == "ballot.not-sealed-rightly"
    assert refused(run, signed) == "ballot.not-sealed-rightly"
    cast_wire(run, wire)

    assert held() == (1, 1, 1, 1)


def test_a_ballot_of_another_election_is_refused() -> None:
    run = election(at="polling")
    other = election(at="polling", title="Deputy leader")
    key = key_of_elector(run, entries(run)[0])
    theirs = sealed(other, entries(other)[0], (0,))
    moved = sealed(other, entries(other)[0], (0,), key=key)

    assert refused(run, theirs) == "ballot.code-not-in-force"
    assert refused(run, moved) == "ballot.not-sealed-rightly"
    cast_wire(other, theirs)

    assert held() == (1, 1, 1, 1)
    assert SealedBallot.objects.get().election_id == other.election_id


def test_a_ballot_sealed_for_another_section_is_refused() -> None:
    run = election(at="polling", sections=("member", "affiliated"))
    entry = entries(run)[0]

    assert entry.section.code == "member"
    assert refused(run, sealed(run, entry, (0,), section="affiliated")) == (
        "ballot.not-sealed-rightly"
    )
    cast(run, entry, (0,))

    assert held() == (1, 1, 1, 1)


def test_a_ballot_whose_contests_are_swapped_is_refused() -> None:
    run = election(at="polling", other_contests=TWO)
    entry = entries(run)[0]
    right = sealed(run, entry, (0,), (1,))
    cut = right[:32] + right[163:294] + right[32:163] + right[294:]
    named = sealed(run, entry, (0,), (1,), contests=("contest-2", "contest-1"))

    assert refused(run, cut) == "ballot.not-sealed-rightly"
    assert refused(run, named) == "ballot.not-sealed-rightly"
    cast_wire(run, right)

    assert held() == (1, 2, 1, 1)


@pytest.mark.parametrize("length", [0, 31, 96, 226, 228, 1000])
def test_a_ballot_of_another_length_is_refused(length: int) -> None:
    run = election(at="polling")
    wire = sealed(run, entries(run)[0], (0,))
    assert len(wire) == 227

    assert refused(run, (wire * 5)[:length]) == "ballot.not-sealed-rightly"
    cast_wire(run, wire)

    assert held() == (1, 1, 1, 1)


def test_any_changed_byte_is_refused() -> None:
    run = election(at="polling")
    wire = sealed(run, entries(run)[0], (0, 2))

    # A changed credential is nobody's; every other byte is under the proof or the signature.
    for place in range(len(wire)):
        changed = bytearray(wire)
        changed[place] ^= 1 << place % 8
        code = refused(run, bytes(changed))
        assert code == (
            "ballot.code-not-in-force" if place < 32 else "ballot.not-sealed-rightly"
        ), place
    assert held() == (0, 0, 0, 0)
    cast_wire(run, wire)

    assert held() == (1, 1, 1, 1)


def test_a_credential_that_waits_or_is_revoked_casts_nothing() -> None:
    run = election(at="polling")
    entry = entries(run)[0]
    wire = sealed(run, entry, (0,))

    def refused_while(force: str) -> None:
        Credential.objects.filter(roll_entry=entry.pk).update(force=force)
        assert refused(run, wire) == "ballot.code-not-in-force"
        assert held() == (0, 0, 0, 0)

    refused_while("waiting")
    with transaction.atomic():
        # What is revoked stays so; the savepoint takes it back for the passing case.
        refused_while("revoked")
        transaction.set_rollback(True)
    Credential.objects.filter(roll_entry=entry.pk).update(force="in-force")
    cast_wire(run, wire)

    assert held() == (1, 1, 1, 1)


def _sealed_with(run: Run, place: int, randomness: int, choice: int) -> bytes:
    """A ballot that checks, sealed with randomness of the attacker's own choosing."""
    setting, contests = setting_of(run.election), contest_codes(run.election)
    key = key_of_elector(run, entries(run)[place])
    votes = [
        seal_vote(choice, randomness=randomness, nonce=12345 + place, setting=setting,
                  begun=vote_transcript(setting, contest, "member", ""),
                  credential=key.credential)
        for contest in contests
    ]
    ballot = sign_ballot(votes, setting=setting, contests=contests, section="member", key=key,
                         rng=os.urandom)
    return ballot.to_bytes()


def test_a_ciphertext_that_stands_in_the_box_already_is_refused() -> None:
    run = election(at="polling")
    first, same, same_c1, own = (
        _sealed_with(run, 0, 777, 1), _sealed_with(run, 1, 777, 1), _sealed_with(run, 2, 777, 2),
        _sealed_with(run, 1, 778, 1),
    )
    setting, contests = setting_of(run.election), contest_codes(run.election)
    for wire in (first, same, same_c1, own):
        check_ballot(wire, setting=setting, contests=contests, section="member")
    cast_wire(run, first)

    # Both components alike, and one of them alone; each ballot by itself passes its check.
    assert refused(run, same) == "ballot.copied"
    assert refused(run, same_c1) == "ballot.copied"
    cast_wire(run, own)

    assert held() == (2, 2, 2, 2)


def test_one_ciphertext_in_two_contests_of_a_paper_is_refused() -> None:
    run = election(at="polling", other_contests=TWO)

    assert refused(run, _sealed_with(run, 0, 777, 1)) == "ballot.not-sealed-rightly"

    assert held() == (0, 0, 0, 0)


# --- when ------------------------------------------------------------------------------------


def test_a_suspended_poll_takes_nothing_until_it_goes_on() -> None:
    run = election(at="polling")
    first, second = (sealed(run, entry, (0,)) for entry in entries(run)[:2])
    receipt = cast_wire(run, first)
    suspend_poll(run.election_id, reason=REASON, **run.by_two)

    assert refused(run, second) == "poll.suspended"
    # Who cast before it can still be told so.
    assert cast_wire(run, first).tracker == receipt.tracker
    resume_poll(run.election_id, reason=REASON, **run.by_two)
    cast_wire(run, second)

    assert held() == (2, 2, 2, 2)


def test_after_the_close_nothing_is_taken_and_the_receipt_is_still_given() -> None:
    run = election(at="polling")
    first, second = (sealed(run, entry, (0,)) for entry in entries(run)[:2])
    receipt = cast_wire(run, first)
    close_poll_early(run.election_id, reason=REASON, **run.by_two)

    assert refused(run, second) == "poll.closed"
    again = cast_wire(run, first)

    assert again.is_repeat and again.tracker == receipt.tracker
    assert held() == (1, 1, 1, 1)


def test_the_databases_clock_decides_and_no_other() -> None:
    run = election(at="polling")
    in_time, late = (sealed(run, entry, (0,)) for entry in entries(run)[:2])
    cast_wire(run, in_time)

    # The state still says polling; the hour has passed by the database's own clock.
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE ballot_election SET opens_at = clock_timestamp() - interval '2 hours',"
            " closes_at = clock_timestamp() - interval '1 millisecond' WHERE id = %s",
            [run.election_id],
        )
    assert run.state == "polling"
    assert refused(run, late) == "poll.closed"
    Election.objects.filter(pk=run.election_id).update(
        closes_at=run.election.closes_at + timedelta(hours=1)  # type: ignore[operator]
    )
    cast_wire(run, late)

    assert held() == (2, 2, 2, 2)


def test_before_the_opening_there_is_no_poll_and_nowhere_else_an_election() -> None:
    run = election(at="coded")

    assert code_of_refusal(lambda: poll_at(run.election.slug)) == "poll.not-opened"
    with pytest.raises(Refusal) as nowhere:
        poll_at("nowhere")

    assert (nowhere.value.code, nowhere.value.status) == ("election.none", 404)


def test_no_row_of_a_ballot_bears_a_time_or_an_address() -> None:
    run = election(at="polling")
    cast(run, entries(run)[0], (0,))

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_name || '.' || column_name FROM information_schema.columns"
            " WHERE table_name IN ('ballot_sealedballot', 'ballot_sealedvote',"
            " 'ballot_registermark', 'ballot_entry', 'ballot_credential')"
            " AND (data_type LIKE '%time%' OR data_type IN ('date', 'inet'))"
        )
        assert cursor.fetchall() == []
    # The counter keeps the hour, and no more of the time.
    hour = TurnoutCount.objects.get().hour
    assert (hour.minute, hour.second, hour.microsecond) == (0, 0, 0)
