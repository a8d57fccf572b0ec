"""Rules are read from JSON by a parser that refuses what it does not know."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from members.eligibility import (
    Rules,
    RulesRefused,
    rules_from_json,
    rules_in_words,
    rules_to_json,
)
from members.eligibility.rules import STANDINGS
from members.rollfile import STANDINGS as STANDINGS_IN_FILES

DAYS = st.dates(date(1900, 1, 1), date(2199, 12, 31))
GOOD: dict[str, Any] = {
    "format": 1,
    "joined_by": "2016-01-12",
    "paid_up_on": "2016-08-22",
    "standings": ["good"],
    "minimum_age": 14,
    "age_on": "2016-09-21",
    "sections": ["member", "registered"],
    "units": [],
}


def rules(**fields: Any) -> Rules:
    return rules_from_json({**GOOD, **fields})


@st.composite
def any_rules(draw: st.DrawFn) -> Rules:
    days = st.none() | DAYS
    names = st.frozensets(st.text(min_size=1, max_size=8), max_size=4)
    age = draw(st.none() | st.integers(1, 120))
    return Rules(
        joined_by=draw(days),
        paid_up_on=draw(days),
        standings=draw(st.frozensets(st.sampled_from(STANDINGS), min_size=1)),
        minimum_age=age,
        age_on=None if age is None else draw(DAYS),
        sections=draw(names.filter(bool)),
        units=draw(names),
    )


def test_rules_are_read_as_they_were_written() -> None:
    read = rules()

    assert read.joined_by == date(2016, 1, 12)
    assert read.sections == {"member", "registered"}
    assert read.minimum_age == 14


@given(any_rules())
def test_what_is_written_is_read_back_through_json(written: Rules) -> None:
    assert rules_from_json(json.loads(json.dumps(rules_to_json(written)))) == written


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"format": 2}, "format"),
        ({"format": True}, "format"),
        ({"joined_by": "12/01/2016"}, "joined_by"),
        ({"joined_by": 20160112}, "joined_by"),
        ({"paid_up_on": "2016-02-30"}, "paid_up_on"),
        ({"paid_up_on": "1899-12-31"}, "paid_up_on"),
        ({"joined_by": "2200-01-01"}, "joined_by"),
        ({"age_on": "2016-9-1"}, "age_on"),
        ({"standings": []}, "standings"),
        ({"standings": ["excellent"]}, "standings"),
        ({"standings": "good"}, "standings"),
        ({"standings": ["good", "good"]}, "standings"),
        ({"sections": []}, "sections"),
        ({"sections": [""]}, "sections"),
        ({"sections": [1]}, "sections"),
        ({"units": None}, "units"),
        ({"minimum_age": 0}, "minimum_age"),
        ({"minimum_age": 121}, "minimum_age"),
        ({"minimum_age": True}, "minimum_age"),
        ({"minimum_age": "18"}, "minimum_age"),
        ({"minimum_age": None}, "minimum_age"),
        ({"age_on": None}, "age_on"),
        ({"joined_before": None}, "joined_before"),
    ],
)
def test_a_rule_that_cannot_be_kept_is_refused_by_name(
    fields: dict[str, Any], field: str
) -> None:
    assert rules()

    with pytest.raises(RulesRefused) as refused:
        rules(**fields)

    assert refused.value.field == field
    assert refused.value.sentence


def test_a_missing_rule_is_refused_by_name() -> None:
    for name in GOOD:
        left = {key: value for key, value in GOOD.items() if key != name}
        with pytest.raises(RulesRefused, match=name):
            rules_from_json(left)


def test_rules_that_are_no_object_are_refused() -> None:
    for value in (None, [], "rules", 7):
        with pytest.raises(RulesRefused, match="rules"):
            rules_from_json(value)


def test_rules_are_said_in_words_and_written_dates() -> None:
    words = rules_in_words(rules(units=["aldermoor"]), {"member": "Members"})

    assert words == (
        "Be on the membership list.",
        "Be in one of these sections: Members, registered.",
        "Belong to one of these units: aldermoor.",
        "Have this standing: good.",
        "Have joined on or before 12 January 2016.",
        "Be paid up on 22 August 2016.",
        "Be at least 14 years old on 21 September 2016.",
    )


def test_what_is_not_asked_is_not_said() -> None:
    words = rules_in_words(rules(joined_by=None, paid_up_on=None, minimum_age=None, age_on=None))

    assert len(words) == 3
    assert not any("joined" in each or "paid" in each or "old" in each for each in words)


def test_lists_and_rules_know_the_same_standings() -> None:
    assert STANDINGS == STANDINGS_IN_FILES
