"""The stages worked out from events, and the sums that must hold. Spec: counting §7.1 to §7.8.

Named one by one: §7.2, §7.3, §7.4, §7.5, §7.6, §7.7.
"""

from __future__ import annotations

from dataclasses import replace

import pytest

from ballot.counting import count, parse_profile
from ballot.counting.errors import SheetBroken
from ballot.counting.events import (
    Elected,
    ElectedBy,
    Exclusion,
    Exhausted,
    FirstPreferences,
    Transfer,
)
from ballot.counting.rules import Base
from ballot.counting.stages import stages
from tests.counting.boxes import NAMES, av, box


def a_count():
    """Stage 1: 5, 4, 3; stage 2: 5, 6, exhausted 1."""
    return count(box("5 Ann", "4 Bob Ann", "2 Carol Bob", "1 Carol"), av())


def test_stages_show_where_papers_lie_and_what_followed():
    first, second = stages(a_count())

    assert (first.votes, first.exhausted, first.excluded) == (((5,), (4,), (3,)), (0,), (2,))
    assert (second.votes, second.exhausted) == (((5,), (6,), (0,)), (1,))
    assert (second.continuing, second.continuing_votes, second.total_exhausted) == ((0, 1), 11, 1)
    assert second.moved == (Transfer(2, 2, ((0,), (2,), (0,))), Exhausted(2, 2, (1,)))
    assert second.elected == (Elected(2, 1, 6, ElectedBy.MAJORITY),)


def test_sections_are_kept_through_every_stage():
    profile = parse_profile(
        NAMES[:3],
        {"north": {(0,): 3, (2, 1): 1}, "south": {(1,): 3, (2,): 1, (): 9}},
        rejected={"south": 2},
    )

    result = count(profile, av())

    assert [s.votes for s in stages(result)][1][:2] == ((3, 0), (1, 3))
    assert stages(result)[1].exhausted == (0, 1)
    assert stages(result)[1].continuing_by_section == (4, 3)
    assert (result.valid, result.blank, result.rejected) == (8, 9, 2)


def test_each_base_gives_its_own_share_and_nothing_gives_none():
    last = stages(a_count())[-1]
    nothing = stages(count(box("3", withdrawn={1, 2}), av()))[0]

    assert last.share(1, Base.CONTINUING).as_integer_ratio() == (6, 11)
    assert last.share(1, Base.VALID).as_integer_ratio() == (1, 2)
    assert nothing.share(0, Base.VALID) is None


@pytest.mark.parametrize(
    ("edit", "reason"),
    [
        (lambda e: (), "there is no event"),
        (lambda e: e[1:], "the count does not begin with the first preferences"),
        (lambda e: (e[0], *e), "first preferences are counted twice"),
        (lambda e: (FirstPreferences(((5,), (4,), (4,))), *e[1:]), "the sum of all is"),
        (lambda e: (*e[:2], Transfer(2, 2, ((0,), (3,), (0,))), *e[3:]), "papers lie with"),
        (lambda e: (*e[:3], *e[4:]), "papers lie with a candidate who is out of the count"),
        (lambda e: (e[0], *e[2:]), "papers are moved from a candidate who continues"),
        (lambda e: e[:-1], "the count ends and nobody is elected"),
        (lambda e: (*e[:-1], replace(e[-1], votes=7)), "who is elected has another number"),
        (lambda e: (*e, Exclusion(1, (0,))), "an event is out of order"),
        (lambda e: (*e, Exclusion(9, (0,))), "an event is out of order"),
        (lambda e: (*e[:3], Exhausted(2, None, (1,)), *e[4:]), "papers lie with"),
    ],
)
def test_a_record_whose_sums_are_wrong_makes_no_sheet(edit, reason):
    good = a_count()
    assert len(stages(good)) == 2

    try:
        broken = stages(replace(good, events=edit(good.events)))
    except SheetBroken as refusal:
        assert refusal.reason.startswith(reason)
        assert str(refusal) == f"stage {refusal.stage}: {refusal.reason}"
    else:
        pytest.fail(f"a sheet was made: {broken}")
