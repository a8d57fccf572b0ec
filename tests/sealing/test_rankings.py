"""Rankings as numbers (sealing §4)."""

from __future__ import annotations

from math import perm

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ballot.sealing import native
from ballot.sealing.rankings import LARGEST_SPACE, RankingSpace, ranking_points
from tests.sealing.making import refusal


@pytest.mark.parametrize(
    ("candidates", "preferences", "size"),
    [(1, 1, 2), (5, 5, 326), (8, 8, 109_601), (5, 1, 6), (20, 4, 123_521), (1023, 2, 1_046_530)],
)
def test_a_space_holds_every_partial_ranking_and_the_blank(candidates, preferences, size):
    # sealing §4.1
    space = RankingSpace(candidates, preferences)
    assert space.size == size == sum(perm(candidates, n) for n in range(preferences + 1))


@pytest.mark.parametrize(("candidates", "preferences"), [(1, 1), (4, 4), (5, 5), (6, 2), (3, 1)])
def test_numbers_and_rankings_are_one_to_one_in_order(candidates, preferences):
    space = RankingSpace(candidates, preferences)
    listed = list(space.rankings())
    assert len(listed) == space.size == len(set(listed))
    assert listed == sorted(listed, key=lambda ranking: (len(ranking), ranking))
    assert [space.index(ranking) for ranking in listed] == list(range(space.size))
    assert [space.ranking(index) for index in range(space.size)] == listed


@given(st.data())
def test_a_ranking_comes_back_from_its_number_in_large_spaces(data):
    candidates = data.draw(st.integers(1, 30))
    most = 4 if candidates > 8 else candidates
    space = RankingSpace(candidates, data.draw(st.integers(1, most)))
    index = data.draw(st.integers(0, space.size - 1))
    assert space.index(space.ranking(index)) == index


def test_a_space_too_large_to_look_up_is_refused():
    assert RankingSpace(9, 8).size < LARGEST_SPACE
    for candidates, preferences in [(10, 8), (1024, 2), (2**20, 1), (10**9, 10**9)]:
        assert refusal(RankingSpace, candidates, preferences).condition == "ranking.space"
    assert refusal(RankingSpace, 3, 4).condition == "ranking.preferences"
    assert refusal(RankingSpace, 3, 0).condition == "ranking.preferences"


def test_what_is_no_ranking_is_refused_by_name():
    space = RankingSpace(4, 3)
    assert space.index((3, 0, 1)) < space.size
    refused = {(0, 1, 2, 3): "length", (0, 0): "repeated", (4,): "candidate", (-1,): "candidate"}
    for ranking, condition in refused.items():
        assert refusal(space.index, ranking).condition == "ranking." + condition
    assert refusal(space.ranking, space.size).condition == "ranking.index"
    assert refusal(space.ranking, -1).condition == "ranking.index"


def test_ranking_v_is_the_point_v_plus_one():
    # sealing §4.2
    points = ranking_points(RankingSpace(3, 3))
    assert [point.tobytes() for point in points] == [native.base_times(v + 1) for v in range(16)]
    tripled = ranking_points(RankingSpace(2, 1), native.base_times(3))
    assert [point.tobytes() for point in tripled] == [native.base_times(k) for k in (3, 6, 9)]
