"""What the boxes of a contest are worth, by the ballots that are counted (bundle §5.15)."""

from __future__ import annotations

import pytest

from ballot.counting.weighting import Weighting
from ballot.worth import points_of_boxes, weights_of_boxes
from tests.ballot.factories import code_of_refusal

BOXES = {"A": ["a"], "B": ["b"], "C, D, E": ["c", "d", "e"]}
BALLOTS = {"a": 19, "b": 5, "c": 2, "d": 1, "e": 0}


@pytest.mark.parametrize(
    ("floor", "worth"),
    [
        (0, (("A", 100), ("B", 100), ("C, D, E", 200))),
        # Two ballots reach the floor, one does not: 100 and 1.
        (2, (("A", 100), ("B", 100), ("C, D, E", 101))),
        # Whoever is below the floor has it here; the count makes it the votes of stage 1.
        (6, (("A", 100), ("B", 6), ("C, D, E", 6))),
        (100, (("A", 100), ("B", 100), ("C, D, E", 100))),
    ],
)
def test_a_box_has_the_points_of_those_of_its_sections_that_voted(
    floor: int, worth: tuple[tuple[str, int], ...]
) -> None:
    found = points_of_boxes(BOXES, BALLOTS, points=100, floor=floor)

    assert found == Weighting(worth, is_points=True, floor=floor)


def test_a_pool_of_many_small_sections_is_worth_their_ballots_and_not_their_points() -> None:
    boxes = {"Pool": [f"s{n}" for n in range(30)]}
    ballots = {f"s{n}": 4 for n in range(30)}

    with_floor = points_of_boxes(boxes, ballots, points=100, floor=100)
    without = points_of_boxes(boxes, ballots, points=100, floor=0)

    assert with_floor == Weighting((("Pool", 120),), is_points=True, floor=100)
    assert without == Weighting((("Pool", 3000),), is_points=True)


def test_a_box_has_the_parts_of_those_of_its_sections_that_voted() -> None:
    parts = {"a": 1, "b": 2, "c": 3, "d": 4, "e": 5}

    assert weights_of_boxes(BOXES, BALLOTS, parts=parts) == (
        Weighting((("A", 1), ("B", 2), ("C, D, E", 7)))
    )
    del parts["e"]
    assert code_of_refusal(lambda: weights_of_boxes(BOXES, BALLOTS, parts=parts)) == "count.weights"
