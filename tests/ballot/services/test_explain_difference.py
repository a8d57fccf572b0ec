"""Differences that can be explained stop the verification until two officers have done so."""

from __future__ import annotations

from typing import Any

import pytest

from ballot.models import Explanation
from ballot.services.explain_difference import explain_difference
from ballot.services.record_dispute import record_dispute
from ballot.services.verification_sums import verification_of
from ballot.services.verify_register import verify_register
from tests.ballot.factories import (
    REASON,
    Run,
    code_of_refusal,
    content,
    election,
    entries,
    now,
    recorded,
)

pytestmark = pytest.mark.django_db


def dispute(run: Run, place: int) -> None:
    record_dispute(run.election_id, recipient=entries(run)[place].public_id, now=now())


def explain(run: Run, **other: Any) -> None:
    given = {"difference": "disputed", "section": "member", "number": 1, "explanation": REASON}
    explain_difference(run.election_id, **{**run.by_two, **given, **other})


def verify(run: Run) -> str:
    verify_register(run.election_id, **run.by)
    return str(run.state)


def test_a_disputed_ballot_stops_the_verification_until_it_is_explained() -> None:
    run = election(at="closed")
    dispute(run, 0)

    assert code_of_refusal(lambda: verify(run)) == "election.not-ready"
    explain(run)

    assert verify(run) == "verified"
    assert content(run, "reconciliation")["explanations"] == [
        {"difference": "disputed", "explanation": REASON, "number": 1, "section": "member"}
    ]
    assert recorded("explain_difference", subject=("election", str(run.election_id))) == [
        run.officers
    ]


def test_an_explanation_is_of_just_so_many_and_by_two_officers() -> None:
    run = election(at="closed")
    dispute(run, 0)
    explain(run)
    dispute(run, 1)

    assert code_of_refusal(lambda: verify(run)) == "election.not-ready"
    assert code_of_refusal(lambda: explain(run, number=1)) == "difference.another-number"
    assert code_of_refusal(lambda: explain(run, section="other")) == "difference.none"
    assert code_of_refusal(lambda: explain(run, number=2, seconded_by=None)) == (
        "approval.two-officers"
    )
    assert code_of_refusal(lambda: explain(run, number=2, explanation="no")) == "reason.length"
    assert Explanation.objects.count() == 1
    explain(run, number=2)
    assert verify(run) == "verified"


def test_without_a_difference_there_is_nothing_to_explain_and_every_sum_holds() -> None:
    run = election(at="closed", sections=("member", "affiliated"))

    assert code_of_refusal(lambda: explain(run)) == "difference.none"
    sums = {one.code: one.sums for one in verification_of(run.election)}
    assert set(sums) == {"member", "affiliated"}
    assert all(each.holds for section in sums.values() for each in section)
    assert sums["member"][0].parts.endswith(
        "= 4 on the roll; 4 on the roll + 0 who cast and then were struck off = 4 papers issued; "
        "voting codes in force: 4"
    )
    assert sums["member"][1].parts.startswith("4 issued = 4 cast online + 0 unused")
    assert sums["member"][2].parts.startswith("4 marks (4 online) = 4 ballots cast online + 0 ")
    assert verify(run) == "verified"
    assert content(run, "reconciliation")["explanations"] == []
