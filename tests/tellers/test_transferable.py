"""The single transferable vote at the tellers' tables. Spec: counting §13."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest

from ballot.tellers import NotKnown, TieOpen, tell
from ballot.tellers.transferable import quota_of
from tests.tellers.contests import Contest, contest

EXAMPLE = (
    "all: 16 Ann Bob", "all: 4 Ann Carol", "all: 5 Bob", "all: 8 Carol", "all: 2 Dave Bob"
)


def stv(*papers: str, places: int = 2, candidates: int = 4, **rules: Any) -> Contest:
    return contest(*papers, rules={"method": "stv", **rules}, candidates=candidates, places=places)


def test_the_example_of_the_spec_is_counted_as_it_says() -> None:
    told = tell(stv(*EXAMPLE).opened())

    assert (told["places"], told["quota"], told["elected"]) == (2, 12, ["Ann", "Bob"])
    first, second, third = told["stages"]
    assert first["votes"] == {"Ann": "20.00", "Bob": "5.00", "Carol": "8.00", "Dave": "2.00"}
    assert second["votes"] == {"Ann": "12.00", "Bob": "11.40", "Carol": "9.60", "Dave": "2.00"}
    assert third["votes"] == {"Ann": "12.00", "Bob": "13.40", "Carol": "9.60"}
    assert first["percent"] == {"Ann": "57.1%", "Bob": "14.3%", "Carol": "22.9%", "Dave": "5.7%"}
    assert [one["transfers"] for one in told["stages"]] == [
        [], [{"from": "Ann", "to": {"Bob": "6.40", "Carol": "1.60"}}],
        [{"from": "Dave", "to": {"Bob": "2.00"}}],
    ]
    assert [one["elected_by"] for one in told["stages"]] == [{"Ann": "quota"}, {}, {"Bob": "quota"}]
    assert [one["excluded"] for one in told["stages"]] == [[], ["Dave"], []]
    assert [one["continuing_votes"] for one in told["stages"]] == ["35.00"] * 3


@pytest.mark.parametrize(
    ("votes", "places", "quota"), [(35, 2, 12), (36, 2, 13), (100, 1, 51), (101, 1, 51), (0, 3, 1)]
)
def test_the_quota_is_one_more_than_the_whole_part(votes: int, places: int, quota: int) -> None:
    assert quota_of(Fraction(votes), places) == quota


def test_what_has_no_next_preference_is_exhausted_at_its_part_and_the_quota_stays() -> None:
    told = tell(stv("all: 9 Ann", "all: 9 Ann Bob", "all: 4 Bob", "all: 5 Carol").opened())

    assert told["stages"][1]["votes"] == {
        "Ann": "10.00", "Bob": "8.00", "Carol": "5.00", "Dave": "0.00"
    }
    assert told["stages"][1]["exhausted"] == "4.00"
    assert told["stages"][1]["transfers"] == [
        {"from": "Ann", "to": {"Bob": "4.00"}}, {"from": "Ann", "exhausted": "4.00"}
    ]


def test_a_paper_passed_on_from_a_surplus_passes_on_again_at_its_own_value() -> None:
    told = tell(
        stv("all: 12 Ann Dave Bob", "all: 6 Bob", "all: 7 Carol", "all: 1 Dave Carol").opened()
    )

    assert told["stages"][2]["votes"] == {"Ann": "9.00", "Bob": "9.00", "Carol": "8.00"}


def test_a_surplus_is_of_every_box_whose_papers_lie_there() -> None:
    told = tell(stv("north: 8 Ann Bob", "south: 4 Ann Carol", "south: 3 Carol", "south: 2 Dave",
                    "north: 1 Dave").opened())

    second = told["stages"][1]["sections"]
    assert told["quota"] == 7
    assert second["north"]["votes"] == {
        "Ann": "4.67", "Bob": "3.33", "Carol": "0.00", "Dave": "1.00"
    }
    assert second["south"]["votes"] == {
        "Ann": "2.33", "Bob": "0.00", "Carol": "4.67", "Dave": "2.00"
    }


def test_those_left_are_elected_when_they_are_as_many_as_the_places() -> None:
    told = tell(stv("all: 9 Ann", "all: 2 Bob", "all: 1 Carol", candidates=3).opened())

    assert told["elected"] == ["Ann", "Bob"]
    assert told["stages"][-1]["excluded"] == ["Carol"]
    assert told["stages"][-1]["elected_by"] == {"Bob": "last remaining"}
    few = tell(stv("all: 1 Bob", places=3, candidates=2).opened())
    assert few["elected"] == ["Bob", "Ann"]
    assert few["stages"][0]["elected_by"] == {"Bob": "quota", "Ann": "last remaining"}


TWO_SURPLUSES = (
    "all: 10 Ann Carol", "all: 10 Bob Dave", "all: 3 Carol", "all: 3 Dave", "all: 1 Eve"
)
LOT_FOR_THE_END = {"lot": [4, 3, 2, 1, 0]}


def test_of_equal_surpluses_that_of_whoever_is_drawn_last_passes_on_first() -> None:
    def first_passed(*ties: Any) -> Any:
        told = tell(stv(*TWO_SURPLUSES, places=3, candidates=5, ties=ties).opened())
        return told["stages"][0]["tie"], told["stages"][1]["transfers"][0]["from"]

    tie, source = first_passed({"lot": [0, 1], "among": [0, 1]}, LOT_FOR_THE_END)
    assert source == "Bob" and tie == {
        "for": "surplus", "tied": ["Ann", "Bob"], "settled_by": "lot",
        "steps": [{"rule": "lot", "drawn": ["Ann", "Bob"], "left": ["Bob"]}], "excluded": ["Bob"],
    }
    assert first_passed({"lot": [1], "among": [0, 1]}, LOT_FOR_THE_END)[1] == "Ann"
    for nothing in (["earlier-stages"], [{"lot": [4]}], []):
        with pytest.raises(TieOpen) as stopped:
            first_passed(*nothing)
        assert (stopped.value.stage, stopped.value.tied) == (1, ("Ann", "Bob"))


def test_of_equal_surpluses_that_of_who_had_most_at_the_earliest_stage_passes_on_first() -> None:
    # Half of each of Ann's papers passes on, and both Bob and Carol then have 15; the quota is 13.
    papers = ("all: 12 Ann", "all: 6 Ann Bob", "all: 8 Ann Carol", "all: 12 Bob Dave",
              "all: 11 Carol Dave", "all: 6 Dave", "all: 5 Eve")

    told = tell(stv(*papers, places=4, candidates=5, ties=["earlier-stages"]).opened())

    second, third = told["stages"][1:3]
    assert second["votes"]["Bob"] == second["votes"]["Carol"] == "15.00"
    assert second["tie"] == {
        "for": "surplus", "tied": ["Bob", "Carol"], "settled_by": "earlier-stages",
        "steps": [{"rule": "earlier-stages", "stage": 1, "left": ["Bob"]}], "excluded": ["Bob"],
    }
    assert third["transfers"][0] == {"from": "Bob", "to": {"Dave": "1.60"}}
    assert told["elected"] == ["Ann", "Bob", "Carol", "Dave"]


@pytest.mark.parametrize(
    ("rules", "places"),
    [({"stop": "two"}, 2), ({"bulk_exclusion": True}, 2), ({"weights": {"all": 1}}, 2), ({}, 0)],
)
def test_rules_that_go_with_no_transferable_vote_are_refused(
    rules: dict[str, Any], places: int
) -> None:
    assert tell(stv(*EXAMPLE, places=3).opened())["places"] == 3

    with pytest.raises(NotKnown):
        tell(stv(*EXAMPLE, places=places, **rules).opened())


def test_several_places_are_filled_by_no_other_method() -> None:
    one = contest(*EXAMPLE, rules={"method": "av"}, candidates=4)
    assert tell(one.opened())["elected"] == ["Ann"]

    with pytest.raises(NotKnown, match="2 places"):
        tell(contest(*EXAMPLE, rules={"method": "av"}, candidates=4, places=2).opened())
