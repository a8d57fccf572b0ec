"""Corrections as numbered versions, the sums of what is published, and the turnout's base."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pytest

from ballot.models import Declaration
from ballot.services.correct_result import correct_result
from ballot.services.declare import declare
from ballot.services.declared_content import require_sums
from office.refusal import Refusal
from tests.ballot.factories import (
    REASON,
    Run,
    code_of_refusal,
    content,
    election,
    kinds,
    recorded,
)

pytestmark = pytest.mark.django_db


def correct(run: Run, **other: Any) -> None:
    correct_result(run.election_id, **{**run.by_two, "reason": REASON, **other})


def test_a_correction_is_the_next_version_and_the_one_before_stays() -> None:
    run = election(at="declared")
    first = Declaration.objects.get().content

    correct(run)
    correct(run, reason="Another mistake was found.")

    versions = list(Declaration.objects.order_by("version").values_list("version", flat=True))
    assert versions == [1, 2, 3]
    assert Declaration.objects.get(version=1).content == first
    assert content(run, "correction") == first | {
        "reason": "Another mistake was found.", "version": 3
    }
    assert kinds(run)[-3:] == ["declaration", "correction", "correction"]
    assert recorded("correct_result", subject=("election", str(run.election_id))) == [
        run.officers, run.officers
    ]


def test_a_correction_takes_two_officers_a_reason_and_a_declaration() -> None:
    run = election(at="counted")

    assert code_of_refusal(lambda: correct(run)) == "election.wrong-state"
    declare(run.election_id, **run.by_two)
    assert code_of_refusal(lambda: correct(run, seconded_by=None)) == "approval.two-officers"
    assert code_of_refusal(lambda: correct(run, reason="short")) == "reason.length"
    assert Declaration.objects.count() == 1
    correct(run)
    assert Declaration.objects.count() == 2


CHANGES: dict[str, Callable[[dict[str, Any]], Any]] = {
    "more ballots than papers": lambda told: told["sections"][0].update(issued=1),
    "another number of papers": lambda told: sheet(told).update(blank=5),
    "a section's valid papers": lambda told: sheet(told)["sections"][0].update(valid=5),
    "a stage's exhausted papers": lambda told: sheet(told)["stages"][0].update(exhausted=5),
    "a stage's votes": lambda told: sheet(told)["stages"][0]["votes"].update({"Ash Amin": 5}),
    "a section's exhausted papers":
        lambda told: sheet(told)["stages"][0]["sections"]["Members"].update(exhausted=5),
    "another winner": lambda told: told["contests"][0].update(elected=["Cedar Cox"]),
    "nobody": lambda told: (sheet(told).update(elected=[]), told["contests"][0].update(elected=[])),
}


def sheet(told: dict[str, Any]) -> Any:
    return told["contests"][0]["sheet"]


def test_a_declaration_whose_sums_are_wrong_is_not_published() -> None:
    told = content(election(at="declared"), "declaration")
    require_sums(told)

    for name, change in CHANGES.items():
        wrong = copy.deepcopy(told)
        change(wrong)
        assert code_of_refusal(lambda w=wrong: require_sums(w)) == "declaration.sums", name


def test_the_turnout_is_of_the_base_that_the_notice_names() -> None:
    cast = content(election(at="declared"), "declaration")["contests"][0]["turnout"]
    assert cast == {"base": "ballots-cast", "issued": 7, "part": 7, "percent": "100.0%"}


def test_the_turnout_can_be_of_valid_papers_alone() -> None:
    from ballot.services.set_up import edit_election
    from tests.ballot.factories import bring

    run = election()
    edit_election(run.election_id, turnout_base="valid-papers", **run.by)
    bring(run, to="declared")

    valid = content(run, "declaration")["contests"][0]["turnout"]
    assert valid == {"base": "valid-papers", "issued": 7, "part": 6, "percent": "85.7%"}


def test_sealed_ballots_are_kept_at_least_as_long_as_the_result_may_be_challenged() -> None:
    from ballot.services.set_up import edit_election

    run = election()
    edit_election(run.election_id, challenge_days=30, keep_days=30, **run.by)

    with pytest.raises(Refusal) as refused:
        edit_election(run.election_id, challenge_days=31, keep_days=30, **run.by)
    assert refused.value.code == "election.kept-too-short"
