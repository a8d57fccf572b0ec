"""Weighted boxes and points at the tellers' tables. Spec: counting §12."""

from __future__ import annotations

from typing import Any

import pytest

from ballot.tellers import NotKnown, PapersUnreadable, tell
from tests.tellers.contests import Contest, contest

HALVES = {"north": 1, "south": 1}
EXAMPLE = ("north: 3 Ann", "north: 1 Bob", "south: 40 Ann", "south: 60 Bob")


def weighted(one: Contest) -> list[dict[str, str]]:
    return [stage["weighted"] for stage in tell(one.opened())["stages"]]


@pytest.mark.parametrize("method", ["av", "plurality"])
def test_the_example_of_the_spec_elects_who_has_fewer_votes_and_more_weight(method: str) -> None:
    told = tell(contest(*EXAMPLE, rules={"method": method, "weights": HALVES},
                        withdrawn=frozenset({2})).opened())

    (stage,) = told["stages"]
    assert stage["votes"] == {"Ann": 43, "Bob": 61}
    assert stage["weighted"] == {"Ann": "57.500", "Bob": "42.500"}
    assert stage["percent"] == {"Ann": "57.5%", "Bob": "42.5%"}
    assert told["elected"] == ["Ann"]
    plain = tell(contest(*EXAMPLE, rules={"method": method}).opened())
    assert plain["elected"] == ["Bob"] and "weighted" not in plain["stages"][0]


def test_a_box_without_continuing_votes_gives_nobody_anything_and_blocks_no_majority() -> None:
    papers = ("north: 5 Ann", "north: 4 Bob", "south: 3 Carol")
    rules: dict[str, Any] = {"method": "av", "points": {"north": 10, "south": 4}}

    assert weighted(contest(*papers, rules=rules)) == [
        {"Ann": "5.56", "Bob": "4.44", "Carol": "4.00"}, {"Ann": "5.56", "Bob": "4.44"}
    ]


def test_a_box_below_the_floor_is_worth_its_votes_through_the_whole_count() -> None:
    papers = ("north: 5 Ann", "north: 5 Bob", "south: 2 Carol", "south: 1 Ann")

    assert weighted(contest(*papers, rules={"method": "av", "points": 10, "floor": 4})) == [
        {"Ann": "6.00", "Bob": "5.00", "Carol": "2.00"}, {"Ann": "8.00", "Bob": "5.00"}
    ]
    without = weighted(contest(*papers, rules={"method": "av", "points": 10}))
    assert without[0] == {"Ann": "8.33", "Bob": "5.00", "Carol": "6.67"}


def test_weighted_votes_and_not_papers_are_compared_at_earlier_stages() -> None:
    # At the first stage Ann has 8 papers and Bob 9, but Bob has less by weight.
    papers = ("north: 6 Ann", "north: 8 Bob", "north: 2 Carol Ann",
              "south: 2 Ann", "south: 1 Bob", "south: 1 Carol Bob")
    rules = {"method": "av", "weights": HALVES, "ties": ["earlier-stages"]}

    told = tell(contest(*papers, rules=rules).opened())

    assert told["stages"][1]["weighted"] == {"Ann": "50.000", "Bob": "50.000"}
    assert told["stages"][1]["tie"] == {
        "for": "exclusion", "tied": ["Ann", "Bob"], "settled_by": "earlier-stages",
        "steps": [{"rule": "earlier-stages", "stage": 1, "left": ["Bob"]}], "excluded": ["Bob"],
    }
    assert told["elected"] == ["Ann"]


def test_where_nobody_has_a_vote_the_figures_are_nought_and_there_is_no_percentage() -> None:
    rules = {"method": "plurality", "weights": {"north": 1}, "ties": [{"lot": [0, 1]}]}

    (stage,) = tell(contest("north: 2", rules=rules, candidates=2).opened())["stages"]

    assert stage["weighted"] == {"Ann": "0.000", "Bob": "0.000"}
    assert stage["percent"] == {"Ann": "-", "Bob": "-"}


@pytest.mark.parametrize(
    "rules",
    [
        {"weights": HALVES, "points": 1},
        {"weights": HALVES, "floor": 1},
        {"weights": 1},
        {"weights": {**HALVES, "south": 0}},
        {"weights": {**HALVES, "south": 1_000_001}},
        {"weights": {**HALVES, "south": True}},
        {"points": "100"},
        {"points": 10, "floor": 11},
        {"points": 10, "floor": -1},
        {"floor": 1},
        {"weights": HALVES, "percentages": "valid"},
        {"weights": HALVES, "method": "stv"},
    ],
)
def test_a_worth_that_the_spec_does_not_know_is_refused_by_name(rules: dict[str, Any]) -> None:
    known = {"method": "av", "ties": [{"lot": [0, 1, 2]}]}
    for worth in ({"weights": HALVES}, {"points": 10, "floor": 10}):
        assert tell(contest(*EXAMPLE, rules=known | worth).opened())["elected"]

    with pytest.raises(NotKnown):
        tell(contest(*EXAMPLE, rules=known | rules).opened())


@pytest.mark.parametrize("weights", [{"north": 1}, {**HALVES, "east": 1}])
def test_weights_of_other_boxes_than_there_are_make_no_sense(weights: dict[str, int]) -> None:
    with pytest.raises(PapersUnreadable, match="other boxes"):
        tell(contest(*EXAMPLE, rules={"method": "av", "weights": weights}).opened())
