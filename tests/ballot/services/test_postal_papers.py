"""Papers by post on their way into the boxes: the account, the sums, the count, the turnout."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from ballot.postal import Kind, post_by_section
from ballot.services.read_papers import Read
from ballot.services.verification_sums import verification_of
from ballot.services.verify_register import verify_register
from ballot.showing.results import result_of
from tests.ballot.factories import boxes, bring, cast, code_of_refusal, content, entries
from tests.ballot.posting_papers import close, opened, polling

pytestmark = pytest.mark.django_db


def test_the_register_is_not_verified_before_the_postal_papers_are_in_the_account():
    run, table = opened()
    verify: Callable[[], Any] = lambda: verify_register(run.election_id, **run.by)  # noqa: E731

    assert code_of_refusal(verify) == "election.not-ready"
    table.both_read(1, (0,))
    assert code_of_refusal(table.account) == "post.not-settled"
    for who in (0, 1):
        table.hand_in(who, Read("member", 2, 2 - who, Kind.EMPTY))
    table.account()
    assert code_of_refusal(table.account) == "post.accounted"
    verify()
    sums = [one for section in verification_of(run.election) for one in section.sums]
    assert [one.what for one in sums if not one.holds] == []
    assert "= 5 ballots cast online + 2 envelopes received" in sums[2].parts
    assert "+ 1 postal paper = 6 for the boxes" in sums[3].parts

    told = content(run, "reconciliation")["sections"][0]
    assert (told["marks"], told["ballots"], told["counted"]) == (7, 5, 6)
    assert [box.ballots for box in boxes(run)] == [6]


def test_an_envelope_that_comes_after_the_account_is_late_and_stops_nothing():
    run, table = polling()
    good, late = table.issue(0, 1)
    table.receive(good)
    for entry in entries(run)[2:]:
        cast(run, entry, (0, 1))
    close(run)
    table.open()
    table.both_read(1, (0,))
    table.account()

    assert table.receive(late) == "late"

    verify_register(run.election_id, **run.by)
    assert [one.late for one in post_by_section(run.election)] == [1]
    assert content(run, "post")["sections"][0]["late"] == 0


def test_postal_and_online_ballots_are_mixed_opened_and_counted_as_one():
    run, table = opened()
    table.both_read(1, (2, 1))
    table.both_read(2, ())
    table.account()

    bring(run, to="declared")

    assert content(run, "profile")["papers"] == 7
    assert content(run, "post")["sections"] == [
        {"empty": 0, "issued": 2, "late": 0, "papers": 2, "received": 2, "refused": 0,
         "section": "member"}
    ]


def test_the_result_s_turnout_counts_who_voted_by_post():
    run, table = opened()
    table.both_read(1, (0,))
    table.both_read(2, (0, 1))
    table.account()
    bring(run, to="declared")

    shown = result_of(run.election.declarations.get(), names={"member": "Members"})

    assert shown.turnout_total is not None
    assert (shown.turnout_total.ballots, shown.by_post) == ("7", "2 of them by post.")
