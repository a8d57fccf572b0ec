"""The election that follows where nominations open again."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import models

from ballot.lifecycle import State
from ballot.models import Election
from ballot.selectors import standing
from ballot.services.begin_again import begin_again
from ballot.services.void_election import void_election
from ballot.views.act_table import besides_business
from tests.ballot.factories import REASON, bring, code_of_refusal, election, now
from tests.ballot.services.nominating import nominating

pytestmark = pytest.mark.django_db

# On a paper of Ash, Birch and RON, who comes last.
FOR_RON = ((2,), (2,), (2,), (2,), (0,), (1,), ())


# What a new election has of its own: a field that is added to an election is a setting, or here.
ANEW = {
    "id", "public_id", "slug", "title", "party", "demonstration", "begun_from", "opens_at",
    "closes_at", "nominations_close_at", "reminder_at", "last_reminder_at", "rules", "issuer",
    "state", "roll", "key", "envelopes_opened_at", "fingerprint",
}


def offered(run: Election) -> bool:
    return "begin_again" in {act.name for act in besides_business(run, now=now())}


def test_where_ron_wins_a_draft_has_that_post_its_rules_and_the_bodies_and_nobody_on_it() -> None:
    run = nominating(
        candidates=("Ash Amin", "Birch Bell"), rankings=FOR_RON, reopen_nominations=True,
        statement_words=300, tie_rule="lot",
        other_contests=[{"title": "Deputy", "candidates": ("Dot Dyer",)}],
    )
    bring(run, to="declared")

    assert offered(run.election)
    new = Election.objects.get(pk=begin_again(run.election_id, **run.by))

    assert not offered(run.election)
    assert new.stage is State.DRAFT and new.rules is None and new.opens_at is None
    assert new.title == "Leader 2026 (nominations opened again)"
    assert (new.returning_officer, new.smallest_box) == ("Ruth Adeyemi", 1)
    (contest,) = new.contests.all()
    assert (contest.title, contest.statement_words, contest.tie_rule) == ("Leader", 300, "lot")
    assert [one.name for one in standing(contest)] == ["Re-open nominations"]
    assert new.nominating_bodies.count() == 6
    Election.objects.filter(pk=new.pk).update(title="Another", state=State.NOMINATING.value)
    again = code_of_refusal(lambda: begin_again(run.election_id, **run.by))
    assert again == "again.begun"


def other_than_it_is(field: Any) -> Any:
    """A value of a field of the election's that no election has of itself."""
    if field.choices:
        return next(value for value, _ in field.choices if value != field.default)
    if field.name == "zone":
        return "Europe/Paris"
    if isinstance(field, models.BooleanField):
        return not field.default
    return field.default + 1 if isinstance(field, models.IntegerField) else "Otherwise"


def test_every_setting_of_the_first_is_taken_over() -> None:
    run = election()
    settings = {
        field.name: other_than_it_is(field)
        for field in Election._meta.concrete_fields if field.name not in ANEW
    }
    Election.objects.filter(pk=run.election_id).update(**settings)
    void_election(run.election_id, reason=REASON, **run.by_two)

    new = Election.objects.get(pk=begin_again(run.election_id, **run.by))

    assert {name: getattr(new, name) for name in settings} == settings
    assert {"complaints", "keep_days", "letters_in_welsh"} <= settings.keys()
    assert new.begun_from == run.election


def test_where_every_post_is_filled_nothing_is_begun_and_of_a_void_election_all_is() -> None:
    filled = election(at="declared")
    void = election(title="Another", candidates=("Eve Elm", "Fay Fox"))
    void_election(void.election_id, reason=REASON, **void.by_two)

    assert code_of_refusal(lambda: begin_again(filled.election_id, **filled.by)) == "again.nothing"
    assert not offered(filled.election) and offered(void.election)
    new = Election.objects.get(pk=begin_again(void.election_id, **void.by))

    assert [one.title for one in new.contests.all()] == ["Leader"]
