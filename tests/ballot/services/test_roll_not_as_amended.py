"""A roll, codes or ballots changed behind the services' back: the verification finds it."""

from __future__ import annotations

import pytest
from django.db import connection

from ballot.models import Credential, Election
from ballot.services.verify_register import verify_register
from members.models import RollEntry
from tests.ballot.amending import close, left_out, set_aside, strike, with_rule
from tests.ballot.factories import cast, cast_all, code_of_refusal, election, entries, no_triggers

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("statement", "code"),
    [
        ("UPDATE members_amendedentry SET email = 'x@example.org'", "roll.not-as-amended"),
        ("UPDATE members_amendment SET reason = 'died'", "roll.not-as-amended"),
        ("DELETE FROM members_amendedentry", "roll.not-as-amended"),
        ("UPDATE ballot_election SET ballot_of_excluded = 'stands'", "set-aside.rule-changed"),
        ("DELETE FROM ballot_setaside", "election.not-ready"),
    ],
)
def test_tampering_with_amendments_or_what_was_set_aside_is_found(
    statement: str, code: str
) -> None:
    run = with_rule(election(electors=3, rankings=((0,),) * 3), "set-aside")
    cast_all(run)
    strike(run, 0)
    close(run)
    set_aside(run)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    with no_triggers(), connection.cursor() as cursor:
        cursor.execute(statement)

    assert code_of_refusal(lambda: verify_register(run.election_id, **run.by)) == code


def test_a_code_of_somebody_on_the_roll_that_was_taken_makes_the_sum_wrong() -> None:
    run = election(at="polling", electors=3)
    cast(run, entries(run)[0], (0,))
    close(run)
    Credential.objects.filter(roll_entry=entries(run)[1].pk).update(force="revoked")

    assert code_of_refusal(lambda: verify_register(run.election_id, **run.by)) == (
        "register.roll-does-not-add-up"
    )


def test_an_entry_smuggled_into_the_roll_is_found() -> None:
    run = election(at="polling", electors=3)
    cast(run, entries(run)[0], (0,))
    close(run)
    RollEntry.objects.create(
        roll_id=run.election.roll_id, member_id=left_out(), family_name="Nobody", number="9",
        section=entries(run)[0].section,
    )

    assert code_of_refusal(lambda: verify_register(run.election_id, **run.by)) == (
        "roll.not-as-frozen"
    )
    assert Election.objects.get(pk=run.election_id).state == "closed"
