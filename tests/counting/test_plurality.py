"""Plurality. Spec: counting §2.4, §4.3, §6.4."""

from __future__ import annotations

import pytest

from ballot.counting import count
from ballot.counting.errors import UnsettledTie
from ballot.counting.events import (
    ByLot,
    Elected,
    ElectedBy,
    Exhausted,
    FirstPreferences,
    Purpose,
    Tie,
)
from tests.counting.boxes import box, plurality


def test_the_most_first_preferences_are_elected_without_a_majority():
    profile = box("4 Ann", "3 Bob Carol", "2 Carol Bob", "7")

    assert count(profile, plurality()).events == (
        FirstPreferences(((4,), (3,), (2,))),
        Elected(1, 0, 4, ElectedBy.MOST_VOTES),
    )


def test_a_withdrawn_candidate_is_passed_over():
    profile = box("4 Ann Bob", "3 Bob", "1 Ann", "5 Carol", withdrawn={0})

    assert count(profile, plurality()).events == (
        FirstPreferences(((0,), (7,), (5,))),
        Exhausted(1, None, (1,)),
        Elected(1, 1, 7, ElectedBy.MOST_VOTES),
    )


def test_a_tie_for_election_is_lost_by_those_drawn_first():
    profile = box("2 Ann", "2 Bob", "2 Carol")

    for ties in ([{"lot": [1, 0]}], ["earlier-stages", {"lot": [1, 0, 2], "among": [0, 1, 2]}]):
        result = count(profile, plurality(ties=ties))

        drawn = tuple(ties[-1]["lot"])
        assert result.events[1] == Tie(
            1, Purpose.ELECTION, (0, 1, 2), (ByLot(drawn, (2,)),), (1, 0)
        )
        assert result.elected == (2,)


@pytest.mark.parametrize(
    "ties", [[], ["earlier-stages"], [{"lot": [1]}], [{"lot": [0, 1, 2], "among": [0, 1]}]]
)
def test_a_tie_for_election_that_no_lot_parts_names_the_tied(ties):
    profile = box("2 Ann", "2 Bob", "2 Carol")
    assert count(profile, plurality(ties=[{"lot": [0, 1]}])).elected == (2,)

    with pytest.raises(UnsettledTie) as tie:
        count(profile, plurality(ties=ties))

    assert tie.value.tied_names == ("Ann", "Bob", "Carol")
    assert tie.value.purpose == "election"
