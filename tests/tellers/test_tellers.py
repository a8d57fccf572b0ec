"""The tellers' count: by hand on small papers, and as the first count on very many."""

from __future__ import annotations

from itertools import permutations
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ballot.counting import UnsettledTie, count, parse_profile, parse_rules, rules_data
from ballot.counting.sheet import full_document
from ballot.tellers import NotKnown, Opened, PapersUnreadable, TieOpen, differences, tell

NAMES = ("Ann", "Bob", "Cat")
ALL = [ranking for length in range(4) for ranking in permutations(range(3), length)]


def opened(*papers: tuple[tuple[int, ...], int], rules: Any = None, **other: Any) -> Opened:
    """Papers of one box as rows: a ranking's number by the order of sealing §4.1, and how many."""
    rows = [(ALL.index(ranking), number) for ranking, number in papers]
    return Opened(NAMES, 3, {"all": rows}, {"method": "av"} | (rules or {}), **other)


def votes(told: dict[str, Any]) -> list[dict[str, int]]:
    return [stage["votes"] for stage in told["stages"]]


def test_the_lowest_is_excluded_and_each_of_their_papers_moves_by_itself() -> None:
    ties = {"ties": ["earlier-stages"]}
    told = tell(opened(((0,), 4), ((1,), 3), ((2, 1), 1), ((2,), 1), ((), 2), rules=ties))

    assert votes(told) == [{"Ann": 4, "Bob": 3, "Cat": 2}, {"Ann": 4, "Bob": 4}]
    assert told["stages"][0]["excluded"] == ["Cat"]
    assert told["stages"][1]["exhausted"] == 1
    assert (told["valid"], told["blank"]) == (9, 2)


def test_most_votes_elect_under_plurality_though_they_are_no_majority() -> None:
    told = tell(opened(((0,), 2), ((1,), 1), ((2,), 1), rules={"method": "plurality"}))

    assert told["elected"] == ["Ann"] and len(told["stages"]) == 1


def test_who_withdrew_is_passed_over_and_a_paper_for_them_alone_is_exhausted() -> None:
    told = tell(opened(((0, 1), 2), ((0,), 1), ((2,), 1), withdrawn=("Ann",)))

    assert votes(told)[0] == {"Bob": 2, "Cat": 1}
    assert told["stages"][0]["exhausted"] == 1 and told["valid"] == 4
    with pytest.raises(PapersUnreadable, match="nobody stands"):
        tell(opened(((0,), 1), withdrawn=NAMES))


def test_a_tie_is_settled_by_a_lot_drawn_for_it_and_by_no_other() -> None:
    tied = (((0,), 1), ((1,), 1))
    lot = {"lot": [0, 1], "among": [0, 1]}

    told = tell(opened(*tied, rules={"ties": [lot]}, withdrawn=("Cat",)))
    assert told["elected"] == ["Bob"]
    assert told["stages"][0]["tie"] == {
        "for": "exclusion", "tied": ["Ann", "Bob"], "settled_by": "lot",
        "steps": [{"rule": "lot", "drawn": ["Ann", "Bob"], "left": ["Ann"]}], "excluded": ["Ann"],
    }

    other = {"lot": [0, 2], "among": [0, 2]}
    for ties in ([], [other], ["earlier-stages"]):
        with pytest.raises(TieOpen) as stopped:
            tell(opened(*tied, rules={"ties": ties}, withdrawn=("Cat",)))
        assert stopped.value.tied == ("Ann", "Bob") and stopped.value.stage == 1


@pytest.mark.parametrize(
    "rules",
    [
        {"method": "borda"},
        {"stop": "quota"},
        {"percentages": "all"},
        {"bulk_exclusion": True},
        {"cut": 1},
        {"ties": "lot"},
        {"ties": [{"lot": "012"}]},
        {"ties": [{"lot": [0, 3]}]},
        {"ties": [{"lot": [0, 0]}]},
        {"ties": [{"lot": [0], "among": [3]}]},
        {"ties": [{"lot": [0], "of": [0]}]},
        {"ties": ["the returning officer decides", "lot"]},
    ],
)
def test_rules_that_the_tellers_do_not_know_are_refused_by_name(rules: dict[str, Any]) -> None:
    papers = (((0,), 1), ((1,), 1), ((2,), 1))
    lot = {"ties": [{"lot": [0, 1, 2]}]}

    assert tell(opened(*papers, rules=lot))["elected"]
    with pytest.raises(NotKnown) as refused:
        tell(opened(*papers, rules=lot | rules))
    assert refused.value.what


