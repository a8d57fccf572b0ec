"""Thousands of small contests counted by both: the same figures, or the same tie left open."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest

from ballot.counting import UnsettledTie
from ballot.counting.events import Transfer
from ballot.counting.sheet import full_document
from ballot.tellers import TieOpen, differences, tell
from ballot.tellers.tables import Tables
from tests.tellers.contests import NAMES, Contest, contest, made_up

KINDS = ("plurality", "av", "weights", "points", "stv")
EACH = 400
# What must happen in the contests made up, so often at the least, or they would show too little.
WANTED = {
    "plurality": {"open": 10, "election by lot": 20},
    "av": {"open": 10, "exclusion by lot": 40, "exclusion by earlier-stages": 4},
    "weights": {"open": 10, "exclusion by lot": 40, "exclusion by earlier-stages": 4},
    "points": {"open": 10, "exclusion by lot": 40, "exclusion by earlier-stages": 4},
    "stv": {
        "open": 10, "exclusion by lot": 40, "exclusion by earlier-stages": 2,
        "surplus by lot": 1, "surplus passed on": 40,
    },
}


def events(sheet: dict[str, Any]) -> list[str]:
    """What happened in a count, in words."""
    stages = sheet["stages"]
    ties = [stage["tie"] for stage in stages if stage["tie"]]
    excluded = {name for stage in stages for name in stage["excluded"]}
    sources = {one["from"] for stage in stages for one in stage["transfers"]}
    return [
        *(f"{tie['for']} by {tie['settled_by']}" for tie in ties),
        *("surplus passed on" for _ in sources - excluded - {None}),
    ]


@pytest.mark.parametrize("kind", KINDS)
def test_both_counts_of_any_contest_agree_or_leave_the_same_tie_open(kind: str) -> None:
    found: Counter[str] = Counter()
    for seed in range(EACH):
        one = made_up(str(seed), kind=kind)
        try:
            sheet = one.sheet()
        except UnsettledTie as tie:
            with pytest.raises(TieOpen) as stopped:
                tell(one.opened())
            assert (stopped.value.stage, stopped.value.tied) == (tie.stage, tie.tied_names)
            found["open"] += 1
        else:
            assert differences(sheet, tell(one.opened())) == [], f"{kind} {seed}"
            found.update(events(sheet))

    assert {name: most for name, most in WANTED[kind].items() if found[name] < most} == {}


# --- planted errors: each is found, whichever of the two makes it ---

PAPERS = (
    "north: 16 Ann Bob", "north: 4 Ann Carol", "north: 5 Bob", "south: 8 Carol", "south: 2 Dave Bob"
)
LOT = {"ties": [{"lot": [3, 2, 1, 0]}]}
WEIGHTED = contest(
    *PAPERS, rules={"method": "av", "stop": "two", "weights": {"north": 2, "south": 1}, **LOT},
    candidates=4,
)
POINTS = replace(
    WEIGHTED, rules={"method": "av", "stop": "two", "points": 100, "floor": 20, **LOT}
)
TRANSFERABLE = replace(WEIGHTED, rules={"method": "stv"}, places=2)


def with_a_paper_in_another_box(one: Contest) -> Contest:
    north = {**one.boxes["north"], (1,): one.boxes["north"][(1,)] - 1}
    return replace(one, boxes={"north": north, "south": {**one.boxes["south"], (1,): 1}})


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        (WEIGHTED, with_a_paper_in_another_box(WEIGHTED)),
        (POINTS, with_a_paper_in_another_box(POINTS)),
        (TRANSFERABLE, with_a_paper_in_another_box(TRANSFERABLE)),
        (WEIGHTED, replace(
            WEIGHTED, rules={**WEIGHTED.rules, "weights": {"north": 2, "south": 2}})),
        (POINTS, replace(POINTS, rules={**POINTS.rules, "points": 101})),
        (POINTS, replace(POINTS, rules={**POINTS.rules, "floor": 10})),
        (TRANSFERABLE, replace(TRANSFERABLE, places=1)),
    ],
)
def test_one_paper_or_one_worth_that_either_count_has_otherwise_is_found(
    right: Contest, wrong: Contest
) -> None:
    assert differences(right.sheet(), tell(right.opened())) == []
    assert differences(wrong.sheet(), tell(wrong.opened())) == []

    assert differences(wrong.sheet(), tell(right.opened()))
    assert differences(right.sheet(), tell(wrong.opened()))


def test_one_transfer_value_that_the_tellers_have_otherwise_is_found(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    right = Tables.pass_surplus

    def one_paper_cheaper(self: Tables, name: str, quota: int, hopeful: Any) -> Any:
        moved = right(self, name, quota, hopeful)
        first, *others = self.piles["Bob"][-1].papers
        value = self.piles["Bob"].pop().value
        self.piles["Bob"] += [
            self.piles["Ann"][0]._replace(value=value, papers=others),
            self.piles["Ann"][0]._replace(value=value - Fraction(1, 50), papers=[first]),
        ]
        return moved

    sheet = TRANSFERABLE.sheet()
    assert differences(sheet, tell(TRANSFERABLE.opened())) == []
    monkeypatch.setattr(Tables, "pass_surplus", one_paper_cheaper)

    lines = differences(sheet, tell(TRANSFERABLE.opened()))

    assert "stages 2, votes, Bob: '11.40' and '11.38'" in lines
    assert "stages 2, sections, north, votes, Bob: '11.40' and '11.38'" in lines


def test_one_transfer_value_that_the_first_count_has_otherwise_is_found() -> None:
    one = contest("north: 16 Ann Bob", "north: 4 Ann Carol", "north: 8 Bob", "south: 8 Carol",
                  "south: 2 Dave Bob", "south: 3 Eve", rules=TRANSFERABLE.rules, candidates=5,
                  places=2)
    right = one.counted()
    place = next(n for n, event in enumerate(right.events) if isinstance(event, Transfer))
    transfer = right.events[place]
    assert isinstance(transfer, Transfer)
    received = [list(row) for row in transfer.received]
    received[NAMES.index("Carol")][0] -= Fraction(1, 50)
    received[NAMES.index("Eve")][0] += Fraction(1, 50)
    other = replace(transfer, received=tuple(tuple(row) for row in received))
    events = (*right.events[:place], other, *right.events[place + 1:])
    told = tell(one.opened())
    assert differences(full_document(right), told) == []

    lines = differences(full_document(replace(right, events=events)), told)

    assert "stages 2, votes, Carol: '9.18' and '9.20'" in lines
    assert "stages 2, transfers 1, to, Carol: '1.18' and '1.20'" in lines
