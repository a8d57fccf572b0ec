"""Every figure of a sheet that differs from the tellers' is named."""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from typing import Any

import pytest

from ballot.tellers import apart, differences, tell
from tests.tellers.contests import Contest, contest

PAPERS = (
    "north: 9 Ann Bob", "north: 2 Bob", "north: 2 Carol Bob", "north: 2 Dave", "north: 1",
    "south: 6 Ann Carol", "south: 3 Bob Carol", "south: 4 Carol", "south: 2 Dave Ann",
)
LOT = {"ties": ["earlier-stages", {"lot": [3, 2, 1, 0]}]}
OTHER = {"rejected": {"north": 1}, "candidates": 4}
CONTESTS = {
    "alternative vote": contest(*PAPERS, rules={"method": "av", "stop": "two", **LOT}, **OTHER),
    "plurality": contest(*PAPERS, rules={"method": "plurality", **LOT}, **OTHER),
    "weights": contest(
        *PAPERS, rules={"method": "av", "stop": "two", "weights": {"north": 1, "south": 2}, **LOT},
        **OTHER,
    ),
    "points": contest(
        *PAPERS, rules={"method": "av", "stop": "two", "points": 100, "floor": 16, **LOT}, **OTHER
    ),
    "transferable vote": contest(*PAPERS, rules={"method": "stv", **LOT}, places=2, **OTHER),
}
NO_FIGURES = {"title", "rules", "sums_agree", "percentages", "sentence"}
Place = tuple[str | int, ...]


def places(told: Any, so_far: Place = ()) -> Iterator[Place]:
    """Where each value of a sheet stands, and each list and each mapping of names."""
    if isinstance(told, dict):
        for name, one in told.items():
            if name not in NO_FIGURES:
                yield from places(one, (*so_far, name))
    elif isinstance(told, list):
        for number, one in enumerate(told):
            yield from places(one, (*so_far, number))
    yield so_far


def changed(sheet: dict[str, Any], place: Place) -> dict[str, Any]:
    """The sheet with what stands at a place changed by as little as can be."""
    copy = deepcopy(sheet)
    within: Any = copy
    for part in place[:-1]:
        within = within[part]
    was = within[place[-1]]
    if isinstance(was, list):
        within[place[-1]] = [*was, "Zoe"]
    elif isinstance(was, dict):
        told = [name for name in was if name not in NO_FIGURES and was[name] is not None]
        *left_in, _ = told or [""]
        within[place[-1]] = {name: was[name] for name in left_in}
    elif isinstance(was, int):
        within[place[-1]] = was + 1
    else:
        within[place[-1]] = f"{was}1"
    return copy


@pytest.mark.parametrize("kind", CONTESTS)
def test_every_figure_of_a_sheet_is_compared(kind: str) -> None:
    one: Contest = CONTESTS[kind]
    sheet, told = one.sheet(), tell(one.opened())
    assert differences(sheet, told) == []
    found = [place for place in places(sheet) if place]
    # A mapping that is empty has nothing to leave out: nobody was elected after the stage.
    assert len(found) > 30

    missed = [
        place for place in found
        if (other := changed(sheet, place)) != sheet and not differences(other, told)
    ]

    assert missed == []


@pytest.mark.parametrize(
    ("kind", "name", "place"),
    [
        ("plurality", "quota", ()), ("plurality", "places", ()),
        ("alternative vote", "weighted", ("stages", 1)),
        ("transferable vote", "weighted", ("stages", 2)),
    ],
)
def test_figures_of_another_method_are_a_difference(kind: str, name: str, place: Place) -> None:
    sheet, told = CONTESTS[kind].sheet(), tell(CONTESTS[kind].opened())
    within = sheet["stages"][int(place[1]) - 1] if place else sheet

    within[name] = {"Ann": "100.000"}

    assert [one.place for one in apart(sheet, told)] == [(*place, name)]


def test_a_difference_is_named_by_stage_section_and_candidate() -> None:
    one = CONTESTS["transferable vote"]
    sheet, told = one.sheet(), tell(one.opened())
    sheet["sections"][1]["valid"] += 1
    sheet["stages"][1]["sections"]["north"]["votes"]["Ann"] = "1.00"
    sheet["stages"][1]["transfers"][0]["to"]["Bob"] = "1.00"

    lines = differences(sheet, told)

    assert len(lines) == 3
    assert "sections, south, valid: 16 and 15" in lines
    assert any(one.startswith("stages 2, sections, north, votes, Ann: '1.00' and") for one in lines)
    assert any(one.startswith("stages 2, transfers 1, to, Bob: '1.00' and") for one in lines)
