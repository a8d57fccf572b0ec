"""Candidates who withdraw while the poll is open or after it, by either rule of the notice."""

from __future__ import annotations

import pytest

from ballot.models import Candidate, Count
from ballot.services.correct_result import correct_result
from ballot.services.count_papers import count_papers
from ballot.services.declare import declare
from ballot.services.recount import ask_recount, decide_recount
from ballot.services.withdraw_candidate import withdraw_candidate
from office.permissions import Role
from tests.ballot.factories import (
    REASON,
    Run,
    boxes,
    bring,
    code_of_refusal,
    commit,
    content,
    election,
    kinds,
    no_triggers,
    now,
    part_of,
)
from tests.office.factories import staff

pytestmark = pytest.mark.django_db


def withdraw(run: Run, name: str) -> None:
    candidate = Candidate.objects.get(contest__election=run.election_id, name=name)
    withdraw_candidate(candidate.pk, **run.by)


def test_votes_for_who_withdraws_during_the_poll_pass_on_and_the_paper_stays() -> None:
    run = election(at="polling")

    withdraw(run, "Ash Amin")
    bring(run, to="declared")

    assert kinds(run)[-1] == "declaration" and kinds(run).count("candidates") == 1
    assert content(run, "withdrawal") == {"candidate": "Ash Amin", "contest": "Leader"}
    assert content(run, "opening")["contests"][0]["candidates"][0] == "Ash Amin"
    (told,) = content(run, "declaration")["contests"]
    # Of Ash's three papers one passes to Birch, one to Cedar, and one names nobody else.
    assert told["sheet"]["withdrawn"] == ["Ash Amin"]
    assert told["sheet"]["stages"][0]["votes"] == {"Birch Bell": 3, "Cedar Cox": 2}
    assert told["elected"] == ["Birch Bell"] and told["nominations_reopen"] is False


@pytest.mark.parametrize("method", ["av", "plurality", "stv"])
def test_the_one_who_is_left_during_the_poll_is_elected_by_the_count_and_not_unopposed(
    method: str,
) -> None:
    run = election(at="polling", candidates=("Ash Amin", "Birch Bell"), method=method,
                   rankings=((0,), (0,), ()))

    withdraw(run, "Ash Amin")
    bring(run, to="declared")

    (told,) = content(run, "declaration")["contests"]
    assert told["elected"] == ["Birch Bell"] and told["unopposed"] is False
    assert told["sheet"]["withdrawn"] == ["Ash Amin"]
    assert kinds(run).count("candidates") == 1


def test_where_votes_stand_who_withdrew_can_win_and_then_nominations_open_again() -> None:
    run = election(at="polling", votes_of_withdrawn="stand")

    withdraw(run, "Ash Amin")
    bring(run, to="declared")

    (told,) = content(run, "declaration")["contests"]
    assert told["sheet"]["withdrawn"] == []
    assert told["elected"] == ["Ash Amin"] and told["nominations_reopen"] is True


def test_who_withdraws_after_the_close_is_passed_over_until_a_box_is_being_opened() -> None:
    run = election(at="mixed")

    withdraw(run, "Ash Amin")
    bring(run, to="opened")
    late = code_of_refusal(lambda: withdraw(run, "Birch Bell"))
    bring(run, to="counted")

    assert late == "election.wrong-state"
    assert Count.objects.get().sheet["withdrawn"] == ["Ash Amin"]


def test_nobody_withdraws_once_a_trustee_has_begun_to_open() -> None:
    run = election(at="mixed", demonstration=False)
    (box,), share = boxes(run), run.shares[0]
    withdraw(run, "Cedar Cox")
    commit(run, box, share.number, part_of(run, box, share))

    assert code_of_refusal(lambda: withdraw(run, "Birch Bell")) == "candidate.box-opening"

    assert run.contest.candidates.get(name="Birch Bell").withdrawn_at is None


def test_the_last_who_is_left_stays_where_votes_pass_on() -> None:
    run = election(at="polling", candidates=("Ash Amin", "Birch Bell"))
    withdraw(run, "Ash Amin")

    assert code_of_refusal(lambda: withdraw(run, "Birch Bell")) == "candidate.nobody-left"
    assert code_of_refusal(lambda: withdraw(run, "Ash Amin")) == "candidate.withdrawn"

    assert kinds(run).count("withdrawal") == 1


def test_a_withdrawal_that_the_board_does_not_know_stops_the_count() -> None:
    run = election(at="opened")
    ash = run.contest.candidates.filter(name="Ash Amin")
    with no_triggers():
        ash.update(withdrawn_at="2026-01-01T00:00:00Z")

    code = code_of_refusal(lambda: count_papers(run.election_id, **run.by))
    with no_triggers():
        ash.update(withdrawn_at=None)
    count_papers(run.election_id, **run.by)

    assert code == "paper.withdrawals-not-as-told"


def test_a_withdrawal_that_the_board_does_not_know_stops_a_recount_and_the_declaration() -> None:
    run = election(at="counted")
    agent = staff(Role.CANDIDATES_AGENT).pk
    asked = ask_recount(run.contest.pk, grounds="A stage looks odd.", by=agent, now=now())
    ash = run.contest.candidates.filter(name="Ash Amin")

    def withdrawn(at: str | None) -> None:
        with no_triggers():
            ash.update(withdrawn_at=at)

    def recount() -> None:
        decide_recount(asked, granted=True, reason=REASON, **run.by)

    withdrawn("2026-01-01T00:00:00Z")
    codes = [code_of_refusal(recount)]
    withdrawn(None)
    recount()
    withdrawn("2026-01-01T00:00:00Z")
    codes.append(code_of_refusal(lambda: declare(run.election_id, **run.by_two)))
    withdrawn(None)
    declare(run.election_id, **run.by_two)

    assert codes == ["paper.withdrawals-not-as-told"] * 2
    (told,) = content(run, "declaration")["contests"]
    assert told["nominations_reopen"] is False


@pytest.mark.parametrize("at", ["counted", "declared"])
def test_who_won_does_not_become_reopen_nominations_by_a_row_that_was_changed(at: str) -> None:
    run = election(at=at)
    ash = run.contest.candidates.filter(name="Ash Amin")

    def say() -> None:
        if at == "counted":
            declare(run.election_id, **run.by_two)
        else:
            correct_result(run.election_id, reason=REASON, **run.by_two)

    with no_triggers():
        ash.update(is_reopen_nominations=True)
    code = code_of_refusal(say)
    with no_triggers():
        ash.update(is_reopen_nominations=False)
    say()

    assert code == "paper.not-as-opened"
    told = content(run, "declaration" if at == "counted" else "correction")["contests"]
    assert [one["nominations_reopen"] for one in told] == [False]


def test_a_withdrawal_that_the_board_does_not_know_stops_a_correction() -> None:
    run = election(at="declared")
    ash = run.contest.candidates.filter(name="Ash Amin")
    with no_triggers():
        ash.update(withdrawn_at="2026-01-01T00:00:00Z")

    code = code_of_refusal(lambda: correct_result(run.election_id, reason=REASON, **run.by_two))
    with no_triggers():
        ash.update(withdrawn_at=None)
    correct_result(run.election_id, reason=REASON, **run.by_two)

    assert code == "paper.withdrawals-not-as-told"
