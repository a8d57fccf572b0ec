"""The roll of an election that is over goes on its day, with what was written about its people."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from ballot.acts import amend_parameters, amend_subject
from ballot.retention import kept_until
from ballot.services.destroy_roll import destroy_roll
from ballot.services.void_election import void_election
from ballot.times import day_words
from members.models import Roll, RollEntry
from office.models import Approval
from office.services.approvals import approve_act, propose_act
from tests.ballot.factories import REASON, Run, code_of_refusal, election, entries, now
from tests.office.factories import officer, sign_in

pytestmark = [pytest.mark.django_db, pytest.mark.tables_owner]

GROUNDS = "Dilys Quarrel of Tarn Lane was expelled by the panel."


def due(run: Run) -> int:
    """The roll, of which two officers set a day that has come."""
    roll = run.election.roll_id
    assert roll is not None
    Roll.objects.filter(pk=roll).update(
        destroy_on=date(2020, 1, 1), destroy_ordered_by=run.officers[0],
        destroy_seconded_by=run.officers[1],
    )  # fmt: skip
    return roll


def struck(run: Run) -> Approval:
    """A proposal to strike somebody off, approved."""
    member: Any = entries(run)[0].member_id
    approval = propose_act(
        "amend_roll", subject=amend_subject(run.election, member), by=officer().pk, now=now(),
        parameters=amend_parameters(
            run.election, member, kind="remove", reason="excluded", grounds=GROUNDS
        ),
    )  # fmt: skip
    approve_act(approval.pk, by=officer().pk, now=now())
    return approval


def test_a_roll_that_an_election_still_needs_is_kept_whatever_its_day() -> None:
    run = election(at="polling")
    roll = due(run)

    assert code_of_refusal(lambda: destroy_roll(roll, now=now())) == "roll.election-not-over"

    assert not RollEntry.objects.filter(roll_id=roll, family_name="").exists()
    void_election(run.election_id, reason=REASON, **run.by_two)
    destroy_roll(roll, now=now() + timedelta(days=366))
    assert not RollEntry.objects.filter(roll_id=roll).exclude(family_name="").exists()


@pytest.mark.parametrize("end", ["declared", "void"])
def test_a_roll_is_kept_for_the_days_of_the_notice_whatever_its_day(end: str) -> None:
    run = election(at="polling" if end == "void" else end)
    if end == "void":
        void_election(run.election_id, reason=REASON, **run.by_two)
    roll = due(run)
    last_day, day_after = (now() + timedelta(days=days) for days in (365, 366))

    assert code_of_refusal(lambda: destroy_roll(roll, now=last_day)) == "roll.kept-by-notice"
    assert not RollEntry.objects.filter(roll_id=roll, family_name="").exists()
    destroy_roll(roll, now=day_after)

    assert not RollEntry.objects.filter(roll_id=roll).exclude(family_name="").exists()


def test_a_day_on_which_the_notice_still_keeps_the_roll_is_not_even_proposed(
    client: Client,
) -> None:
    run = election(at="declared")
    last = kept_until(run.election)
    assert last is not None
    page = reverse("roll_destruction", args=[run.election.roll_id])
    desk = sign_in(client, officer())

    refused = desk.post(page, {"destroy_on": last.isoformat()})
    assert not Approval.objects.filter(act="set_destruction_date").exists()
    taken = desk.post(page, {"destroy_on": (last + timedelta(days=1)).isoformat()})

    assert refused.status_code == 400
    assert f"keeps its roll until {day_words(last)}, that day included" in refused.text
    assert taken.status_code == 302
    assert Approval.objects.filter(act="set_destruction_date").count() == 1


def test_the_grounds_of_amendments_leave_their_proposals_and_the_act_stays_told() -> None:
    run = election(at="frozen")
    approval = struck(run)
    assert GROUNDS in approval.sentence
    void_election(run.election_id, reason=REASON, **run.by_two)

    rows = destroy_roll(due(run), now=now() + timedelta(days=366))

    approval.refresh_from_db()
    assert "Quarrel" not in approval.sentence + str(approval.parameters)
    assert "is struck off the roll of" in approval.sentence
    assert approval.sentence.endswith("The grounds went with the roll.")
    assert rows["office_approval"] == 1
