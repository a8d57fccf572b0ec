"""The role of web and workers takes off a draft what the notice would keep."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import Error, connection, transaction

from ballot.models import Contest, NominatingBody, PlannedDate
from ballot.services.nominating_bodies import add_body, remove_body
from ballot.services.plan_dates import plan_dates
from ballot.services.set_up_contest import remove_contest
from config.database_access import grant_access, owns_tables
from tests.ballot.factories import Run, bring, election, now

pytestmark = pytest.mark.django_db


@pytest.fixture
def at_work() -> Iterator[Run]:
    """A draft, with the process signed in as a role of this test's own."""
    run = election()
    name = f"work_{uuid4().hex[:12]}"
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE ROLE {name} LOGIN")
        grant_access(name)
        cursor.execute(f"SET ROLE {name}")
    assert not owns_tables()
    yield run
    with connection.cursor() as cursor:
        cursor.execute("RESET ROLE")


def test_a_date_is_taken_off_a_draft_and_stays_once_the_notice_is_out(at_work: Run) -> None:
    at = now() + timedelta(days=9)
    plan_dates(at_work.election_id, dates={"declaration": at, "count": None}, **at_work.by)
    plan_dates(at_work.election_id, dates={"declaration": None, "count": at}, **at_work.by)
    assert [date.step for date in PlannedDate.objects.all()] == ["count"]

    bring(at_work, to="nominating")

    kept = pytest.raises(Error, match="moves to a later hour alone")
    with kept, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM ballot_planneddate")


def test_a_contest_and_a_nominating_body_are_taken_off(at_work: Run) -> None:
    body = add_body(at_work.election_id, kind="branch", name="Borth", **at_work.by)
    remove_body(body, **at_work.by)
    remove_contest(at_work.contest.pk, **at_work.by)

    assert not NominatingBody.objects.exists()
    assert not Contest.objects.exists()
