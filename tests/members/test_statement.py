"""The statement of the electorate: every number adds up, and small reasons name nobody."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from members.models import Roll, RollEntry
from members.selectors.statement import (
    FEWEST,
    OTHER,
    SectionStatement,
    _folded,
    _small_somewhere,
    _untold,
    statement_of,
)
from tests.members.factories import frozen, imported, merged, people, person

RULES = ["age:not_met", "joined:not_met", "listed:not_met", "paid:not_met", "standing:not_met"]


@pytest.mark.django_db
def test_applied_less_removed_by_reason_is_the_roll_in_each_section_and_in_all() -> None:
    imported(
        *people(8),
        *(person(number=str(20 + n), joined_on="2016-03-01") for n in range(6)),
        person(number="30", standing="arrears"),
        *(person(number=str(31 + n), section="affiliated") for n in range(5)),
        *(person(number=str(41 + n), section="registered") for n in range(5)),
    )
    for number in range(31, 36):
        merged(str(number), into="1000")

    roll_id = frozen(sections=["member", "affiliated"])

    statement = statement_of(roll_id)
    assert (statement.applied, statement.electors) == (25, 8)
    assert {each.rule: each.people for each in statement.removed} == {
        OTHER: 7, "entered:not_met": 5, "section:not_met": 5,
    }
    for one in (statement, *statement.sections):
        assert one.applied is not None
        assert one.applied - sum(each.people for each in one.removed) == one.electors
    assert sum(one.applied or 0 for one in statement.sections) == statement.applied
    assert sum(one.electors for one in statement.sections) == statement.electors
    assert RollEntry.objects.filter(roll_id=roll_id).count() == statement.electors
    roll = Roll.objects.get(pk=roll_id)
    assert (roll.members_judged, roll.electors) == (statement.applied, statement.electors)


@pytest.mark.django_db
def test_within_a_section_a_reason_that_few_share_is_told_with_others() -> None:
    imported(
        *people(3),
        *(person(number=str(20 + n), joined_on="2016-03-01") for n in range(5)),
        person(number="30", standing="arrears"),
        *(person(number=str(40 + n), section="affiliated") for n in range(5)),
    )

    statement = statement_of(frozen())

    told = {one.code: [(each.rule, each.people) for each in one.removed]
            for one in statement.sections}  # fmt: skip
    assert told == {"member": [(OTHER, 6)], "affiliated": [("section:not_met", 5)]}


@pytest.mark.django_db
def test_no_section_s_small_reason_follows_from_the_whole_by_subtraction() -> None:
    imported(
        *people(3),
        *(person(number=str(20 + n), joined_on="2016-03-01") for n in range(6)),
        *(person(number=str(30 + n), standing="arrears") for n in range(6)),
        *(person(number=str(40 + n), section="affiliated", standing="arrears") for n in range(5)),
        *(person(number=str(50 + n), section="affiliated", joined_on="2016-03-01")
          for n in range(2)),
        *(person(number=str(60 + n), section="affiliated")
          for n in range(3)),
    )  # fmt: skip
    for number in ("60", "61", "62"):
        merged(number, into="1000")

    statement = statement_of(frozen(sections=["member", "affiliated"]))

    told = {one.code: {each.rule for each in one.removed} for one in statement.sections}
    assert "joined:not_met" in told["member"] and "joined:not_met" not in told["affiliated"]
    whole = {each.rule: each.people for each in statement.removed}
    assert "joined:not_met" not in whole
    assert whole["standing:not_met"] == 11
    assert sum(whole.values()) == (statement.applied or 0) - statement.electors


@pytest.mark.django_db
def test_of_a_section_it_is_not_told_that_fewer_than_five_are_kept_off() -> None:
    imported(
        *people(3),
        *(person(number=str(20 + n), standing="arrears") for n in range(9)),
        *(person(number=str(30 + n), section="affiliated", standing="arrears") for n in range(4)),
        *(person(number=str(40 + n), section="registered") for n in range(5)),
    )

    statement = statement_of(frozen(sections=["member", "affiliated"]))

    told = {one.code: (one.applied, sum(each.people for each in one.removed))
            for one in statement.sections}  # fmt: skip
    assert told == {"member": (12, 9), "affiliated": (None, 0), "registered": (None, 0)}
    assert (statement.applied, statement.electors) == (21, 3)
    assert [(each.rule, each.people) for each in statement.removed] == [(OTHER, 18)]


@pytest.mark.django_db
def test_where_fewer_than_five_are_kept_off_in_all_the_whole_does_not_tell_it_either() -> None:
    imported(*people(3), person(number="30", standing="arrears"))

    statement = statement_of(frozen())

    assert (statement.applied, statement.removed, statement.electors) == (None, (), 3)
    assert [(one.applied, one.removed) for one in statement.sections] == [(None, ())]


@settings(deadline=None)
@given(st.dictionaries(st.sampled_from("abcde"), st.integers(0, 12)))
def test_the_whole_less_what_is_told_gives_the_sum_of_two_sections_and_five_people(
    removed: dict[str, int],
) -> None:
    untold = _untold(removed)

    assert all(people >= FEWEST or not people
               for code, people in removed.items() if code not in untold)  # fmt: skip
    hidden = [removed[code] for code in untold]
    assert all(hidden)
    if hidden and sum(removed.values()) >= FEWEST:
        assert len(hidden) >= 2 and sum(hidden) >= FEWEST
    if len(hidden) > 2:
        assert sorted(hidden)[-2] < FEWEST


@settings(deadline=None)
@given(st.lists(st.dictionaries(st.sampled_from(RULES), st.integers(1, 12)), max_size=4))
def test_what_the_whole_tells_is_what_the_sections_tell(parts: list[dict[str, int]]) -> None:
    reasons = [Counter(part) for part in parts]
    untold = _untold({str(place): part.total() for place, part in enumerate(reasons)})
    sections = [SectionStatement(str(place), "", part.total(),
                                 () if str(place) in untold else _folded(part), 0)
                for place, part in enumerate(reasons)]  # fmt: skip
    total: Counter[str] = sum(reasons, Counter())

    whole = _folded(total, small=_small_somewhere(reasons, sections))

    assert sum(each.people for each in whole) == total.total()
    for row in whole:
        if row.rule != OTHER:
            told = [each.people for one in sections for each in one.removed
                    if each.rule == row.rule]  # fmt: skip
            assert sum(told) == row.people


@settings(deadline=None)
@given(st.dictionaries(st.sampled_from(RULES), st.integers(1, 12)))
def test_folding_keeps_the_sum_and_tells_no_reason_that_few_share(reasons: dict[str, int]) -> None:
    told = _folded(Counter(reasons))

    assert sum(each.people for each in told) == sum(reasons.values())
    assert all(each.people >= FEWEST for each in told if each.rule != OTHER)
    small = [each for each in told if each.rule == OTHER and each.people < FEWEST]
    assert not small or len(told) == 1
