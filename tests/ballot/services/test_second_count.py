"""The second count of a run: it agrees, does not know the method, or stops the count."""

from __future__ import annotations

from typing import Any

import pytest

from ballot.models import Count, CountsDiffer
from ballot.services import counted_twice
from ballot.services.count_papers import count_papers
from ballot.services.declare import declare
from ballot.tellers import NotKnown, PapersUnreadable, TieOpen
from office.refusal import Refusal
from tests.ballot.factories import content, election, kinds

pytestmark = pytest.mark.django_db


def test_two_counts_that_disagree_stop_the_count_and_both_are_kept(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    run = election(at="opened")
    right = counted_twice.tell

    def wrong(opened: Any) -> Any:
        told = right(opened)
        told["stages"][0]["votes"]["Ash Amin"] += 1
        return told

    monkeypatch.setattr(counted_twice, "tell", wrong)
    with pytest.raises(Refusal, match="do not agree; 1 of their figures differ") as refused:
        count_papers(run.election_id, **run.by)

    assert refused.value.code == "count.disagrees"
    assert run.state == "opened" and not Count.objects.exists() and "count" not in kinds(run)
    kept = CountsDiffer.objects.get()
    assert kept.differences == ["stages 1, votes, Ash Amin: 3 and 4"]
    assert (kept.first["valid"], kept.second["valid"], kept.found_by) == (6, 6, "count")

    monkeypatch.setattr(counted_twice, "tell", right)
    count_papers(run.election_id, **run.by)
    assert Count.objects.get().second_count == "agrees"


@pytest.mark.parametrize("stops", [PapersUnreadable("no ranking"), TieOpen(1, ("Ann", "Bob"))])
def test_tellers_who_come_to_no_result_stop_the_count_too(
    monkeypatch: pytest.MonkeyPatch, stops: Exception
) -> None:
    run = election(at="opened")

    def stopped(opened: Any) -> Any:
        raise stops

    monkeypatch.setattr(counted_twice, "tell", stopped)
    with pytest.raises(Refusal) as refused:
        count_papers(run.election_id, **run.by)

    assert refused.value.code == "count.disagrees"
    assert CountsDiffer.objects.get().second == {"stopped": str(stops)}


def test_a_method_that_the_tellers_do_not_know_is_counted_once_and_declared_as_that(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    run = election(at="opened")

    def does_not_know(opened: Any) -> Any:
        raise NotKnown("the method")

    monkeypatch.setattr(counted_twice, "tell", does_not_know)
    count_papers(run.election_id, **run.by)

    assert content(run, "count")["second_count"] == "counted-once"
    declare(run.election_id, **run.by_two)
    assert content(run, "declaration")["contests"][0]["second_count"] == "counted-once"
