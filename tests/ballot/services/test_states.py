"""Acts out of their turn, and acts of two officers by one: refused, and nothing changes."""

from __future__ import annotations

import pytest
from django.db import Error, connection, transaction

from ballot.lifecycle import State
from ballot.models import Election
from office.models import AuditRecord
from tests.ballot.factories import (
    REASON,
    code_of_refusal,
    content,
    election,
    kinds,
    recorded,
)
from tests.ballot.services.acts import ACTS, TWO_OFFICERS

pytestmark = pytest.mark.django_db

BELONG = {
    "draft": {"publish_notice", "void_election"},
    "nominated": {"reopen_nominations", "request_freeze", "freeze_roll", "declare",
                  "void_election"},
    "polling": {"suspend_poll", "extend_poll", "close_poll", "close_poll_early", "void_election"},
    "verified": {"mix_box", "void_election"},
    "declared": set(),
}


@pytest.mark.parametrize("point", BELONG)
def test_an_act_out_of_its_turn_is_refused_and_changes_nothing(point: str) -> None:
    run = election(at=point)
    before = (run.state, kinds(run), AuditRecord.objects.count())

    for name in ACTS.keys() - BELONG[point]:
        code = code_of_refusal(lambda act=ACTS[name]: act(run))
        assert code in {"election.wrong-state", "election.no-such-move", "key.too-late"}, name
        assert (run.state, kinds(run), AuditRecord.objects.count()) == before, name


@pytest.mark.parametrize(
    ("name", "point", "wait"),
    [
        ("request_freeze", "nominated", ""),
        ("freeze_roll", "nominated", ""),
        ("request_withdrawal", "frozen", ""),
        ("withdraw_freeze", "frozen", ""),
        ("open_poll", "coded", ""),
        ("suspend_poll", "polling", ""),
        ("resume_poll", "polling", "suspend_poll"),
        ("extend_poll", "polling", ""),
        ("close_poll_early", "polling", ""),
        ("void_election", "draft", ""),
        ("declare", "counted", ""),
    ],
)
def test_one_officer_alone_cannot_do_it_and_two_can(name: str, point: str, wait: str) -> None:
    run = election(at=point)
    if wait:
        ACTS[wait](run)
    before = (run.state, kinds(run))

    for second in (None, run.officers[0]):
        code = code_of_refusal(lambda who=second: TWO_OFFICERS[name](run, seconded_by=who))
        assert code == "approval.two-officers"
        assert (run.state, kinds(run)) == before
    TWO_OFFICERS[name](run)

    if not name.startswith("request_"):
        assert kinds(run) != before[1]
        assert recorded(name, subject=("election", str(run.election_id))) == [run.officers]


@pytest.mark.parametrize(
    ("name", "point", "kind"),
    [
        ("withdraw_freeze", "frozen", "roll-withdrawn"),
        ("suspend_poll", "polling", "suspension"),
        ("extend_poll", "polling", "extension"),
        ("close_poll_early", "polling", "close"),
        ("void_election", "nominated", "void"),
    ],
)
def test_an_act_that_interferes_with_a_poll_is_published_with_its_reason(
    name: str, point: str, kind: str
) -> None:
    run = election(at=point)
    before = (run.state, kinds(run))

    assert code_of_refusal(lambda: ACTS[name](run, reason="short")) == "reason.length"
    assert code_of_refusal(lambda: ACTS[name](run, reason="x" * 2001)) == "reason.length"
    hidden = "A reason that\u202e reads backwards."
    assert code_of_refusal(lambda: ACTS[name](run, reason=hidden)) == "text.hidden-character"
    assert (run.state, kinds(run)) == before
    ACTS[name](run, reason=f"  {REASON} ")

    assert content(run, kind)["reason"] == REASON


def test_the_database_refuses_a_move_that_is_no_arrow_whoever_asks() -> None:
    run = election(at="nominating")

    with pytest.raises(Error, match="cannot go from nominating to polling"), transaction.atomic():
        Election.objects.filter(pk=run.election_id).update(state="polling")
    Election.objects.filter(pk=run.election_id).update(state="nominated")

    assert run.state == State.NOMINATED


def test_the_fingerprint_of_an_opened_election_cannot_change() -> None:
    run = election(at="polling")

    with pytest.raises(Error, match="fingerprint"), transaction.atomic():
        Election.objects.filter(pk=run.election_id).update(fingerprint=bytes(32))
    with connection.cursor() as cursor:
        cursor.execute("UPDATE ballot_election SET title = 'Another' WHERE id = %s",
                       [run.election_id])

    assert run.election.title == "Another"