@pytest.mark.parametrize("row", [(99, 1), (1, 0), (-1, 1)])
def test_a_row_that_is_no_papers_is_refused(row: tuple[int, int]) -> None:
    assert tell(Opened(NAMES, 3, {"all": [(1, 1)]}, {"method": "av"}))["valid"] == 1

    with pytest.raises(PapersUnreadable):
        tell(Opened(NAMES, 3, {"all": [(1, 1), row]}, {"method": "av"}))


def test_a_ranking_has_its_number_in_the_order_of_the_specification() -> None:
    rows = [(number, 1) for number in range(len(ALL))]

    told = tell(Opened(NAMES, 3, {"all": rows}, {"method": "plurality", "ties": [{"lot": [0, 1]}]}))

    assert told["valid"] == 15 and told["blank"] == 1
    assert votes(told) == [{"Ann": 5, "Bob": 5, "Cat": 5}]
    assert told["elected"] == ["Cat"]


@pytest.mark.parametrize(
    "change",
    [
        lambda sheet: sheet.update(valid=sheet["valid"] + 1),
        lambda sheet: sheet.update(elected=["Ann"]),
        lambda sheet: sheet["stages"].pop(),
        lambda sheet: sheet["stages"][0]["votes"].update(Ann=0),
        lambda sheet: sheet["stages"][0]["votes"].update(Dan=0),
        lambda sheet: sheet["stages"][0]["sections"]["all"]["votes"].update(Ann=0),
        lambda sheet: sheet["stages"][0].update(tie={"tied": ["Ann", "Cat"]}),
    ],
)
def test_every_figure_that_differs_is_named(change: Any) -> None:
    papers = {(0, 1): 4, (1,): 3, (2, 1): 2}
    profile = parse_profile(NAMES, {"all": papers})
    sheet: Any = full_document(count(profile, parse_rules({"method": "av"})))
    told = tell(opened(*papers.items()))
    assert differences(sheet, told) == []

    change(sheet)

    assert differences(sheet, told)


TIES = st.lists(
    st.sampled_from(["earlier-stages"])
    | st.permutations(range(3)).map(lambda drawn: {"lot": list(drawn)})
    | st.sampled_from([{"lot": [0, 1], "among": [0, 1]}, {"lot": [2, 1], "among": [1, 2]}]),
    max_size=3,
)
BOXES = st.dictionaries(
    st.sampled_from(["Members", "Affiliated"]),
    st.dictionaries(st.integers(0, 15), st.integers(1, 4), max_size=9),
    min_size=1,
)


@settings(deadline=None, max_examples=250, derandomize=True)
@given(
    boxes=BOXES, ties=TIES, method=st.sampled_from(["av", "plurality"]),
    stop=st.sampled_from(["majority", "two"]), withdrawn=st.sets(st.integers(0, 2), max_size=2),
)
def test_both_counts_agree_on_any_papers(
    boxes: Any, ties: Any, method: str, stop: str, withdrawn: set[int]
) -> None:
    rules = parse_rules({"method": method, "stop": stop, "ties": ties})
    profile = parse_profile(
        NAMES, {box: {ALL[row]: n for row, n in rows.items()} for box, rows in boxes.items()},
        withdrawn=withdrawn,
    )
    papers = Opened(
        NAMES, 3, {box: list(rows.items()) for box, rows in boxes.items()}, rules_data(rules),
        withdrawn=[NAMES[place] for place in withdrawn],
    )

    try:
        sheet: Any = full_document(count(profile, rules))
    except UnsettledTie:
        with pytest.raises(TieOpen):
            tell(papers)
    else:
        assert differences(sheet, tell(papers)) == []
