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
    changes_in_words,
    rules_from_json,
    rules_in_words,
    rules_to_json,
)
from members.eligibility.rules import STANDINGS
from members.rollfile import STANDINGS as STANDINGS_IN_FILES

DAYS = st.dates(date(1900, 1, 1), date(2199, 12, 31))
GOOD: dict[str, Any] = {
    "format": 2,
    "joined_by": "2016-01-12",
    "paid_up_on": "2016-08-22",
    "standings": ["good"],
    "minimum_age": 14,
    "age_on": "2016-09-21",
    "sections": ["member", "registered"],
    "units": [],
    "joined_by_in": {},
    "paid_up_on_in": {},
    "grace_days": 0,
    "levy_sections": [],
}
OF_FORMAT_1 = ("joined_by", "paid_up_on", "standings", "minimum_age", "age_on", "sections", "units")


ONCE = "Vote once: somebody on the list more than once votes in the section that comes first."


def rules(**fields: Any) -> Rules:
    return rules_from_json({**GOOD, **fields})


@st.composite
def any_rules(draw: st.DrawFn) -> Rules:
    days = st.none() | DAYS
    names = st.frozensets(st.text(min_size=1, max_size=8), max_size=4)
    age = draw(st.none() | st.integers(1, 120))
    sections = draw(names.filter(bool))
    own_days = st.dictionaries(st.sampled_from(sorted(sections)), days, max_size=2)
    paid_up_on, paid_up_on_in = draw(days), draw(own_days)
    is_paid_asked = bool(paid_up_on or any(paid_up_on_in.values()))
    return Rules(
        joined_by=draw(days),
        paid_up_on=paid_up_on,
        standings=draw(st.frozensets(st.sampled_from(STANDINGS), min_size=1)),
        minimum_age=age,
        age_on=None if age is None else draw(DAYS),
        sections=sections,
        units=draw(names),
        joined_by_in=draw(own_days),
        paid_up_on_in=paid_up_on_in,
        grace_days=draw(st.integers(0, 366)) if is_paid_asked else 0,
        levy_sections=draw(st.frozensets(st.sampled_from(sorted(sections)))),
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
        ({"format": 3}, "format"),
        ({"format": 1}, "joined_by_in"),
        ({"joined_by_in": []}, "joined_by_in"),
        ({"joined_by_in": {1: None}}, "joined_by_in"),
        ({"joined_by_in": {"friend": "2016-07-20"}}, "joined_by_in"),
        ({"joined_by_in": {"member": "20/07/2016"}}, "joined_by_in"),
        ({"paid_up_on_in": {"member": "2016-02-30"}}, "paid_up_on_in"),
        ({"paid_up_on_in": {"friend": None}}, "paid_up_on_in"),
        ({"levy_sections": ["friend"]}, "levy_sections"),
        ({"levy_sections": None}, "levy_sections"),
        ({"grace_days": -1}, "grace_days"),
        ({"grace_days": 367}, "grace_days"),
        ({"grace_days": None}, "grace_days"),
        ({"grace_days": 28, "paid_up_on": None}, "grace_days"),
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


def test_rules_of_format_1_are_read_and_mean_what_they_meant() -> None:
    written: dict[str, object] = {"format": 1, **{name: GOOD[name] for name in OF_FORMAT_1}}

    assert rules_from_json(written) == rules()
    assert rules_to_json(rules_from_json(written))["format"] == 2
    with pytest.raises(RulesRefused, match="grace_days"):
        rules_from_json({**written, "grace_days": 0})


def test_a_section_has_its_own_day_where_the_rules_give_one() -> None:
    read = rules(joined_by_in={"registered": "2016-07-20"}, paid_up_on_in={"registered": None})

    assert read.joined_by_of("member") == date(2016, 1, 12)
    assert read.joined_by_of("registered") == date(2016, 7, 20)
    assert read.paid_up_on_of("member") == date(2016, 8, 22)
    assert read.paid_up_on_of("registered") is None


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
        ONCE,
    )


def test_days_of_one_section_grace_and_levy_are_said_in_words() -> None:
    words = rules_in_words(
        rules(
            joined_by_in={"registered": "2016-07-20"},
            paid_up_on_in={"registered": None},
            grace_days=28,
            levy_sections=["registered"],
        ),
        {"registered": "Registered supporters"},
    )

    assert words[3:8] == (
        "Have joined on or before 12 January 2016.",
        "In the section Registered supporters: have joined on or before 20 July 2016.",
        "Be paid up on 22 August 2016, or have paid until 28 days before it or later.",
        "In the section Registered supporters: need not be paid up.",
        "Have the levy confirmed by the affiliate, in these sections: Registered supporters.",
    )
    assert "one day before" in " ".join(rules_in_words(rules(grace_days=1)))
    assert "the day of joining does not matter" in " ".join(
        rules_in_words(rules(joined_by_in={"member": None}))
    )


def test_what_a_next_version_changes_is_said_in_its_own_sentences() -> None:
    dropped, added = changes_in_words(rules(), rules(joined_by=None, minimum_age=16))

    assert dropped == (
        "Have joined on or before 12 January 2016.",
        "Be at least 14 years old on 21 September 2016.",
    )
    assert added == ("Be at least 16 years old on 21 September 2016.",)
    assert changes_in_words(rules(), rules()) == ((), ())


def test_what_is_not_asked_is_not_said() -> None:
    words = rules_in_words(rules(joined_by=None, paid_up_on=None, minimum_age=None, age_on=None))

    assert len(words) == 4
    assert not any("joined" in each or "paid" in each or "old" in each for each in words)


def test_lists_and_rules_know_the_same_standings() -> None:
    assert STANDINGS == STANDINGS_IN_FILES
