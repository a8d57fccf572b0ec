"""Turnout by unit is told so that nobody is found by subtracting."""

from __future__ import annotations

from collections import defaultdict
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ballot.unit_steps import UnitCount, told_by_unit


def told(*units: tuple[int, int], fewest: int = 10) -> list[int]:
    return told_by_unit([UnitCount(*unit) for unit in units], fewest=fewest)


def test_all_units_are_told_where_enough_have_voted_and_enough_have_not_in_each() -> None:
    assert told((100, 40), (100, 10), (40, 30)) == [40, 10, 30]
    assert told((100, 40), (100, 9), (40, 30)) == [0, 0, 30]
    assert told((100, 40), (100, 10), (39, 30)) == [0, 10, 0]


def test_with_one_small_unit_the_largest_is_hidden_too() -> None:
    assert told((50, 20), (200, 90), (60, 3), (70, 30)) == [20, 0, 0, 30]
    assert told((50, 20), (200, 90), (60, 30), (70, 30)) == [20, 90, 30, 30]


def test_none_is_told_where_the_hidden_together_would_tell_too_much() -> None:
    assert told((50, 20), (100, 17), (60, 3)) == [20, 0, 0]
    assert told((50, 20), (100, 16), (60, 3)) == [0, 0, 0]
    assert told((50, 20), (100, 97), (60, 3)) == [20, 0, 0]
    assert told((50, 20), (100, 98), (60, 3)) == [0, 0, 0]
    assert told((50, 20), (100, 5), (60, 30)) == [0, 0, 0]


_SECTION = st.lists(
    st.integers(0, 40).flatmap(
        lambda electors: st.tuples(st.just(electors), st.integers(0, electors))
    ),
    min_size=1, max_size=6,
)  # fmt: skip


@given(_SECTION)
def test_what_is_left_of_a_section_after_subtracting_is_nobodys_or_of_many(
    units: list[tuple[int, int]],
) -> None:
    numbers = told(*units, fewest=5)

    for (electors, cast), number in zip(units, numbers, strict=True):
        assert number == 0 or (number == cast and 5 <= cast <= electors - 5)
    hidden = [unit for unit, number in zip(units, numbers, strict=True) if not number]
    left = sum(cast for _, cast in units) - sum(numbers)
    if hidden and any(numbers):
        assert len(hidden) >= 2
        assert left >= 10 and sum(electors for electors, _ in hidden) - left >= 10


@pytest.mark.parametrize("sizes", [(3, 4, 5), (2, 5, 9), (6, 6, 6), (9, 1, 5, 4)])
def test_who_knows_the_rule_as_well_cannot_say_how_many_of_a_small_unit_have_voted(
    sizes: tuple[int, ...],
) -> None:
    """All polls of a section, with k = 2: those that are told alike leave a small unit open."""
    alike = defaultdict(list)
    for casts in product(*(range(electors + 1) for electors in sizes)):
        numbers = told(*zip(sizes, casts, strict=True), fewest=2)
        if any(numbers):
            alike[sum(casts), tuple(numbers)].append(casts)

    assert any(0 in numbers for _, numbers in alike)
    for polls in alike.values():
        for electors, might_be in zip(sizes, zip(*polls, strict=True), strict=True):
            if any(not 2 <= cast <= electors - 2 for cast in might_be):
                assert len(set(might_be)) >= 2
