"""Rules as data. Spec: counting §3.1, §6.3."""

from __future__ import annotations

import json

import pytest

from ballot.counting.errors import RulesRefused
from ballot.counting.rules import (
    Base,
    EarlierStages,
    Lot,
    Method,
    Rules,
    Stop,
    lot_of_names,
    parse_rules,
    rules_data,
)
from tests.counting.boxes import NAMES


def test_rules_left_out_take_the_values_of_the_specification():
    assert parse_rules({"method": "av"}) == Rules(
        Method.ALTERNATIVE_VOTE, Stop.MAJORITY, False, (), Base.CONTINUING
    )


def test_rules_go_through_json_and_back():
    data = {
        "method": "plurality",
        "stop": "two",
        "bulk_exclusion": True,
        "ties": ["earlier-stages", {"lot": [2, 0]}, {"lot": [1], "among": [0, 1]}],
        "percentages": "valid",
    }

    rules = parse_rules(json.loads(json.dumps(data)))

    assert rules.ties == (EarlierStages(), Lot((2, 0)), Lot((1,), frozenset({0, 1})))
    assert rules_data(rules) == data


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        ({}, "None is not a valid Method"),
        ({"method": "condorcet"}, "'condorcet' is not a valid Method"),
        ({"method": "av", "stop": "three"}, "'three' is not a valid Stop"),
        ({"method": "av", "percentages": "all"}, "'all' is not a valid Base"),
        ({"method": "av", "bulk": True}, "unknown rule: bulk"),
        ({"method": "av", "bulk_exclusion": 1}, "bulk_exclusion is either true or false"),
        ({"method": "av", "ties": "earlier-stages"}, "ties is a list of rules"),
        ({"method": "av", "ties": 3}, "ties is a list of rules"),
        ({"method": "av", "ties": ["age"]}, "unknown tie rule: 'age'"),
        ({"method": "av", "ties": [{"hat": [1]}]}, "unknown tie rule: {'hat': [1]}"),
        ({"method": "av", "ties": [{"lot": 1, "a": 2}]}, "unknown tie rule: {'lot': 1, 'a': 2}"),
        ({"method": "av", "ties": [{"lot": []}]}, "a lot lists the candidates in the order drawn"),
        ({"method": "av", "ties": [{"lot": 1}]}, "a lot lists the candidates in the order drawn"),
        ({"method": "av", "ties": [{"lot": [-1]}]}, "a lot lists positions of candidates"),
        ({"method": "av", "ties": [{"lot": [True]}]}, "a lot lists positions of candidates"),
        ({"method": "av", "ties": [{"lot": ["Ann"]}]}, "a lot lists positions of candidates"),
        ({"method": "av", "ties": [{"lot": [1, 1]}]}, "a lot draws a candidate twice"),
    ],
)
def test_rules_that_make_no_sense_are_refused_with_the_reason(data, reason):
    with pytest.raises(RulesRefused) as refusal:
        parse_rules(data)

    assert refusal.value.reason.replace("'None'", "None") == reason


def test_a_lot_read_out_as_names_becomes_positions():
    assert lot_of_names(["Carol", "Ann"], NAMES) == Lot((2, 0))
    assert lot_of_names(["Bob"], NAMES, among=["Ann", "Bob"]) == Lot((1,), frozenset({0, 1}))
    with pytest.raises(RulesRefused, match="not on the paper: Zed"):
        lot_of_names(["Zed"], NAMES)
