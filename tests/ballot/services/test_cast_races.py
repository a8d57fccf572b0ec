"""Casts at the same moment, on PostgreSQL, each with a connection of its own.

Counts are small so that the tests are quick; a race is tried several times over.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import connection, connections, transaction

from ballot.models import Election, Entry, RegisterMark, SealedBallot, TurnoutCount
from ballot.services.board import _lock_board, append_entry
from ballot.services.close_poll import close_poll_early
from ballot.services.moves import lock_election
from ballot.services.receipts import Receipt
from ballot.services.register_account import account
from ballot.services.reissue_code import PURPOSE as AGAIN
from ballot.services.reissue_code import confirm_reissue, reissue_code
from office.refusal import Refusal
from office.services.approvals import approve_act, propose_act
from tests.ballot.factories import (
    REASON,
    Run,
    at_once,
    cast_wire,
    code_of_refusal,
    election,
    entries,
    key_of_elector,
    kinds,
    now,
    sealed,
)

pytestmark = pytest.mark.django_db(transaction=True)

THREADS = 64


def casting(run: Run, wire: bytes) -> Callable[[], Receipt]:
    return lambda: cast_wire(run, wire)


def held() -> tuple[int, int, int]:
    turnout = sum(TurnoutCount.objects.values_list("ballots", flat=True))
    return SealedBallot.objects.count(), RegisterMark.objects.count(), turnout


def test_one_ballot_sent_by_64_at_once_is_one_ballot_and_one_receipt() -> None:
    run = election(at="polling")
    wire = sealed(run, entries(run)[0], (0, 1))

    receipts = at_once([casting(run, wire)] * THREADS)

    assert all(isinstance(one, Receipt) for one in receipts), receipts
    assert len({one.tracker for one in receipts if isinstance(one, Receipt)}) == 1
    assert sum(not one.is_repeat for one in receipts if isinstance(one, Receipt)) == 1
    assert held() == (1, 1, 1)


def test_of_64_different_ballots_of_one_elector_at_once_one_is_cast() -> None:
    run = election(at="polling")
    entry = entries(run)[0]
    key = key_of_elector(run, entry)
    wires = [sealed(run, entry, (number % 3,), key=key) for number in range(THREADS)]

    answers = at_once([casting(run, wire) for wire in wires])

    receipts = [one for one in answers if isinstance(one, Receipt)]
    refusals = [one.code for one in answers if isinstance(one, Refusal)]
    assert len(receipts) == 1 and refusals == ["ballot.other"] * (THREADS - 1)
    assert held() == (1, 1, 1)
    assert bytes(SealedBallot.objects.get().tracker) == receipts[0].tracker


def test_electors_at_once_each_have_one_ballot_and_turnout_counts_them_all() -> None:
    run = election(at="polling", electors=16)
    wires = [sealed(run, entry, (0,)) for entry in entries(run)]

    answers = at_once([casting(run, wire) for wire in wires for _ in range(4)])

    assert all(isinstance(one, Receipt) for one in answers), answers
    assert held() == (16, 16, 16)


# --- the close -------------------------------------------------------------------------------


@pytest.mark.parametrize("delay_s", [0.0, 0.02, 0.06])
def test_every_ballot_acknowledged_before_a_close_is_on_the_board_and_none_after(
    delay_s: float,
) -> None:
    run = election(at="polling", electors=24)
    wires = [sealed(run, entry, (0,)) for entry in entries(run)]
    given = {**run.by_two, "reason": REASON}

    def close() -> Any:
        time.sleep(delay_s)
        return close_poll_early(run.election_id, **given)

    *answers, closed = at_once([*(casting(run, wire) for wire in wires), close])

    assert closed is None, closed
    acknowledged = {one.tracker for one in answers if isinstance(one, Receipt)}
    refused = {one.code for one in answers if isinstance(one, Refusal)}
    assert len(acknowledged) + sum(isinstance(one, Refusal) for one in answers) == 24
    assert refused <= {"poll.closed"}
    on_board = Entry.objects.filter(kind="ballot").values_list("ballot__tracker", flat=True)
    assert {bytes(tracker) for tracker in on_board} == acknowledged
    assert held() == (len(acknowledged),) * 3
    close_entry = Entry.objects.get(kind="close")
    assert not Entry.objects.filter(kind="ballot", number__gt=close_entry.number).exists()
    (section,) = account(run.election)
    assert section.agrees(contests=1) and section.ballots == len(acknowledged)


@pytest.fixture
def beside() -> Iterator[Callable[[Callable[[], Any]], threading.Thread]]:
    """Do something in a thread with its own connection, and keep its error."""
    threads: list[threading.Thread] = []
    errors: list[Exception] = []

    def start(act: Callable[[], Any]) -> threading.Thread:
        def run() -> None:
            try:
                act()
            except Exception as error:
                errors.append(error)
            finally:
                connections.close_all()

        thread = threading.Thread(target=run)
        thread.start()
        threads.append(thread)
        return thread

    yield start
    for thread in threads:
        thread.join(60)
    assert errors == []


def waits_for_a_lock(kind: str, give_up_s: float = 20.0) -> bool:
    """Whether some session comes to wait for a lock of this kind."""
    end = time.monotonic() + give_up_s
    while time.monotonic() < end:
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted AND locktype = %s",
                           [kind])
            if cursor.fetchone()[0]:
                return True
        time.sleep(0.01)
    return False


def test_a_close_waits_for_the_cast_that_is_under_way(beside: Any) -> None:
    run = election(at="polling")
    wire = sealed(run, entries(run)[0], (0,))
    cast_holds, may_commit = threading.Event(), threading.Event()

    def slow_cast() -> None:
        connection.set_autocommit(False)
        cast_wire(run, wire)
        cast_holds.set()
        may_commit.wait(30)
        connection.commit()

    beside(slow_cast)
    assert cast_holds.wait(30)
    given = {**run.by_two, "reason": REASON}
    closing = beside(lambda: close_poll_early(run.election_id, **given))
    assert waits_for_a_lock("advisory")
    assert run.state == "polling"
    # A cast that comes after the close stands behind it in the queue, however many there are.
    late: list[str] = []
    wire_too_late = sealed(run, entries(run)[1], (0,))
    waiting = beside(
        lambda: late.append(code_of_refusal(lambda: cast_wire(run, wire_too_late)))
    )
    time.sleep(0.2)
    assert late == []
    may_commit.set()
    closing.join(30)
    waiting.join(30)

    assert run.state == "closed"
    assert late == ["poll.closed"]
    assert Entry.objects.filter(kind="ballot").count() == SealedBallot.objects.count() == 1


def test_a_cast_that_waited_for_a_close_finds_the_poll_closed(beside: Any) -> None:
    run = election(at="polling")
    wire = sealed(run, entries(run)[0], (0,))
    cast_wire(run, sealed(run, entries(run)[1], (0,)))
    codes: list[str] = []

    def cast() -> None:
        try:
            cast_wire(run, wire)
        except Refusal as refusal:
            codes.append(refusal.code)

    connection.set_autocommit(False)
    try:
        close_poll_early(run.election_id, reason=REASON, **run.by_two)
        casting_thread = beside(cast)
        time.sleep(0.3)
        connection.commit()
    finally:
        connection.set_autocommit(True)
    casting_thread.join(30)

    assert codes == ["poll.closed"]
    assert held() == (1, 1, 1)


def test_a_close_and_the_boards_writer_never_wait_for_one_another(beside: Any) -> None:
    run = election(at="polling")
    writes, may_commit = threading.Event(), threading.Event()

    def write() -> None:
        # As the worker that puts ballots on the board: the board's lock first; the foreign key
        # of the new entry looks for the election's row at the commit.
        connection.set_autocommit(False)
        _lock_board(run.election_id)
        append_entry(Election(pk=run.election_id, public_id=run.election.public_id),
                     kind="extension", content={}, now=now())
        writes.set()
        may_commit.wait(30)
        connection.commit()

    writer = beside(write)
    assert writes.wait(30)
    given = {**run.by_two, "reason": REASON}

    def close() -> None:
        connection.set_autocommit(False)
        close_poll_early(run.election_id, **given)
        connection.commit()

    closing = beside(close)
    assert waits_for_a_lock("advisory")
    may_commit.set()
    writer.join(30)
    closing.join(30)

    assert run.state == "closed"


def test_an_early_close_that_waits_for_its_turn_does_not_hold_the_board_meanwhile(
    beside: Any,
) -> None:
    run = election(at="polling")
    one, two = run.officers
    approval = propose_act(
        "close_poll_early", subject=("election", str(run.election_id)), by=one, now=now(),
        parameters={"reason": REASON},
    )

    # Another act has its turn, a code's confirmation for one, and goes on to the board.
    with transaction.atomic():
        lock_election(run.election_id)
        closing = beside(lambda: approve_act(approval.pk, by=two, now=now()))
        assert waits_for_a_lock("advisory")
        append_entry(run.election, kind="extension", content={}, now=now())
    closing.join(30)

    assert run.state == "closed"
    assert kinds(run)[-2:] == ["extension", "close"]


# --- a code sent again -------------------------------------------------------------------------


@pytest.mark.parametrize("attempt", range(3))
def test_a_cast_under_the_old_code_and_the_new_codes_confirmation_never_both_succeed(
    attempt: int,
) -> None:
    run = election(at="polling", electors=6)
    acts: list[Callable[[], Any]] = []
    keys = []
    for entry in entries(run):
        reissue_code(run.election_id, recipient=entry.public_id, **run.by)
        fresh = key_of_elector(run, entry, purpose=AGAIN)
        keys.append(fresh)
        acts.append(casting(run, sealed(run, entry, (0,))))
        acts.append(lambda key=fresh: confirm_reissue(
            run.election_id, credential=key.credential, now=now()
        ))

    answers = at_once(acts)

    answered = zip(entries(run), keys, answers[::2], answers[1::2], strict=True)
    for entry, fresh, cast, confirmed in answered:
        assert isinstance(cast, Receipt) != (confirmed is None), (cast, confirmed)
        if isinstance(cast, Refusal):
            assert cast.code == "ballot.code-not-in-force"
            # And the elector still has their one ballot, under the new code.
            assert not cast_wire(run, sealed(run, entry, (1,), key=fresh)).is_repeat
        else:
            assert isinstance(confirmed, Refusal) and confirmed.code == "reissue.has-voted"
    assert held() == (6, 6, 6)


def test_a_code_confirmed_while_the_poll_closes_is_an_entry_before_the_close_or_none(
    beside: Any,
) -> None:
    run = election(at="polling")
    entry = entries(run)[0]
    reissue_code(run.election_id, recipient=entry.public_id, **run.by)
    fresh = key_of_elector(run, entry, purpose=AGAIN)
    codes: list[str] = []

    def confirm() -> None:
        try:
            confirm_reissue(run.election_id, credential=fresh.credential, now=now())
        except Refusal as refusal:
            codes.append(refusal.code)

    connection.set_autocommit(False)
    try:
        close_poll_early(run.election_id, reason=REASON, **run.by_two)
        confirming = beside(confirm)
        time.sleep(0.3)
        connection.commit()
    finally:
        connection.set_autocommit(True)
    confirming.join(30)

    assert codes == ["election.wrong-state"]
    assert not Entry.objects.filter(kind="reissue").exists()
