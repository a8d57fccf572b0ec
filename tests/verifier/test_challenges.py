"""The challenged papers on the board (bundle §5, 8): opened to all, and counted nowhere."""

from __future__ import annotations

from typing import Any

import pytest

from tests.verifier.acts import Act, board_of
from tests.verifier.given import failure, failures
from tests.verifier.making import G, Tally, make_ballot, plus, times
from verifier.ballots import Cast, Paper, tracker
from verifier.board import Ballot
from verifier.challenges import check_challenges
from verifier.group import ORDER, encode, multiply
from verifier.opening import Contest, Poll

SETTING = Tally().setting
Y = SETTING.key_point
CONTESTS = tuple(
    Contest(code, place, {"candidates": ["A", "B", "C"], "method": "av", "max_preferences": None})
    for place, code in enumerate(("contest-1", "contest-2"))
)
POLL = Poll(SETTING.fingerprint, CONTESTS)
PAPER = Paper(SETTING, ("contest-1", "contest-2"))
BALLOT = make_ballot(PAPER, 4001, [(3, 501), (15, 502)])


def vote(choice: int, r: int) -> dict[str, Any]:
    c2 = plus(multiply(choice + 1, G), times(r, Y))
    said = {"c1": encode(times(r, G)).hex(), "c2": encode(c2).hex()}
    return said | {"ranking": choice, "r": f"{r:064x}"}


def challenge(*votes: dict[str, Any], **changes: Any) -> Act:
    said = {"tracker": "ab" * 32, "section": "member", "unit": None, "votes": list(votes)}
    return "challenge", said | changes


GOOD = challenge(vote(0, 601), vote(15, 602))


def check(*acts: Act, ballots: tuple[Cast, ...] = (BALLOT,)) -> int:
    board = board_of([("notice", {}), *acts])
    board.ballots = [Ballot(100 + place, cast.wire) for place, cast in enumerate(ballots)]
    return check_challenges(board, POLL, PAPER, {"member", "affiliated"})


def test_papers_that_are_made_of_what_is_told_are_passed_and_counted_apart() -> None:
    assert check() == 0
    assert check(GOOD, challenge(vote(1, 603), vote(0, 604), section="affiliated")) == 2


@pytest.mark.parametrize(
    ("act", "condition"),
    [
        (challenge(vote(0, 601) | {"ranking": 1}, vote(15, 602)), "challenge.opening"),
        (challenge(vote(0, 601), vote(15, 602) | {"r": f"{603:064x}"}), "challenge.opening"),
        (challenge(vote(0, 601) | {"c1": vote(0, 602)["c1"]}, vote(15, 602)), "challenge.opening"),
        (challenge(vote(0, 601) | {"c2": vote(1, 601)["c2"]}, vote(15, 602)), "challenge.opening"),
        (challenge(vote(0, 601) | {"c1": "02" + "ff" * 32}, vote(15, 602)), "challenge.form"),
        (challenge(vote(0, 601) | {"r": "00" * 32}, vote(15, 602)), "challenge.form"),
        (challenge(vote(0, 601) | {"r": f"{ORDER + 601:064x}"}, vote(15, 602)), "challenge.form"),
        (challenge(vote(0, 601)), "challenge.form"),
        (challenge(vote(0, 601), vote(16, 602)), "ranking.index"),
        (challenge(vote(0, 601), vote(15, 602), section="nobody"), "challenge.section"),
    ],
)
def test_a_paper_with_one_thing_changed_is_refused(act: Act, condition: str) -> None:
    found = {one for one, _ in failures(check, GOOD, act)}

    assert found == {condition}


def test_a_paper_that_was_cast_is_refused_by_its_tracker_or_by_half_of_a_vote() -> None:
    shown = tracker(SETTING, BALLOT, 2).hex()
    c1_again = vote(4, 501)
    c2_of_the_ballot = BALLOT.pair(1)[33:].hex()

    by_tracker = challenge(vote(0, 601), vote(15, 602), tracker=shown)
    by_c1 = challenge(c1_again, vote(15, 602))
    by_c2 = challenge(vote(0, 601), vote(15, 602) | {"c2": c2_of_the_ballot})

    for act in (by_tracker, by_c1):
        failed = failure(check, act)
        assert (failed.check, failed.where) == ("challenge.cast", "entry 1 (challenge)")
        assert check(act, ballots=()) == 1
    assert ("challenge.cast", "entry 1 (challenge)") in failures(check, by_c2)


def test_a_c1_is_held_against_c1s_alone() -> None:
    # §6.4: anybody can put any point as a c2, a challenged c1 too; that opens to nothing.
    c2_as_c1 = vote(0, 601)["c1"]
    wire = BALLOT.wire[:65] + bytes.fromhex(c2_as_c1) + BALLOT.wire[98:]

    assert check(GOOD, ballots=(Cast(wire, "member"),)) == 1
