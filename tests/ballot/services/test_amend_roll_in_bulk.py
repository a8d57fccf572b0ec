"""Amendments of many at once: a list of numbers, drafted, approved and carried out whole."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from ballot.services.amend_roll import BULK_JOB, amend_roll_in_bulk
from ballot.services.codes import PURPOSE_ADDED
from ballot.services.register_account import account
from ballot.services.sealed_keys import opened
from ballot.services.verify_register import verify_register
from members.models import Amendment
from members.selectors import electors_now
from members.selectors.amendments import entry_ids_as_of
from members.services.draft_bulk import MOST_ROWS
from office.models import Job, Letter
from office.services.approvals import approve_act, propose_act
from office.services.working import work_job
from tests.ballot.amending import close, drafted, strike
from tests.ballot.factories import (
    Run,
    cast,
    code_of_refusal,
    content,
    election,
    entries,
    kinds,
    now,
)

pytestmark = pytest.mark.django_db


def carry_out(run: Run, bulk: Any, digest: str = "") -> None:
    amend_roll_in_bulk(run.election_id, bulk=bulk.pk, digest=digest or bytes(bulk.digest).hex(),
                       **run.by_two)


def test_a_court_order_of_a_thousand_is_one_amendment_one_entry_and_codes_for_those_named() -> None:
    run = election(at="polling", electors=1100, sections=("member", "affiliated"))
    cast(run, entries(run)[0], (0,))
    everybody = [entry.number for entry in entries(run)]
    out = drafted(run, "number", *everybody[:1000], "nobody-1")

    carry_out(run, out)

    told = content(run, "amendment")
    assert kinds(run).count("amendment") == 1
    assert told["changes"] == [
        {"change": "struck", "people": 500, "section": "affiliated"},
        {"change": "struck", "people": 500, "section": "member"},
    ]
    # One has voted, and keeps the ballot and the code.
    assert opened(told["keys"])["revoked"]["credentials"] == 999
    assert electors_now(run.election.roll_id or 0) == 100
    back = drafted(run, *everybody[:1000], kind="add")
    carry_out(run, back)
    told = content(run, "amendment")
    assert sum(one["credentials"] for one in opened(told["keys"])["issued"]) == 999
    assert Letter.objects.filter(purpose=PURPOSE_ADDED).count() == 999
    close(run)
    verify_register(run.election_id, **run.by)
    assert [one.electors for one in account(run.election)] == [550, 550]
    assert entry_ids_as_of(run.election.roll_id or 0, 1) == {
        entry.pk for entry in entries(run)[1000:]
    }


def test_a_set_is_carried_out_once_and_only_as_it_was_approved() -> None:
    run = election(at="polling", electors=3)
    bulk = drafted(run, "1000", "1001")
    other = drafted(run, "1000")

    assert code_of_refusal(lambda: carry_out(run, bulk, "00")) == "amendment.other-set"
    carry_out(run, bulk)
    # The job of a worker that died after its commit comes again: there is nothing left to do.
    carry_out(run, bulk)
    assert kinds(run).count("amendment") == 1
    # One of the other set is no longer on the roll: nothing of it is done.
    assert code_of_refusal(lambda: carry_out(run, other)) == "amendment.does-not-apply"

    assert Amendment.objects.count() == 1


def test_a_second_list_approved_while_the_first_is_under_way_goes_on_waiting() -> None:
    run = election(at="polling", electors=3)
    first, second = drafted(run, "1000"), drafted(run, "1001")
    given = {"act": "amend_roll_in_bulk", "subject": ("election", str(run.election_id))}
    waiting = []
    for bulk in (first, second):
        approval = propose_act(
            **given, **run.by, parameters={"bulk": bulk.pk, "digest": bytes(bulk.digest).hex()}
        )
        waiting.append(approval)
        if bulk == first:
            approve_act(approval.pk, by=run.officers[1], now=now())

    refused = code_of_refusal(
        lambda: approve_act(waiting[1].pk, by=run.officers[1], now=now())
    )

    assert refused == "amendment.under-way"
    waiting[1].refresh_from_db()
    assert waiting[1].state == "waiting"
    for approval in (None, waiting[1]):
        if approval:
            approve_act(approval.pk, by=run.officers[1], now=now())
        (job,) = Job.objects.filter(kind=BULK_JOB, state="open")
        work_job(job.pk)
    assert [row.bulk_id for row in Amendment.objects.order_by("number")] == [first.pk, second.pk]


def test_a_list_of_more_than_a_million_lines_is_refused_without_being_held() -> None:
    run = election(at="polling", electors=2)
    refused = code_of_refusal(lambda: drafted(run, *[""] * MOST_ROWS, "1000"))

    assert refused == "amendment.too-large"
    assert drafted(run, *[""] * 9, "1000").people == 1


@pytest.mark.tables_owner
def test_the_lines_that_name_nobody_are_kept_with_their_reasons() -> None:
    run = election(at="polling", electors=2)
    strike(run, 1)

    bulk = drafted(run, "1000", "1001", "77", "")

    assert bulk.people == 1
    assert [(row.line, row.number, row.why) for row in bulk.refused.all()] == [
        (2, "1001", "not-on-roll"), (3, "77", "unknown")
    ]
    assert code_of_refusal(lambda: drafted(run, "77")) == "amendment.nobody"
    for table in ("bulkamendment", "bulkline", "bulkrefused"):
        with (
            pytest.raises(IntegrityError, match="append-only"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(f"DELETE FROM members_{table}")
