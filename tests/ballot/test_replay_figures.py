"""The figures of 2016 as they are divided, and who does what by them."""

from __future__ import annotations

from pathlib import Path

import pytest

from ballot.counting.papers_csv import parse_papers_csv
from ballot.management.replay.electors import BLANK
from ballot.management.replay.figures import Figures, figures_of, scaled_down
from ballot.management.replay.voters import voters_of

PAPERS = Path(__file__).resolve().parents[1] / "elections" / "labour-2016-leader.csv"


def figures(divisor: int) -> Figures:
    return figures_of(parse_papers_csv(PAPERS.read_bytes()), divisor=divisor)


def test_a_hundredth_of_2016_is_its_papers_rounded_by_the_largest_remainders() -> None:
    found = figures(100)

    assert found.votes == {
        "member": {"Jeremy Corbyn": 1682, "Owen Smith": 1169},
        "registered": {"Jeremy Corbyn": 849, "Owen Smith": 366},
        "affiliated": {"Jeremy Corbyn": 601, "Owen Smith": 397},
    }
    assert (found.valid, found.spoilt, sum(found.issued.values())) == (5064, 10, 6540)
    assert (found.excluded, found.issued_again, found.not_on_register) == (40, 50, 211)
    assert found.nominating.by_parties == {"Jeremy Corbyn": 285, "Owen Smith": 53}
    assert (found.nominating.mps, found.nominating.for_smith) == (251, 172)


def test_parts_that_all_fall_just_short_still_make_the_whole() -> None:
    assert scaled_down({"a": 199, "b": 101, "c": 150}, 100) == {"a": 2, "b": 1, "c": 2}
    assert scaled_down({"a": 100, "b": 200}, 100) == {"a": 1, "b": 2}


@pytest.mark.parametrize("divisor", [100, 500, 2000])
def test_every_paper_has_one_elector_and_nobody_does_two_things(divisor: int) -> None:
    found = figures(divisor)
    voters = voters_of(found)

    groups = [list(voters.online), list(voters.by_post), voters.rejected, voters.empty, voters.late,
              voters.lost, voters.struck, [voters.struck_voted]]
    everybody = [number for group in groups for number in group]
    assert len(set(everybody)) == len(everybody)
    marked = [*voters.online.values(), *voters.by_post.values()]
    of_2016 = {name: sum(votes[name] for votes in found.votes.values())
               for name in ("Jeremy Corbyn", "Owen Smith")}
    assert {name: marked.count(name) for name in of_2016} == of_2016
    assert marked.count(BLANK) == found.blank
    others = [*voters.refused, *voters.asked_again, voters.disputed, voters.restored,
              *voters.late_online]
    assert len(set(others)) == len(others) and set(others) <= set(voters.online)
    members = [number for number in everybody if number.startswith("A")]
    assert len(members) <= found.on_frozen_roll("member")
