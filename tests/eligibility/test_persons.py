"""Somebody with several records has one vote, under the record whose section comes first."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from members.eligibility import Facts, Record, decide, decide_person
from tests.eligibility.test_deciding import GOOD, some_facts, some_rules
from tests.eligibility.test_rules import rules


def record(number: int, precedence: int, **facts: Any) -> Record:
    return Record(number, precedence, replace(GOOD, **facts))


def ruled(*records: Record) -> dict[int, str]:
    return {number: each.rule for number, each in decide_person(records, rules()).items()}


def test_one_record_is_decided_as_it_is_alone() -> None:
    assert ruled(record(1, 1)) == {1: "eligible"}
    assert ruled(record(1, 1, standing="excluded")) == {1: "standing:not_met"}


def test_of_two_eligible_records_the_one_whose_section_comes_first_votes() -> None:
    verdicts = ruled(record(1, 3, section="registered"), record(2, 1))

    assert verdicts == {1: "entered:not_met", 2: "eligible"}


def test_within_one_section_the_record_listed_first_votes() -> None:
    assert ruled(record(9, 1), record(4, 1)) == {9: "entered:not_met", 4: "eligible"}


def test_a_record_that_may_not_vote_keeps_its_own_reason_and_takes_no_place() -> None:
    verdicts = ruled(record(1, 1, standing="arrears"), record(2, 3, section="registered"))

    assert verdicts == {1: "standing:not_met", 2: "eligible"}


@given(st.lists(st.tuples(st.integers(1, 3), some_facts), max_size=5), some_rules)
def test_a_person_has_one_vote_whenever_a_record_may_vote_and_never_two(
    given_facts: list[tuple[int, Facts]], asked: Any
) -> None:
    records = [Record(n, place, facts) for n, (place, facts) in enumerate(given_facts)]

    verdicts = decide_person(records, asked)

    alone = [each for each in records if decide(replace(each.facts, entered=True), asked).eligible]
    assert sum(each.eligible for each in verdicts.values()) == min(1, len(alone))
    assert len(verdicts) == len(records)
    assert all(verdicts[each.id].rule in ("eligible", "entered:not_met") for each in alone)
