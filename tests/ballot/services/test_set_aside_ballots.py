"""Ballots of those struck off after casting: as the notice says, they stand or are set aside."""

from __future__ import annotations

import pytest

from ballot.models import Entry, SetAside
from ballot.services.set_aside_ballots import digest_due, set_aside_ballots
from ballot.services.verify_register import verify_register
from ballot.struck_ballots import set_aside_due, struck_ballots
from office.refusal import Refusal
from tests.ballot.amending import close, restore, set_aside, strike, with_rule
from tests.ballot.factories import boxes, bring, cast_all, code_of_refusal, content, election

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("reason", ["excluded", "died", "resigned", "not-entitled", "court-order"])
def test_by_the_rule_that_it_stands_the_ballot_of_somebody_struck_off_is_counted(
    reason: str,
) -> None:
    run = with_rule(election(electors=3, rankings=((0,),) * 3), "stands")
    cast_all(run)

    strike(run, 0, reason)
    close(run)

    assert set_aside_due(run.election) == []
    verify_register(run.election_id, **run.by)
    (told,) = content(run, "reconciliation")["sections"]
    assert (told["electors"], told["struck_voted"], told["issued"]) == (2, 1, 3)
    assert (told["ballots"], told["set_aside"], told["counted"]) == (3, 0, 3)


@pytest.mark.parametrize("reason", ["excluded", "died", "resigned", "duplicate", "court-order"])
def test_by_the_rule_that_it_is_set_aside_the_ballot_waits_for_two_officers_and_is_not_counted(
    reason: str,
) -> None:
    run = with_rule(election(electors=3, rankings=((0,),) * 3), "set-aside")
    receipts = cast_all(run)
    strike(run, 0, reason)
    close(run)
    with pytest.raises(Refusal, match="has been set aside: not yet"):
        verify_register(run.election_id, **run.by)

    set_aside(run)

    told = content(run, "set-aside")["ballots"]
    assert [(one["tracker"], one["reason"], one["amendment"]) for one in told] == [
        (receipts[0].tracker.hex(), reason, 1)
    ]
    named = Entry.objects.get(number=told[0]["entry"])
    assert named.kind == "ballot"
    bring(run, to="declared")
    (told,) = content(run, "reconciliation")["sections"]
    assert (told["ballots"], told["set_aside"], told["counted"]) == (3, 1, 2)
    assert [box.ballots for box in boxes(run)] == [2]
    assert content(run, "declaration")["sections"][0]["set_aside"] == 1


def test_a_reinstatement_lets_the_ballot_stand_that_was_set_aside() -> None:
    run = with_rule(election(electors=3, rankings=((0,),) * 3), "set-aside")
    receipts = cast_all(run)
    strike(run, 0)
    close(run)
    set_aside(run)

    restore(run, 0)

    stands = content(run, "ballots-stand")["ballots"]
    assert [one["tracker"] for one in stands] == [receipts[0].tracker.hex()]
    assert struck_ballots(run.election) == []
    verify_register(run.election_id, **run.by)
    assert [box.ballots for box in boxes(run)] == [3]
    assert list(SetAside.objects.values_list("is_set_aside", flat=True)) == [True, False]


def test_what_two_officers_were_shown_is_what_is_set_aside_or_nothing() -> None:
    run = with_rule(election(electors=3, rankings=((0,),) * 3), "set-aside")
    cast_all(run)
    strike(run, 0)
    close(run)
    shown = digest_due(set_aside_due(run.election))
    strike(run, 1)

    def decide(digest: str) -> None:
        set_aside_ballots(run.election_id, digest=digest, **run.by_two)

    assert code_of_refusal(lambda: decide(shown)) == "set-aside.other-ballots"
    decide(digest_due(set_aside_due(run.election)))
    assert code_of_refusal(lambda: decide(digest_due([]))) == "set-aside.other-ballots"
    assert len(content(run, "set-aside")["ballots"]) == 2
