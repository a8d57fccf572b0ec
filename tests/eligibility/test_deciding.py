"""One person's facts under the rules: the verdict, its rule, its facts, its words."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from members.eligibility import (
    Facts,
    Outcome,
    Question,
    Verdict,
    decide,
    facts_used,
    failing,
    judge,
    reason_in_words,
    rules_from_json,
    sentence,
    settle,
)
from members.eligibility.deciding import (
    REASONS,
    fact_of,
    is_asked,
    is_asked_of,
    latest_birth,
)
from tests.eligibility.test_rules import any_rules, rules

GOOD = Facts(
    listed=True,
    section="member",
    unit="north aldermoor",
    standing="good",
    joined_on=date(2015, 3, 1),
    paid_until=date(2016, 12, 31),
    date_of_birth=date(1980, 6, 1),
)


def decided(**facts: Any) -> Verdict:
    return decide(replace(GOOD, **facts), rules(units=["north aldermoor"]))


def test_somebody_who_meets_every_rule_may_vote_and_all_facts_are_named() -> None:
    verdict = decided()

    assert verdict.eligible
    assert verdict.rule == "eligible"
    assert set(verdict.facts) == {
        "listed", "section", "unit", "standing", "joined_on", "paid_until", "date_of_birth",
        "entered",
    }  # fmt: skip
    assert verdict.sentence == "You are eligible to vote: every rule for this contest is met."


@pytest.mark.parametrize(
    ("facts", "rule", "words"),
    [
        ({"listed": False}, "listed:not_met", "no longer on the membership list"),
        ({"section": "affiliated"}, "section:not_met", "your section (affiliated)"),
        ({"section": ""}, "section:not_recorded", "no section is recorded"),
        ({"unit": "south aldermoor"}, "unit:not_met", "your unit (south aldermoor)"),
        ({"unit": ""}, "unit:not_recorded", "no unit is recorded"),
        ({"standing": "suspended"}, "standing:not_met", "recorded as “suspended”"),
        ({"standing": ""}, "standing:not_recorded", "no standing is recorded"),
        ({"joined_on": date(2016, 1, 13)}, "joined:not_met", "joined on 13 January 2016"),
        ({"joined_on": None}, "joined:not_recorded", "day you joined is not recorded"),
        ({"paid_until": date(2016, 8, 21)}, "paid:not_met", "paid until 21 August 2016"),
        ({"paid_until": None}, "paid:not_recorded", "until when you have paid"),
        ({"date_of_birth": date(2002, 9, 22)}, "age:not_met", "born on 22 September 2002"),
        ({"date_of_birth": None}, "age:not_recorded", "date of birth is not recorded"),
        ({"entered": False}, "entered:not_met", "vote under your other record"),
    ],
)
def test_each_rule_keeps_out_by_its_own_name_and_one_fact(
    facts: dict[str, Any], rule: str, words: str
) -> None:
    assert decided().eligible

    verdict = decided(**facts)

    assert not verdict.eligible
    assert verdict.rule == rule
    assert dict(verdict.facts) == facts
    assert verdict.sentence.startswith("Not eligible: ")
    assert words in verdict.sentence
    assert reason_in_words(rule)


def test_the_limits_themselves_are_met() -> None:
    on_the_day = {
        "joined_on": date(2016, 1, 12),
        "paid_until": date(2016, 8, 22),
        "date_of_birth": date(2002, 9, 21),
    }

    assert decided(**on_the_day).eligible


def test_a_standing_is_said_by_the_name_it_is_given() -> None:
    facts = replace(GOOD, standing="arrears")
    words = sentence("standing:not_met", facts, rules(), {"arrears": "in arrears"})

    assert "“in arrears”" in words
    assert "must be good" in words


def test_a_listing_that_was_never_recorded_does_not_pass() -> None:
    outcomes = dict.fromkeys(Question, Outcome.MET) | {Question.LISTED: Outcome.NOT_RECORDED}

    assert settle(outcomes) == "listed:not_recorded"
    assert "not recorded" in sentence("listed:not_recorded", GOOD, rules())


def test_the_first_rule_in_order_is_the_one_named() -> None:
    verdict = decided(standing="excluded", joined_on=None, paid_until=None)

    assert verdict.rule == "standing:not_met"


def test_a_fact_that_is_not_asked_about_decides_nothing_and_is_not_named() -> None:
    asked = rules(joined_by=None, paid_up_on=None, minimum_age=None, age_on=None)

    verdict = decide(replace(GOOD, unit="", joined_on=None, date_of_birth=None), asked)

    assert verdict.eligible
    assert set(verdict.facts) == {"listed", "section", "standing", "entered"}


@pytest.mark.parametrize(
    ("confirmed", "rule"),
    [(True, "eligible"), (False, "levy:not_met"), (None, "levy:not_recorded")],
)
def test_the_levy_is_asked_of_the_sections_that_must_have_it_and_of_no_other(
    confirmed: bool | None, rule: str
) -> None:
    asked = rules(levy_sections=["registered"])
    facts = replace(GOOD, levy_confirmed=confirmed)

    assert decide(facts, asked).rule == "eligible"
    verdict = decide(replace(facts, section="registered"), asked)
    assert verdict.rule == rule
    assert verdict.facts["levy_confirmed"] is confirmed
    assert verdict.eligible or "the affiliate" in verdict.sentence


def test_a_section_is_judged_by_its_own_days() -> None:
    asked = rules(
        joined_by_in={"registered": "2016-07-20"}, paid_up_on_in={"registered": None}
    )
    late = replace(GOOD, joined_on=date(2016, 7, 20), paid_until=None)

    assert decide(replace(late, section="registered"), asked).eligible
    verdict = decide(replace(late, section="registered", joined_on=date(2016, 7, 21)), asked)
    assert verdict.rule == "joined:not_met"
    assert "on or before 20 July 2016" in verdict.sentence
    assert decide(late, asked).rule == "joined:not_met"
    assert "12 January 2016" in decide(late, asked).sentence


def test_a_question_that_is_asked_of_one_section_is_asked() -> None:
    asked = rules(joined_by=None, joined_by_in={"registered": "2016-07-20"})

    assert is_asked(Question.JOINED, asked)
    assert not is_asked(Question.LEVY, asked)
    assert not is_asked_of("member", Question.JOINED, asked)


def test_arrears_within_the_grace_are_forgiven_and_one_day_more_is_not() -> None:
    asked = rules(grace_days=28)

    assert decide(replace(GOOD, paid_until=date(2016, 7, 25)), asked).eligible
    verdict = decide(replace(GOOD, paid_until=date(2016, 7, 24)), asked)
    assert verdict.rule == "paid:not_met"
    assert verdict.sentence.endswith(
        "paid up on 22 August 2016, or have paid until 28 days before it or later."
    )


@pytest.mark.parametrize(
    ("age", "on", "last"),
    [
        (18, date(2018, 3, 1), date(2000, 3, 1)),
        (18, date(2018, 2, 28), date(2000, 2, 28)),
        (16, date(2016, 2, 29), date(2000, 2, 29)),
        (18, date(2016, 2, 29), date(1998, 2, 28)),
    ],
)
def test_an_age_is_reached_on_the_birthday(age: int, on: date, last: date) -> None:
    assert latest_birth(age, on) == last


def test_somebody_born_on_29_february_comes_of_age_on_1_march() -> None:
    leapling = replace(GOOD, date_of_birth=date(2000, 2, 29))

    assert not decide(leapling, rules(minimum_age=18, age_on="2018-02-28")).eligible
    assert decide(leapling, rules(minimum_age=18, age_on="2018-03-01")).eligible


some_days = st.none() | st.dates(date(2015, 12, 1), date(2016, 10, 1))
some_facts = st.builds(
    Facts,
    listed=st.booleans(),
    section=st.sampled_from(["", "member", "registered", "affiliated"]),
    unit=st.sampled_from(["", "north aldermoor", "south aldermoor"]),
    standing=st.sampled_from(["", "good", "arrears", "excluded"]),
    joined_on=some_days,
    paid_until=some_days,
    date_of_birth=st.none() | st.dates(date(1999, 1, 1), date(2004, 1, 1)),
    levy_confirmed=st.none() | st.booleans(),
    entered=st.booleans(),
)
some_rules = st.builds(
    rules,
    joined_by=st.sampled_from([None, "2016-01-12"]),
    paid_up_on=st.sampled_from([None, "2016-08-22"]),
    standings=st.sampled_from([["good"], ["good", "arrears"]]),
    units=st.sampled_from([[], ["north aldermoor"]]),
    joined_by_in=st.sampled_from([{}, {"member": None}, {"registered": "2016-07-20"}]),
    levy_sections=st.sampled_from([[], ["registered"]]),
)


@given(some_facts, some_rules)
def test_deciding_is_judging_each_fact_and_settling_the_outcomes(facts: Facts, asked: Any) -> None:
    outcomes = {
        each: judge(each, fact_of(each, facts), asked, section=facts.section) for each in Question
    }

    verdict = decide(facts, asked)

    assert verdict.rule == settle(outcomes)
    assert verdict.eligible == (set(outcomes.values()) <= {Outcome.MET, Outcome.NOT_ASKED})
    assert verdict.facts == facts_used(verdict.rule, facts, asked)
    assert verdict.sentence == sentence(verdict.rule, facts, asked)


@given(some_facts, st.integers(0, 400))
def test_a_later_freeze_date_puts_nobody_out(facts: Facts, days: int) -> None:
    later = (date(2016, 1, 12) + timedelta(days=days)).isoformat()

    if decide(facts, rules()).eligible:
        assert decide(facts, rules(joined_by=later)).eligible


@given(any_rules())
def test_each_way_of_failing_is_shown_with_somebody_it_keeps_out(asked: Any) -> None:
    for rule, facts in failing(asked):
        assert decide(facts, asked).rule == rule
        assert decide(facts, asked).sentence


def test_every_outcome_that_can_decide_has_words() -> None:
    for question, outcome in product(Question, (Outcome.NOT_MET, Outcome.NOT_RECORDED)):
        assert reason_in_words(f"{question}:{outcome}")
    assert len(REASONS) == 2 * len(Question) + 1


def test_rules_that_admit_every_standing_show_no_standing_that_is_kept_out() -> None:
    every = ["good", "arrears", "lapsed", "suspended", "excluded", "resigned", "deceased"]

    shown = {rule for rule, _ in failing(rules_from_json({
        "format": 1, "joined_by": None, "paid_up_on": None, "standings": every,
        "minimum_age": None, "age_on": None, "sections": ["member"], "units": [],
    }))}  # fmt: skip

    assert shown == {"standing:not_recorded", "entered:not_met"}
