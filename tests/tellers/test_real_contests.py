"""Complete papers of real contests, counted by both. Sources: tests/elections/README.md.

The college's papers of members and affiliates are made, those of MPs and MEPs are real. No papers
of a real contest for several places are at hand: real papers of one place are counted for several.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from ballot.counting.blt import parse_blt
from ballot.counting.papers_csv import parse_papers_csv
from ballot.counting.profile import Profile
from ballot.tellers import differences, tell
from tests.tellers.contests import of_profile

ELECTIONS = Path(__file__).parent.parent / "elections"
COLLEGE = {"weights": {"parliamentary": 1, "members": 1, "affiliated": 1}}


def papers_of(name: str) -> Profile:
    content = (ELECTIONS / name).read_bytes()
    return parse_blt(content) if name.endswith(".blt") else parse_papers_csv(content)


@pytest.mark.parametrize(
    ("name", "rules", "places", "elected"),
    [
        ("labour-2010-college-made.csv", {"method": "av", **COLLEGE}, 1, ["Ed Miliband"]),
        ("labour-2010-college-made.csv", {"method": "av", "points": 100, "floor": 100}, 1,
         ["Ed Miliband"]),
        ("labour-2010-parliamentary.blt", {"method": "av"}, 1, ["David Miliband"]),
        ("labour-2010-parliamentary.blt", {"method": "stv"}, 2, ["David Miliband", "Ed Miliband"]),
        ("labour-2010-parliamentary.blt", {"method": "stv"}, 3,
         ["David Miliband", "Ed Miliband", "Ed Balls"]),
        ("snp-2023-leader.blt", {"method": "av"}, 1, ["Humza Yousaf"]),
        ("snp-2023-leader.blt", {"method": "stv"}, 2, ["Humza Yousaf", "Kate Forbes"]),
        ("labour-2016-leader.csv", {"method": "plurality", "points": 100}, 1, ["Jeremy Corbyn"]),
    ],
)
def test_both_counts_of_real_papers_agree(
    name: str, rules: dict[str, Any], places: int, elected: list[str]
) -> None:
    one = of_profile(papers_of(name), rules=rules, places=places)

    told = tell(one.opened())

    assert differences(one.sheet(), told) == []
    assert told["elected"] == elected


def test_the_college_of_2010_is_told_to_the_last_published_figure() -> None:
    one = of_profile(papers_of("labour-2010-college-made.csv"), rules={"method": "av", **COLLEGE})

    last = tell(one.opened())["stages"][-1]

    assert last["weighted"] == {"Ed Miliband": "50.653", "David Miliband": "49.347"}
    assert last["percent"] == {"Ed Miliband": "50.7%", "David Miliband": "49.3%"}
    assert last["continuing_votes"] == 175519 + 147220
