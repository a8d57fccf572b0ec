"""What the board fixed is what is used: a changed table is found before anything rests on it."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction

from ballot.models import Candidate, Contest, Credential, TurnoutCount
from ballot.services.as_published import require_keys_as_published
from ballot.services.count_papers import count_papers
from ballot.services.declare import declare
from ballot.services.verify_register import verify_register
from members.models import RollEntry, Section
from office.refusal import Refusal
from tests.ballot.factories import (
    Run,
    bring,
    content,
    election,
    no_triggers,
)

pytestmark = pytest.mark.django_db


def refused(run: Run) -> str:
    with pytest.raises(Refusal) as why, transaction.atomic():
        verify_register(run.election_id, **run.by)
    return why.value.code


def swap_names(run: Run) -> None:
    one, two = run.contest.candidates.order_by("position")[:2]
    Candidate.objects.filter(pk=one.pk).update(position=None)
    Candidate.objects.filter(pk=two.pk).update(position=one.position)
    Candidate.objects.filter(pk=one.pk).update(position=two.position)


def test_names_that_changed_places_after_the_opening_are_found() -> None:
    run = election(at="closed")
    swap_names(run)
    found = refused(run)

    swap_names(run)
    verify_register(run.election_id, **run.by)

    assert found == "paper.not-as-opened"
    assert run.state == "verified"


def test_a_rule_that_changed_before_the_count_is_found() -> None:
    run = election(at="opened")
    Contest.objects.filter(pk=run.contest.pk).update(tie_rule="lot")

    with pytest.raises(Refusal) as why, transaction.atomic():
        count_papers(run.election_id, **run.by)
    Contest.objects.filter(pk=run.contest.pk).update(tie_rule="earlier-stages-then-lot")
    count_papers(run.election_id, **run.by)

    assert why.value.code == "paper.not-as-opened"
    assert run.state == "counted"


def test_a_ballot_under_a_key_that_the_board_does_not_name_is_found() -> None:
    run = election(at="closed")
    require_keys_as_published(run.election)
    credential = Credential.objects.filter(election=run.election).order_by("pk")[0]
    key = bytes(credential.public_key)
    with no_triggers():
        Credential.objects.filter(pk=credential.pk).update(
            public_key=bytes([key[0] ^ 1]) + key[1:]
        )

    with pytest.raises(Refusal) as why:
        require_keys_as_published(run.election)

    assert why.value.code == "register.key-not-published"


def test_the_database_refuses_another_key_for_a_credential() -> None:
    run = election(at="coded")
    credential = Credential.objects.filter(election=run.election).order_by("pk")[0]

    with pytest.raises(IntegrityError, match="never changed"), transaction.atomic():
        Credential.objects.filter(pk=credential.pk).update(public_key=bytes(32))
    with pytest.raises(IntegrityError, match="never changed"), transaction.atomic():
        credential.delete()
    Credential.objects.filter(pk=credential.pk).update(force="revoked")

    credential.refresh_from_db()
    assert credential.force == "revoked"


def test_a_roll_that_changed_after_the_freeze_is_found() -> None:
    run = election(at="closed")
    entry = RollEntry.objects.filter(roll=run.election.roll_id).order_by("pk")[0]
    with no_triggers():
        RollEntry.objects.filter(pk=entry.pk).update(email="somebody.else@example.org")
    found = refused(run)
    with no_triggers():
        RollEntry.objects.filter(pk=entry.pk).update(email=entry.email)

    verify_register(run.election_id, **run.by)

    assert found == "roll.not-as-frozen"
    assert run.state == "verified"


def test_the_declared_turnout_is_counted_from_the_ballots_and_not_from_the_counters() -> None:
    run = election(at="counted")
    TurnoutCount.objects.filter(election=run.election).update(ballots=1)

    declare(run.election_id, **run.by_two)

    told = content(run, "declaration")["sections"]
    assert sum(section["ballots"] for section in told) == 7


def test_sections_with_long_names_are_pooled_in_one_box_and_counted() -> None:
    codes = ("member", "affiliated", "registered", "youth")
    run = election(at="closed", sections=codes, smallest_box=50)
    for section in Section.objects.all():
        Section.objects.filter(pk=section.pk).update(name=f"{section.code} " + "x" * 45)

    bring(run, to="counted")

    label = run.contest.boxes.get().label
    assert len(label) < 200 and label.endswith(" and 1 more")
    assert [one["name"] for one in run.contest.count.sheet["sections"]] == [label]
    assert run.contest.count.sheet["sums_agree"]
