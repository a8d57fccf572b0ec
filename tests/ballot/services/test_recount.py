"""Recounts: on whose asking, by the notice's rule, and what stops a declaration until then."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import Error, transaction

from ballot.models import CountsDiffer, Recount
from ballot.services import counted_twice
from ballot.services.declare import declare
from ballot.services.recount import BY_RULE, ask_recount, decide_recount, recount_by_rule
from ballot.services.set_up import edit_election
from office.permissions import Role
from office.refusal import Refusal
from tests.ballot.factories import (
    REASON,
    Run,
    bring,
    code_of_refusal,
    content,
    election,
    kinds,
    now,
    recorded,
)
from tests.office.factories import staff

pytestmark = pytest.mark.django_db


def asked(run: Run) -> int:
    agent = staff(Role.CANDIDATES_AGENT).pk
    return ask_recount(run.contest.pk, grounds="A stage looks odd.", by=agent, now=now())


def decide(run: Run, number: int, *, granted: bool) -> None:
    decide_recount(number, granted=granted, reason=REASON, **run.by)


def test_a_recount_that_waits_stops_the_declaration_until_it_is_made() -> None:
    run = election(at="counted")
    number = asked(run)

    assert code_of_refusal(lambda: declare(run.election_id, **run.by_two)) == "election.not-ready"
    decide(run, number, granted=True)

    told = content(run, "recount")
    assert told.pop("salt")
    assert told == {"by_rule": False, "contest": "contest-1", "granted": True,
                    "grounds": "A stage looks odd.", "reason": REASON}
    assert recorded("decide_recount", subject=("contest", str(run.contest.pk))) == [
        (run.officers[0], None)
    ]
    declare(run.election_id, **run.by_two)
    assert run.state == "declared"


def test_a_refusal_stands_with_its_reason_and_is_not_decided_twice() -> None:
    run = election(at="counted")
    number = asked(run)

    decide(run, number, granted=False)

    assert content(run, "recount")["granted"] is False
    assert code_of_refusal(lambda: decide(run, number, granted=True)) == "recount.decided"
    with pytest.raises(Error, match="decided once"), transaction.atomic():
        Recount.objects.filter(pk=number).update(granted=True)
    declare(run.election_id, **run.by_two)


def test_whoever_asked_once_asks_no_more_of_the_contest_and_holds_nothing_up() -> None:
    run = election(at="counted")
    agent = staff(Role.CANDIDATES_AGENT).pk
    asking = {"by": agent, "now": now(), "grounds": "A stage looks odd."}
    decide(run, ask_recount(run.contest.pk, **asking), granted=False)

    again = code_of_refusal(lambda: ask_recount(run.contest.pk, **asking))
    declare(run.election_id, **run.by_two)

    assert again == "recount.asked"
    assert run.state == "declared"


def test_nobody_asks_twice_nor_before_the_count_nor_against_the_notice() -> None:
    run = election(at="opened")
    by = {"by": run.officers[0], "now": now(), "grounds": "A stage looks odd."}

    early = code_of_refusal(lambda: ask_recount(run.contest.pk, **by))
    bring(run, to="counted")
    ask_recount(run.contest.pk, **by)
    twice = code_of_refusal(lambda: ask_recount(run.contest.pk, **by))

    assert (early, twice) == ("election.wrong-state", "recount.asked")


def test_the_notice_can_grant_no_recount_on_request() -> None:
    run = election()
    edit_election(run.election_id, recount_on_request=False, **run.by)
    bring(run, to="counted")

    assert code_of_refusal(lambda: asked(run)) == "recount.not-on-request"


def test_a_lead_that_is_too_small_is_recounted_before_anything_is_declared() -> None:
    # Ash has 3 and Birch 2 of 6 valid papers, then 3 and 3: the lead is nought or one vote.
    run = election()
    edit_election(run.election_id, recount_margin_permille=900, **run.by)
    bring(run, to="counted")

    assert code_of_refusal(lambda: declare(run.election_id, **run.by_two)) == "election.not-ready"
    recount_by_rule(run.contest.pk, **run.by)
    again = code_of_refusal(lambda: recount_by_rule(run.contest.pk, **run.by))

    assert content(run, "recount")["by_rule"] and content(run, "recount")["grounds"] == BY_RULE
    assert again == "recount.not-demanded"
    declare(run.election_id, **run.by_two)


def test_a_recount_with_another_figure_keeps_both_and_declares_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    run = election(at="counted")
    number = asked(run)
    right = counted_twice.tell

    def wrong(opened: Any) -> Any:
        return right(opened) | {"valid": 99}

    monkeypatch.setattr(counted_twice, "tell", wrong)
    code = code_of_refusal(lambda: decide(run, number, granted=True))

    assert code == "count.disagrees" and "recount" not in kinds(run)
    assert CountsDiffer.objects.get().found_by == "recount"
    assert Recount.objects.get().granted is None
    refusing = code_of_refusal(lambda: decide(run, number, granted=False))
    assert refusing == "recount.counts-differ"
    with pytest.raises(Refusal, match="No two counts of “Leader” differ: not yet"):
        declare(run.election_id, **run.by_two)
    monkeypatch.setattr(counted_twice, "tell", right)
    decide(run, number, granted=True)
    assert Recount.objects.get().granted is True
    declare(run.election_id, **run.by_two)
    assert run.state == "declared"


def test_counts_that_differ_stop_the_declaration_also_where_no_recount_waits() -> None:
    run = election(at="counted")
    CountsDiffer.objects.create(contest=run.contest, found_by="recount", found_at=now(),
                                first={}, second={}, differences=[])

    assert code_of_refusal(lambda: declare(run.election_id, **run.by_two)) == "election.not-ready"
    decide(run, asked(run), granted=True)

    declare(run.election_id, **run.by_two)
    assert run.state == "declared"
