"""Which boxes there are, and what they are called, as the server has it (bundle §4.2)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ballot.pooling import box_label, pool_sections
from verifier.closed import label_of, pool

CODES = st.text("abcdef-", min_size=1, max_size=3)


@pytest.mark.parametrize(
    ("counted", "smallest", "boxes"),
    [
        ({"member": 50, "affiliated": 6, "registered": 5}, 10,
         [("affiliated", "registered"), ("member",)]),
        ({"member": 50, "affiliated": 12, "registered": 1}, 10,
         [("affiliated", "registered"), ("member",)]),
        ({"b": 12, "a": 12, "c": 0}, 10, [("a", "c"), ("b",)]),
        ({"b": 12, "a": 12, "c": 10}, 10, [("a",), ("b",), ("c",)]),
        ({"member": 0}, 10, [("member",)]),
        ({"member": 0, "affiliated": 3}, 0, [("affiliated",), ("member",)]),
    ],
)  # fmt: skip
def test_sections_are_pooled_as_the_spec_says(
    counted: dict[str, int], smallest: int, boxes: list[tuple[str, ...]]
) -> None:
    assert pool(counted, smallest) == boxes


@given(st.dictionaries(CODES, st.integers(0, 40), min_size=1), st.integers(0, 30))
def test_the_server_pools_alike(counted: dict[str, int], smallest: int) -> None:
    assert tuple(pool(counted, smallest)) == pool_sections(counted, smallest)


@given(st.lists(st.text("ab", min_size=1, max_size=60), min_size=1, max_size=300))
def test_the_server_calls_a_box_alike(names: list[str]) -> None:
    assert label_of(names) == box_label(names)
