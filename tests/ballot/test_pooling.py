from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from ballot.pooling import box_label, pool_sections


def test_sections_with_enough_ballots_have_a_box_each() -> None:
    assert pool_sections({"member": 50, "affiliated": 12, "registered": 10}, 10) == (
        ("affiliated",),
        ("member",),
        ("registered",),
    )


def test_sections_with_too_few_are_pooled() -> None:
    cast = {"member": 50, "affiliated": 6, "registered": 5}

    assert pool_sections(cast, 10) == (("affiliated", "registered"), ("member",))


def test_the_smallest_of_the_others_joins_a_pool_that_is_still_too_small() -> None:
    cast = {"member": 50, "affiliated": 12, "registered": 1}

    assert pool_sections(cast, 10) == (("affiliated", "registered"), ("member",))


def test_an_election_with_few_ballots_has_one_box() -> None:
    assert pool_sections({"member": 2, "affiliated": 1}, 10) == (("affiliated", "member"),)


@given(
    st.dictionaries(st.text("abcdef", min_size=1, max_size=3), st.integers(0, 40), min_size=1),
    st.integers(0, 30),
)
def test_every_section_is_in_one_box_and_no_box_is_small_unless_it_is_the_only_one(
    cast: dict[str, int], smallest: int
) -> None:
    boxes = pool_sections(cast, smallest)

    assert sorted(code for box in boxes for code in box) == sorted(cast)
    for box in boxes:
        assert sum(cast[code] for code in box) >= smallest or len(boxes) == 1


def test_a_box_is_called_by_its_sections_as_far_as_a_sheet_can_show_them() -> None:
    branches = [f"Branch number {number}" for number in range(1, 15)]

    assert box_label(["Members"]) == "Members"
    assert box_label(["Members", "Affiliated supporters"]) == "Members, Affiliated supporters"
    assert box_label(branches[:11]) == ", ".join(branches[:11])
    assert box_label(branches) == ", ".join(branches[:11]) + " and 3 more"


@given(st.lists(st.text("abc", min_size=1, max_size=60), min_size=1, max_size=700))
def test_no_label_is_longer_than_a_name_on_a_sheet(names: list[str]) -> None:
    label = box_label(names)

    assert len(label) <= 200
    assert label.startswith(names[0])
