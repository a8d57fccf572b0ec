"""The notice, the statement of persons nominated, and candidates who withdraw."""

from __future__ import annotations

import pytest

from ballot.models import Candidate
from ballot.services.declare import declare
from ballot.services.open_poll import open_poll
from ballot.services.publish_candidates import publish_candidates, reopen_nominations
from ballot.services.publish_notice import publish_notice
from ballot.services.set_up import edit_election
from ballot.services.set_up_candidate import add_candidate
from ballot.services.set_up_contest import remove_contest
from ballot.services.withdraw_candidate import withdraw_candidate
from tests.ballot.factories import (
    SOFTWARE,
    Run,
    bring,
    code_of_refusal,
    content,
    election,
    kinds,
    recorded,
)

pytestmark = pytest.mark.django_db


def withdraw(run: Run, name: str) -> None:
    candidate = Candidate.objects.get(contest__election=run.election_id, name=name)
    withdraw_candidate(candidate.pk, **run.by)


def test_the_notice_fixes_the_rules_before_anybody_stands() -> None:
    run = election(stop="two", tie_rule="lot")

    publish_notice(run.election_id, **run.by)

    told = content(run, "notice")
    assert run.state == "nominating"
    assert told["contests"] == [{
        "candidates": [], "gates": [], "max_preferences": None, "method": "av", "places": 1,
        "points": None, "points_floor": 0,
        "names_order": "alphabet", "position": 0, "reopen_nominations": False, "stop": "two",
        "tie_rule": "lot", "title": "Leader", "unopposed": False, "votes_of_withdrawn": "pass-on",
        "ticket": None, "weights": None,
    }]
    assert told["eligibility"]["sections"] == ["member"]
    assert told["turnout_by_section_shows_during_the_poll"] is True
    done = recorded("publish_notice", subject=("election", str(run.election_id)))
    assert done == [(run.officers[0], None)]


@pytest.mark.parametrize("missing", ["party", "returning_officer", "helped_routes"])
def test_a_notice_that_lacks_something_waits(missing: str) -> None:
    run = election()
    edit_election(run.election_id, **run.by, **{missing: ""})

    code = code_of_refusal(lambda: publish_notice(run.election_id, **run.by))
    edit_election(run.election_id, **run.by, **{missing: "Now it is there."})
    publish_notice(run.election_id, **run.by)

    assert code == "election.not-ready"
    assert run.state == "nominating"


def test_the_statement_names_who_stands_in_the_order_of_the_paper() -> None:
    run = election(at="nominating", candidates=("Cedar Cox", "Ash Amin"), reopen_nominations=True)
    add_candidate(run.contest.pk, name="Birch Bell", **run.by)

    publish_candidates(run.election_id, **run.by)

    (told,) = content(run, "candidates")["contests"]
    assert told["candidates"] == ["Ash Amin", "Birch Bell", "Cedar Cox", "Re-open nominations"]
    assert not told["unopposed"]


def test_a_contest_in_which_nobody_stands_cannot_be_published() -> None:
    run = election(at="nominating", candidates=())

    code = code_of_refusal(lambda: publish_candidates(run.election_id, **run.by))
    add_candidate(run.contest.pk, name="Ash Amin", **run.by)
    publish_candidates(run.election_id, **run.by)

    assert code == "election.not-ready"
    assert run.contest.unopposed


def test_one_of_several_contests_in_which_nobody_stands_is_struck_and_the_board_says_so() -> None:
    run = election(at="nominating", candidates=(), reopen_nominations=True, other_contests=(
        {"title": "Deputy", "candidates": ("Dot", "Eli")},
    ))
    leader, deputy = run.election.contests.order_by("position")
    assert code_of_refusal(
        lambda: publish_candidates(run.election_id, **run.by)
    ) == "election.not-ready"

    assert code_of_refusal(lambda: remove_contest(deputy.pk, **run.by)) == "contest.stands"
    remove_contest(leader.pk, **run.by)
    for name in ("Dot", "Eli"):
        withdraw(run, name)
    # The last one stays, for an election without a contest is void.
    assert code_of_refusal(lambda: remove_contest(deputy.pk, **run.by)) == "contest.stands"
    for name in ("Dot", "Eli"):
        add_candidate(deputy.pk, name=name, **run.by)
    publish_candidates(run.election_id, **run.by)

    assert content(run, "contest-struck") == {"contest": "Leader"}
    (told,) = content(run, "candidates")["contests"]
    assert (told["title"], told["position"]) == ("Deputy", 0)


