"""Ballots set aside, by the notice's rules and no others (bundle §4.1)."""

from __future__ import annotations

from typing import Any

import pytest

from tests.verifier.acts import board_of
from tests.verifier.making import G, make_ballot, times
from verifier.aside import check_set_aside
from verifier.ballots import Paper, tracker
from verifier.board import Ballot, Board
from verifier.failure import Failed
from verifier.group import encode
from verifier.setting import Setting

SETTING = Setting(bytes(32), encode(times(3, G)))
PAPER = Paper(SETTING, ("leader",))
CAST = make_ballot(PAPER, 7, [(0, 8)])
STANDS = dict.fromkeys(("dead", "duplicate", "excluded", "resigned"), "stands")


def board_with(reason: str, rules: dict[str, str]) -> Board:
    """A board on which one member is struck off for a reason, and their ballot set aside."""
    told: dict[str, Any] = {
        "amendment": 1,
        "entry": 4,
        "reason": reason,
        "tracker": tracker(SETTING, CAST, 1).hex(),
    }
    struck = [{"change": "struck", "people": 1, "section": "member"}]
    board = board_of(
        [
            ("notice", {"after_cast": rules}),
            ("roll", {}),
            ("amendment", {"number": 1, "reason": reason, "changes": struck}),
            ("set-aside", {"ballots": [told]}),
        ]
    )
    board.ballots.append(Ballot(4, CAST.wire))
    return board


@pytest.mark.parametrize(
    ("reason", "rule"),
    [
        ("died", "dead"),
        ("duplicate", "duplicate"),
        ("resigned", "resigned"),
        ("excluded", "excluded"),
        ("ineligible", "excluded"),
    ],
)
def test_a_ballot_is_set_aside_where_the_notice_says_so_of_the_reason(
    reason: str, rule: str
) -> None:
    sections = {CAST.credential: "member"}

    aside = check_set_aside(board_with(reason, STANDS | {rule: "set-aside"}), PAPER, sections)
    assert aside == {4}

    other = dict.fromkeys(STANDS, "set-aside") | {rule: "stands"}
    with pytest.raises(Failed) as refused:
        check_set_aside(board_with(reason, other), PAPER, sections)
    assert refused.value.check == "set-aside.rule"
