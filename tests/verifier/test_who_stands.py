"""The verifier on who stands, in which order, and whose votes pass on (bundle §8)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from ballot.models import Candidate, Election
from ballot.names_order import by_lot
from ballot.services.draw_names import draw_names
from ballot.services.publish_candidates import reopen_nominations
from ballot.services.withdraw_candidate import withdraw_candidate
from tests.ballot.factories import Run, election, now
from tests.verifier.given import failure
from tests.verifier.test_bundles import declared, passed
from verifier.board import Board, Entry
from verifier.names import check_names
from verifier.opening import SETTLED, Contest, Poll, check_contests
from verifier.order import check_order
from verifier.withdrawals import check_withdrawals, passed_over, reopens

RULES = dict.fromkeys(SETTLED) | {"title": "Leader", "position": 0, "reopen_nominations": False}
SEED = "26143 55216 43312 66154"
LOT = by_lot(("Ash Amin", "Birch Bell", "Cedar Cox"), contest="Leader", seed=SEED)


def withdraw(run: Run, name: str) -> None:
    withdraw_candidate(Candidate.objects.get(name=name).pk, **run.by)


@pytest.mark.django_db
@pytest.mark.parametrize(("rule", "winner"), [("pass-on", "Birch Bell"), ("stand", "Ash Amin")])
def test_a_withdrawal_during_the_poll(tmp_path: Path, rule: str, winner: str) -> None:
    run = election(at="polling", votes_of_withdrawn=rule)
    withdraw(run, "Ash Amin")

    assert winner in declared(passed(run, tmp_path))


@pytest.mark.django_db
def test_joint_tickets_are_passed_and_one_person_where_two_stand_is_not(tmp_path: Path) -> None:
    pairs = ("Ash Amin with Dee Day", "Birch Bell with Eve Ely", "Cedar Cox with Flo Fox")
    ticket = {"first": "Leader", "second": "Deputy leader"}
    run = election(candidates=pairs, ticket=ticket, reopen_nominations=True)

    assert any(pair in declared(passed(run, tmp_path)) for pair in pairs)

    def check(names: list[str], **other: Any) -> None:
        rules = dict.fromkeys(SETTLED) | {
            "title": "Leader", "position": 0, "reopen_nominations": True, **other
        }
        notice = ("notice", {"contests": [told([], **rules)]})
        check_contests(board_of(notice, named(names, **rules)))

    for other in ("Birch Bell", "Birch Bell with ", "A with B with C", "A with with C",
                  "A with C with", "Dee Day with Eve Ely", "Eve Ely with Eve Ely"):
        alone = [pairs[0], other, "Re-open nominations"]
        assert failure(check, alone, ticket=ticket).check == "contest.candidates", other
    check([pairs[0], "Birch Bell", "Re-open nominations"], ticket=None)
    check([*pairs, "Re-open nominations"], ticket=ticket)
    turned = {"first": "Deputy leader", "second": "Leader"}
    notice = ("notice", {"contests": [told([], **RULES | {"ticket": ticket})]})
    check_contests(board_of(notice, named(list(pairs), **RULES | {"ticket": ticket})))
    exchanged = named(list(pairs), **RULES | {"ticket": turned})
    assert failure(check_contests, board_of(notice, exchanged)).check == "notice.contests"


@pytest.mark.django_db
def test_names_that_were_drawn_by_lot(tmp_path: Path) -> None:
    run = election(at="nominated", names_order="lot", reopen_nominations=True)
    draw_names(run.election_id, seed=SEED, source="Twenty dice, in public.", **run.by)

    passed(run, tmp_path)


@pytest.mark.django_db
def test_nominations_that_were_taken_on_past_their_hour(tmp_path: Path) -> None:
    run = election(at="nominating")
    Election.objects.filter(pk=run.election_id).update(nominations_close_at=now())
    reopen_nominations(run.election_id, **run.by)

    passed(run, tmp_path)


# --- boards that no server of ours writes -----------------------------------------------------


def told(candidates: list[str], **other: Any) -> dict[str, Any]:
    """A contest as the board names it."""
    return {"title": "Leader", "candidates": candidates, "names_order": "lot",
            "unopposed": False, "reopen_nominations": False, "votes_of_withdrawn": "pass-on",
            **other}


def board_of(*acts: tuple[str, dict[str, Any]]) -> Board:
    return Board(acts=[
        Entry(number, kind, "", content, b"") for number, (kind, content) in enumerate(acts)
    ])


def named(candidates: list[str], **other: Any) -> tuple[str, dict[str, Any]]:
    return "candidates", {"contests": [told(candidates, **other)]}


DRAWN = ("names-drawn", {"seed": SEED, "source": "Dice."})
ANEW = ("nominations-reopened", {})
OPENING = ("opening", {})


def left(name: str) -> tuple[str, dict[str, Any]]:
    return "withdrawal", {"candidate": name, "contest": "Leader"}


def ruled(name: str, *, valid: bool | None) -> tuple[str, dict[str, Any]]:
    paper = {"candidate": name, "valid": valid, "reason": "Written."}
    return "nominations", {"bodies": [], "contests": [{"contest": "Leader", "papers": [paper]}]}


def test_an_order_that_is_not_the_lots_is_found() -> None:
    first = named(sorted(LOT))

    check_names(board_of(first, DRAWN, named(LOT), OPENING))
    check_names(board_of(first, DRAWN, named([*LOT, "RON"], reopen_nominations=True), OPENING))
    other = failure(check_names, board_of(first, DRAWN, named(LOT[::-1]), OPENING))

    assert other.check == "names.order"


def test_a_poll_that_opens_without_its_lot_is_found_and_one_that_has_not_opened_may_wait() -> None:
    check_names(board_of(named(sorted(LOT))))
    check_names(board_of(named(sorted(LOT), names_order="alphabet"), OPENING))
    none = failure(check_names, board_of(named(sorted(LOT)), OPENING))
    not_followed = failure(check_names, board_of(named(LOT), DRAWN, OPENING))

    assert none.check == not_followed.check == "names.drawn"


def test_a_second_lot_is_found_unless_nominations_opened_between() -> None:
    check_names(board_of(named(LOT), DRAWN, ANEW, named(LOT), DRAWN, named(LOT), OPENING))
    twice = failure(check_names, board_of(named(LOT), DRAWN, named(LOT), DRAWN, named(LOT)))
    stale = failure(check_names, board_of(named(LOT), DRAWN, ANEW, named(LOT), OPENING))

    assert twice.check == stale.check == "names.drawn"


@pytest.mark.parametrize("change", [ANEW, DRAWN, ruled("Ash Amin", valid=True), left("Ash Amin")])
def test_nobody_is_declared_by_a_list_that_was_given_up(change: tuple[str, dict[str, Any]]) -> None:
    # Without a poll, too: bundle §4.
    notice, names, declared_so = ("notice", {}), named(LOT), ("declaration", {})

    check_order(board_of(notice, names, change, names, declared_so))
    check_order(board_of(notice, names, change))
    stale = failure(check_order, board_of(notice, names, change, declared_so))

    assert stale.check == "entry.order"


def test_somebody_who_stands_though_their_papers_were_rejected_is_found() -> None:
    names = named(LOT, names_order="alphabet")

    check_names(board_of(ruled("Ash Amin", valid=True), names))
    check_names(board_of(ruled("Ash Amin", valid=None), names))
    check_names(board_of(ruled("Ash Amin", valid=False), ruled("Ash Amin", valid=True), names))
    wrong = failure(check_names, board_of(ruled("Ash Amin", valid=False), names))

    assert wrong.check == "names.rejected"


def test_a_withdrawal_of_a_stranger_of_ron_or_for_the_second_time_is_found() -> None:
    paper = told([*LOT, "RON"], reopen_nominations=True)
    poll = Poll(b"", (Contest("contest-1", 0, paper),))

    check_withdrawals(board_of(left("Gone Before"), OPENING, left("Ash Amin")), poll)
    for acts in ([left("Dot Dyer")], [left("RON")], [left("Ash Amin"), left("Ash Amin")]):
        wrong = failure(check_withdrawals, board_of(OPENING, *acts), poll)
        assert wrong.check == "withdrawal.candidate"


def test_a_withdrawal_says_who_of_two_withdrew_where_two_stand_together_and_there_alone() -> None:
    def check(who: dict[str, str], ticket: object) -> None:
        rules = RULES | {"ticket": ticket}
        kind, content = left("A with B")
        check_contests(board_of(("notice", {"contests": [told([], **rules)]}),
                                (kind, {**content, **who}), named(["C with D"], **rules)))

    posts = {"first": "Leader", "second": "Deputy leader"}
    check({"who": "first"}, posts)
    check({}, None)
    assert failure(check, {}, posts).check == "withdrawal.who"
    assert failure(check, {"who": "first"}, None).check == "withdrawal.who"


def test_the_count_passes_over_who_withdrew_after_the_opening_if_the_notice_says_so() -> None:
    board = board_of(left("Birch Bell"), OPENING, left("Ash Amin"))

    def places(rule: str) -> frozenset[int]:
        return passed_over(board, Contest("contest-1", 0, told(LOT, votes_of_withdrawn=rule)))

    assert places("pass-on") == {LOT.index("Ash Amin")}
    assert places("stand") == frozenset()
    assert reopens(board, told(LOT), ["Ash Amin"]) and not reopens(board, told(LOT), ["Cedar Cox"])
