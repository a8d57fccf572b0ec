"""Ties for exclusion. Spec: counting §6.1, §6.2, §6.3; ERS97 5.2.5, 5.6.3."""

from __future__ import annotations

import pytest

from ballot.counting import count
from ballot.counting.errors import UnsettledTie
from ballot.counting.events import ByEarlierStage, ByLot, Exclusion, Purpose, Tie
from ballot.counting.rules import EarlierStages, Lot
from ballot.counting.ties import settle_exclusion
from tests.counting.boxes import NAMES, av, box

# Dave goes out first, and his paper brings Carol level with Bob, who was ahead of her at stage 1.
LATER_TIE = ("5 Ann", "3 Bob", "2 Carol", "1 Dave Carol")


def test_without_a_rule_a_tie_stops_the_count_and_names_the_tied():
    profile = box("2 Ann", "2 Bob", "3 Carol")

    with pytest.raises(UnsettledTie) as tie:
        count(profile, av())

    assert (tie.value.stage, tie.value.tied, tie.value.left) == (1, (0, 1), (0, 1))
    assert tie.value.tied_names == tie.value.left_names == ("Ann", "Bob")
    assert str(tie.value) == "Stage 1: no rule settles the tie for exclusion between Ann, Bob."


def test_even_candidates_without_a_vote_are_not_excluded_by_the_order_of_the_paper():
    with pytest.raises(UnsettledTie) as tie:
        count(box("3 Ann", "2 Bob", candidates=NAMES[:4]), av(stop="two"))

    assert tie.value.tied_names == ("Carol", "Dave")


def test_earlier_stages_exclude_whoever_had_fewest_at_the_earliest_difference():
    profile = box(*LATER_TIE, candidates=NAMES[:4])

    events = count(profile, av(ties=["earlier-stages"])).events

    assert Tie(2, Purpose.EXCLUSION, (1, 2), (ByEarlierStage(1, (2,)),), (2,)) in events
    assert Exclusion(2, (2,)) in events


def test_the_earliest_stage_decides_and_not_the_last_before():
    earlier = [(5, 4, 9), (3, 6, 9)]

    tie = settle_exclusion((0, 1), rules=[EarlierStages()], earlier=earlier, names=NAMES)

    assert tie.losers == (1,)
    assert tie.steps == (ByEarlierStage(1, (1,)),)


def test_of_three_two_may_be_left_by_one_stage_and_parted_by_a_later_one():
    earlier = [(4, 4, 5), (6, 5, 5)]

    tie = settle_exclusion((0, 1, 2), rules=[EarlierStages()], earlier=earlier, names=NAMES)

    assert tie.steps == (ByEarlierStage(1, (0, 1)), ByEarlierStage(2, (1,)))


def test_the_lot_is_drawn_among_those_whom_earlier_stages_leave():
    earlier = [(4, 4, 5)]
    rules = [EarlierStages(), Lot((2, 1, 0))]

    tie = settle_exclusion((0, 1, 2), rules=rules, earlier=earlier, names=NAMES)

    assert tie.steps == (ByEarlierStage(1, (0, 1)), ByLot((2, 1, 0), (1,)))
    with pytest.raises(UnsettledTie) as unsettled:
        settle_exclusion((0, 1, 2), rules=rules[:1], earlier=earlier, names=NAMES)
    assert unsettled.value.tied_names == ("Ann", "Bob", "Carol")
    assert unsettled.value.left_names == ("Ann", "Bob")
    assert str(unsettled.value).endswith("Earlier stages leave Ann, Bob.")


def test_earlier_stages_that_never_differed_settle_nothing():
    with pytest.raises(UnsettledTie):
        settle_exclusion((0, 1), rules=[EarlierStages()], earlier=[(4, 4), (5, 5)], names=NAMES)


@pytest.mark.parametrize(("drawn", "loser"), [((2, 1, 0), 1), ((0, 1), 0), ((1,), 1)])
def test_of_the_tied_the_one_drawn_first_is_excluded(drawn, loser):
    tie = settle_exclusion((0, 1), rules=[Lot(drawn)], earlier=[], names=NAMES)

    assert tie.losers == (loser,)


def test_a_lot_that_draws_none_of_the_tied_or_was_drawn_for_others_leaves_it_to_the_next_rule():
    none, others = Lot((2, 3)), Lot((0, 2), frozenset({0, 2}))
    of_these = Lot((1, 0), frozenset({0, 1}))

    tie = settle_exclusion((0, 1), rules=[none, others, of_these], earlier=[], names=NAMES)

    assert tie.steps == (ByLot((1, 0), (1,)),)
    with pytest.raises(UnsettledTie):
        settle_exclusion((0, 1), rules=[none, others], earlier=[], names=NAMES)


def test_rules_are_tried_in_the_order_of_the_notice():
    profile = box(*LATER_TIE, candidates=NAMES[:4])
    lot = {"lot": [1, 2]}

    by_stage = count(profile, av(ties=["earlier-stages", lot])).events
    by_lot = count(profile, av(ties=[lot, "earlier-stages"])).events

    assert Exclusion(2, (2,)) in by_stage
    assert Exclusion(2, (1,)) in by_lot
