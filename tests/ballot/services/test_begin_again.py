"""The election that follows where nominations open again."""

from __future__ import annotations

import pytest

from ballot.lifecycle import State
from ballot.models import Election
from ballot.selectors import standing
from ballot.services.begin_again import begin_again
from ballot.services.void_election import void_election
from ballot.views.act_table import besides_business
from tests.ballot.factories import REASON, bring, code_of_refusal, election
from tests.ballot.services.nominating import nominating

pytestmark = pytest.mark.django_db

# On a paper of Ash, Birch and RON, who comes last.
FOR_RON = ((2,), (2,), (2,), (2,), (0,), (1,), ())


def offered(run: Election) -> bool:
    return "begin_again" in {act.name for act in besides_business(run)}


def test_where_ron_wins_a_draft_has_that_post_its_rules_and_the_bodies_and_nobody_on_it() -> None:
    run = nominating(
        candidates=("Ash Amin", "Birch Bell"), rankings=FOR_RON, reopen_nominations=True,
        statement_words=300, tie_rule="lot",
        other_contests=[{"title": "Deputy", "candidates": ("Dot Dyer",)}],
    )
    bring(run, to="declared")

    new = Election.objects.get(pk=begin_again(run.election_id, **run.by))

    assert offered(run.election)
    assert new.stage is State.DRAFT and new.rules is None and new.opens_at is None
    assert new.title == "Leader 2026 (nominations opened again)"
    assert (new.returning_officer, new.smallest_box) == ("Ruth Adeyemi", 1)
    (contest,) = new.contests.all()
    assert (contest.title, contest.statement_words, contest.tie_rule) == ("Leader", 300, "lot")
    assert [one.name for one in standing(contest)] == ["Re-open nominations"]
    assert new.nominating_bodies.count() == 6
    again = code_of_refusal(lambda: begin_again(run.election_id, **run.by))
    assert again == "again.begun"


def test_where_every_post_is_filled_nothing_is_begun_and_of_a_void_election_all_is() -> None:
    filled = election(at="declared")
    void = election(title="Another", candidates=("Eve Elm", "Fay Fox"))
    void_election(void.election_id, reason=REASON, **void.by_two)

    assert code_of_refusal(lambda: begin_again(filled.election_id, **filled.by)) == "again.nothing"
    new = Election.objects.get(pk=begin_again(void.election_id, **void.by))

    assert not offered(filled.election) and offered(void.election)
    assert [one.title for one in new.contests.all()] == ["Leader"]