def test_who_withdrew_and_is_nominated_again_stands_again() -> None:
    run = election(at="nominated")
    withdraw(run, "Birch Bell")
    reopen_nominations(run.election_id, **run.by)

    added = add_candidate(run.contest.pk, name="birch bell", statement="After all.", **run.by)
    publish_candidates(run.election_id, **run.by)

    birch = Candidate.objects.get(pk=added)
    assert (birch.name, birch.statement, birch.withdrawn_at) == ("birch bell", "After all.", None)
    assert content(run, "candidates")["contests"][0]["candidates"] == [
        "Ash Amin", "birch bell", "Cedar Cox"
    ]
    assert code_of_refusal(
        lambda: add_candidate(run.contest.pk, name="Birch Bell", **run.by)
    ) == "election.wrong-state"


def test_more_rankings_than_can_be_told_apart_stop_the_statement() -> None:
    names = tuple(f"Candidate {letter}" for letter in "ABCDEFGHIJ")
    run = election(at="nominating", candidates=names)

    code = code_of_refusal(lambda: publish_candidates(run.election_id, **run.by))
    for name in names[8:]:
        withdraw(run, name)
    publish_candidates(run.election_id, **run.by)

    assert code == "election.not-ready"
    assert run.state == "nominated"


def test_nominations_are_taken_again_before_the_freeze() -> None:
    run = election(at="nominated", candidates=("Ash Amin",))
    assert run.contest.unopposed

    reopen_nominations(run.election_id, **run.by)
    add_candidate(run.contest.pk, name="Birch Bell", **run.by)
    publish_candidates(run.election_id, **run.by)

    assert not run.contest.unopposed
    assert kinds(run) == ["notice", "candidates", "nominations-reopened", "candidates"]


def test_who_withdraws_after_being_named_leaves_the_paper_with_an_entry() -> None:
    run = election(at="coded")

    withdraw(run, "Birch Bell")
    open_poll(run.election_id, software=SOFTWARE, **run.by_two)

    assert content(run, "withdrawal") == {"candidate": "Birch Bell", "contest": "Leader"}
    (told,) = content(run, "opening")["contests"]
    assert told["candidates"] == ["Ash Amin", "Cedar Cox"]
    assert run.contest.candidates.get(name="Birch Bell").position is None
    assert run.contest.candidates.get(name="Cedar Cox").position == 1


def test_who_withdraws_while_nominations_are_open_was_never_named() -> None:
    run = election(at="nominating")

    withdraw(run, "Birch Bell")
    bring(run, to="nominated")

    assert kinds(run) == ["notice", "candidates"]
    assert content(run, "candidates")["contests"][0]["candidates"] == ["Ash Amin", "Cedar Cox"]


def test_a_withdrawal_stands_once_and_ron_never_withdraws() -> None:
    run = election(at="nominated", reopen_nominations=True)
    withdraw(run, "Birch Bell")

    assert code_of_refusal(lambda: withdraw(run, "Birch Bell")) == "candidate.withdrawn"
    code = code_of_refusal(lambda: withdraw(run, "Re-open nominations"))

    assert code == "candidate.not-a-person"
    assert kinds(run).count("withdrawal") == 1


def test_one_candidate_left_is_unopposed_and_declared_without_a_count() -> None:
    run = election(at="coded", candidates=("Ash Amin", "Birch Bell"))
    withdraw(run, "Birch Bell")
    assert run.contest.unopposed

    code = code_of_refusal(
        lambda: open_poll(run.election_id, software=SOFTWARE, **run.by_two)
    )
    declare(run.election_id, **run.by_two)

    (told,) = content(run, "declaration")["contests"]
    assert code == "election.not-ready"
    assert run.state == "declared"
    assert told == {"code": "contest-1", "elected": ["Ash Amin"], "title": "Leader",
                    "unopposed": True}


def test_one_candidate_and_ron_on_the_paper_go_to_a_poll() -> None:
    run = election(at="coded", candidates=("Ash Amin", "Birch Bell"), reopen_nominations=True)

    withdraw(run, "Birch Bell")
    open_poll(run.election_id, software=SOFTWARE, **run.by_two)

    assert not run.contest.unopposed
    (told,) = content(run, "opening")["contests"]
    assert told["candidates"] == ["Ash Amin", "Re-open nominations"]
