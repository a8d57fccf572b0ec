"""Amendments at the same moment as casts and as one another, each with a connection of its own."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from ballot.services.amend_roll import amend_roll
from ballot.services.close_poll import close_poll_early
from ballot.services.receipts import Receipt
from ballot.services.register_account import account
from ballot.services.sealed_keys import opened
from ballot.services.verify_register import verify_register
from members.models import Amendment
from office.refusal import Refusal
from tests.ballot.factories import (
    REASON,
    Run,
    at_once,
    cast_wire,
    content,
    election,
    entries,
    kinds,
    no_triggers,
    sealed,
)

pytestmark = pytest.mark.django_db(transaction=True)


def striking(run: Run, member: int, *, delay_s: float = 0.0) -> Callable[[], None]:
    given: dict[str, Any] = {**run.by_two, "kind": "remove", "reason": "died", "grounds": REASON}

    def strike() -> None:
        time.sleep(delay_s)
        amend_roll(run.election_id, member=member, **given)

    return strike


@pytest.mark.parametrize("delay_s", [0.0, 0.01, 0.03])
def test_a_cast_and_the_striking_off_of_its_elector_never_both_win(delay_s: float) -> None:
    run = election(at="polling", electors=12)
    here = entries(run)
    wires = [sealed(run, entry, (0,)) for entry in here]
    struck = here[0]

    *answers, amended = at_once([
        *((lambda wire=wire: cast_wire(run, wire)) for wire in wires),
        striking(run, struck.member_id, delay_s=delay_s),
    ])

    assert amended is None, amended
    has_cast = isinstance(answers[0], Receipt)
    assert has_cast or (
        isinstance(answers[0], Refusal) and answers[0].code == "ballot.code-not-in-force"
    )
    assert (opened(content(run, "amendment")["keys"])["revoked"] is None) == has_cast
    (section,) = account(run.election)
    assert (section.electors, section.struck_voted) == (11, int(has_cast))
    assert section.adds_up() and section.marks == section.ballots == 11 + int(has_cast)
    close_poll_early(run.election_id, reason=REASON, **run.by_two)
    verify_register(run.election_id, **run.by)


def test_amendments_at_once_are_numbered_without_a_gap_and_chained() -> None:
    run = election(at="polling", electors=8)

    answers = at_once([striking(run, entry.member_id) for entry in entries(run)])

    assert answers == [None] * 8
    rows = list(Amendment.objects.order_by("number"))
    assert [row.number for row in rows] == list(range(1, 9))
    assert kinds(run).count("amendment") == 8
    assert content(run, "amendment")["electors"] == {"member": 0}
    assert content(run, "amendment")["commitment"] == bytes(rows[-1].commitment).hex()


def test_the_same_amendment_at_once_is_made_one_time() -> None:
    run = election(at="polling", electors=2)
    member = entries(run)[0].member_id

    answers = at_once([striking(run, member)] * 4)

    refusals = [one.code for one in answers if isinstance(one, Refusal)]
    assert answers.count(None) == 1 and refusals == ["amendment.does-not-apply"] * 3
    assert Amendment.objects.count() == 1


@pytest.mark.tables_owner
def test_the_database_refuses_a_number_out_of_order_and_any_change_of_an_amendment() -> None:
    run = election(at="polling", electors=2)
    striking(run, entries(run)[0].member_id)()
    first = Amendment.objects.get()

    for statement in (
        "UPDATE members_amendment SET reason = 'resigned'",
        "UPDATE members_amendment SET commitment = 'x'",
        "DELETE FROM members_amendment",
        "UPDATE members_amendedentry SET change = 'added'",
        "DELETE FROM members_amendedentry",
    ):
        with (
            pytest.raises(IntegrityError, match="append-only"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(statement)
    with pytest.raises(IntegrityError, match="not the next"), transaction.atomic():
        Amendment.objects.create(roll=first.roll, number=3, kind="remove", reason="died",
                                 grounds=REASON, made_at=first.made_at)

    assert Amendment.objects.get().reason == "died"
    with no_triggers(), connection.cursor() as cursor:
        cursor.execute("UPDATE members_amendment SET reason = 'resigned'")
    assert Amendment.objects.get().reason == "resigned"
