"""The numbers of rankings (sealing §4)."""

from __future__ import annotations

from itertools import permutations
from typing import Any

import pytest

from tests.verifier.given import failure, vectors
from verifier.opening import Contest
from verifier.rankings import Space


@pytest.mark.parametrize(
    "case",
    vectors("sealing")["rankings"],
    ids=lambda case: f"{case['candidates']}-{case['preferences']}",
)
def test_rankings_have_the_numbers_of_the_vectors(case: dict[str, Any]) -> None:
    space = Space(case["candidates"], case["preferences"])

    assert space.size == case["size"]
    for listed in case["rankings"]:
        assert space.number(listed["ranking"]) == listed["index"]
        assert space.ranking(listed["index"]) == tuple(listed["ranking"])


@pytest.mark.parametrize(("candidates", "preferences"), [(1, 1), (4, 2), (5, 5)])
def test_numbers_follow_length_and_then_the_dictionary(candidates: int, preferences: int) -> None:
    space = Space(candidates, preferences)
    in_order = [
        ranking
        for length in range(preferences + 1)
        for ranking in permutations(range(candidates), length)
    ]

    assert [space.ranking(number) for number in range(space.size)] == in_order
    assert [space.number(ranking) for ranking in in_order] == list(range(space.size))


@pytest.mark.parametrize(
    ("ranking", "check"),
    [
        ((0, 1, 2), "ranking.length"),
        ((1, 1), "ranking.repeated"),
        ((3,), "ranking.candidate"),
        ((-1,), "ranking.candidate"),
    ],
)
def test_what_is_no_ranking_of_the_space_has_no_number(
    ranking: tuple[int, ...], check: str
) -> None:
    space = Space(3, 2)
    assert space.number((2, 1)) == space.size - 1

    assert failure(space.number, ranking).check == check


@pytest.mark.parametrize("number", [-1, 10])
def test_a_number_outside_the_space_has_no_ranking(number: int) -> None:
    assert Space(3, 2).ranking(9) == (2, 1)

    assert failure(Space(3, 2).ranking, number).check == "ranking.index"


@pytest.mark.parametrize(
    ("candidates", "preferences", "check"),
    [
        (3, 0, "ranking.preferences"),
        (3, 4, "ranking.preferences"),
        (10, 10, "ranking.space"),
        (1025, 2, "ranking.space"),
        # Worked out to its end, this would take hours.
        (50_000, 50_000, "ranking.space"),
    ],
)
def test_a_space_that_may_not_be_is_refused(candidates: int, preferences: int, check: str) -> None:
    assert Space(1023, 2).size <= 2**20

    assert failure(Space, candidates, preferences).check == check


@pytest.mark.parametrize(
    ("method", "most", "preferences"),
    [("av", None, 3), ("av", 2, 2), ("av", 5, 3), ("plurality", 5, 1)],
)
def test_no_more_are_ranked_than_stand(method: str, most: int | None, preferences: int) -> None:
    # Bundle §3.2: the number is settled before anybody withdraws.
    told = {"candidates": ["A", "B", "C"], "max_preferences": most, "method": method}

    assert Contest("contest-1", 0, told).space == Space(3, preferences)
