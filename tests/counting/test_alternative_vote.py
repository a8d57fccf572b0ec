"""The alternative vote. Spec: counting §2.4, §4.1, §4.2, §5.1, §5.2, §5.3, §5.4, §5.5."""

from __future__ import annotations

import pytest

from ballot.counting import count
from ballot.counting.alternative_vote import lowest_together
from ballot.counting.errors import CountRefused, UnsettledTie
from ballot.counting.events import (
    Elected,
    ElectedBy,
    Exclusion,
    Exhausted,
    FirstPreferences,
    Tie,
    Transfer,
)
from tests.counting.boxes import NAMES, av, box


def test_a_count_is_its_events_in_order():
    profile = box("5 Ann", "4 Bob Ann", "2 Carol Bob", "1 Carol")

    events = count(profile, av()).events

    assert events == (
        FirstPreferences(((5,), (4,), (3,))),
        Exclusion(1, (2,)),
        Transfer(2, 2, ((0,), (2,), (0,))),
        Exhausted(2, 2, (1,)),
        Elected(2, 1, 6, ElectedBy.MAJORITY),
    )


def test_half_of_the_continuing_votes_is_no_majority_and_one_more_is():
    half = box("5 Ann", "3 Bob Ann", "2 Carol Ann")
    more = box("6 Ann", "3 Bob Ann", "2 Carol Ann")

    assert len([e for e in count(half, av()).events if isinstance(e, Exclusion)]) == 1
    assert count(more, av()).events[-1] == Elected(1, 0, 6, ElectedBy.MAJORITY)


def test_a_majority_is_of_continuing_votes_and_not_of_all_valid_papers():
    profile = box("4 Ann", "3 Bob", "2 Carol")

    last = count(profile, av()).events[-1]

    assert last == Elected(2, 0, 4, ElectedBy.MAJORITY)
    assert 2 * last.votes < profile.valid


def test_the_order_of_exclusion_follows_the_transfers():
    profile = box(
        "10 Ann", "6 Bob", "5 Carol", "4 Dave Carol", candidates=NAMES[:4]
    )

    excluded = [e.candidates for e in count(profile, av()).events if isinstance(e, Exclusion)]

    assert excluded == [(3,), (1,)]


def test_a_count_that_goes_on_to_two_shows_the_last_two_and_elects_the_same():
    profile = box("6 Ann", "3 Bob Ann", "2 Carol Bob")

    stopped, gone_on = count(profile, av()), count(profile, av(stop="two"))

    assert stopped.events[-1] == Elected(1, 0, 6, ElectedBy.MAJORITY)
    assert gone_on.events[-1] == Elected(2, 0, 6, ElectedBy.MAJORITY)


def test_withdrawn_candidates_are_passed_over_and_papers_for_them_alone_are_exhausted():
    profile = box("3 Ann", "2 Bob", "4 Carol Bob", "1 Carol", withdrawn={2})

    events = count(profile, av()).events

    assert events == (
        FirstPreferences(((3,), (6,), (0,))),
        Exhausted(1, None, (1,)),
        Elected(1, 1, 6, ElectedBy.MAJORITY),
    )


def test_the_last_candidate_left_is_elected_without_a_vote():
    profile = box("2 Carol", withdrawn={0, 2})

    assert count(profile, av()).events[-1] == Elected(1, 1, 0, ElectedBy.LAST_REMAINING)


def test_of_two_with_equal_votes_the_lot_excludes_one_and_the_other_is_elected_at_that_stage():
    profile = box("2 Ann", "2 Bob", candidates=NAMES[:2])

    events = count(profile, av(ties=[{"lot": [0, 1]}])).events

    assert isinstance(events[1], Tie)
    assert events[2:] == (Exclusion(1, (0,)), Elected(1, 1, 2, ElectedBy.LAST_REMAINING))


def test_bulk_exclusion_takes_all_who_together_stay_below_the_next():
    lines = ("9 Ann", "8 Bob", "3 Carol Dave Ann", "2 Dave", "2 Eve Carol Bob")
    profile = box(*lines, candidates=NAMES)

    events = count(profile, av(bulk_exclusion=True)).events

    assert events[1] == Exclusion(1, (3, 4, 2))
    assert {e.candidate: e.received for e in events if isinstance(e, Transfer)} == {
        2: ((3,), (0,), (0,), (0,), (0,)),
        3: ((0,), (0,), (0,), (0,), (0,)),
        4: ((0,), (2,), (0,), (0,), (0,)),
    }
    assert not [e for e in events if isinstance(e, Tie)]
    with pytest.raises(UnsettledTie):
        count(profile, av())


def test_bulk_exclusion_needs_fewer_votes_than_the_next_and_leaves_two():
    assert lowest_together({0: 10, 1: 5, 2: 3, 3: 1}) == (3, 2)
    assert lowest_together({0: 10, 1: 4, 2: 3, 3: 1}) == (3,)
    assert lowest_together({0: 10, 1: 1, 2: 1}) == ()
    assert lowest_together({0: 10, 1: 1}) == ()


def test_bulk_exclusion_that_finds_no_group_excludes_by_the_tie_rule():
    profile = box("5 Ann", "3 Bob", "3 Carol Bob")

    events = count(profile, av(bulk_exclusion=True, ties=[{"lot": [2, 1]}])).events

    assert Exclusion(1, (2,)) in events


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"places": 2}, "av fills one place, not 2"),
        ({"withdrawn": {0, 1, 2}}, "every candidate has withdrawn"),
    ],
)
def test_papers_that_the_method_cannot_count_are_refused(changed, reason):
    assert count(box("1 Ann"), av()).elected == (0,)

    with pytest.raises(CountRefused) as refusal:
        count(box("1 Ann", **changed), av())

    assert refusal.value.reason == reason


def test_a_lot_that_draws_somebody_not_on_the_paper_is_refused():
    assert count(box("1 Ann"), av(ties=[{"lot": [2]}])).elected == (0,)

    with pytest.raises(CountRefused, match="not on the paper"):
        count(box("1 Ann"), av(ties=[{"lot": [3]}]))
