"""Turnout by unit is told in steps that nobody is found by."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from ballot.unit_steps import UnitCount, told_by_unit


def test_a_unit_is_told_when_enough_have_voted_and_enough_have_not_and_enough_is_left() -> None:
    def told(*units: tuple[int, int]) -> list[int]:
        return told_by_unit([UnitCount(electors, ballots) for electors, ballots in units])

    assert told((100, 40), (100, 30)) == [40, 0]
    assert told((100, 40), (100, 30), (100, 20)) == [40, 30, 0]
    assert told((100, 9), (100, 30)) == [0, 0]
    assert told((45, 40), (100, 30), (60, 15)) == [0, 30, 0]
    assert told((100, 40), (100, 9)) == [0, 0]
    assert told((100, 40), (12, 11)) == [0, 0]
    assert told((100, 40)) == [0]


def test_a_number_that_was_told_stands_until_the_next_step() -> None:
    def told(ballots: int) -> int:
        units = [UnitCount(100, ballots, told=40), UnitCount(100, 30, told=20)]
        return told_by_unit(units)[0]

    assert [told(ballots) for ballots in (40, 49, 50)] == [40, 40, 50]


_growing = st.lists(
    st.tuples(st.integers(0, 60), st.lists(st.integers(0, 12), min_size=1, max_size=8)),
    min_size=1, max_size=6,
)


@given(_growing)
def test_every_difference_that_can_be_made_is_nothing_or_ten_or_more(
    drawn: list[tuple[int, list[int]]],
) -> None:
    told = [0] * len(drawn)
    for moment in range(8):
        ballots = [sum(steps[: moment + 1]) for _, steps in drawn]
        electors = [spare + sum(steps) for spare, steps in drawn]
        before, told = told, told_by_unit([
            UnitCount(*unit) for unit in zip(electors, ballots, told, strict=True)
        ])

        for old, new, cast, all_of_it in zip(before, told, ballots, electors, strict=True):
            assert new == old or (new == cast and new - old >= 10 and all_of_it - new >= 10)
        assert told == before or sum(ballots) - sum(told) >= 10
