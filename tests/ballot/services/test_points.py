"""Contests whose sections are worth points: from the set-up to the declaration (counting §12)."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from ballot.services.publish_notice import publish_notice
from ballot.services.set_up_contest import add_contest
from tests.ballot.factories import bring, code_of_refusal, content, election
from tests.ballot.ridings import CAST, POOLED, ridings

pytestmark = pytest.mark.django_db


def sums(sheet: dict[str, Any]) -> list[Fraction | int]:
    """The points of every stage, added up from the figures that are published."""
    return [sum(map(Fraction, stage["weighted"].values())) for stage in sheet["stages"]]


def test_points_decide_against_the_votes_and_every_stage_sums_to_those_of_the_ridings() -> None:
    run = ridings(at="declared")

    sheet = content(run, "declaration")["contests"][0]["sheet"]
    voted = [code for code, told in CAST.items() if told]
    assert sums(sheet) == [100 * len(voted)] * 2
    assert sheet["rules"]["points"] == {
        "Calgary": 100, "Durham": 100, "Halifax": 100, "Kenora": 100, POOLED: 200,
    }
    first, last = sheet["stages"]
    assert first["weighted"] == {
        "Ash Amin": "207.55", "Birch Bell": "207.19", "Cedar Cox": "185.26",
    }
    assert last["weighted"] == {"Ash Amin": "212.22", "Birch Bell": "387.78"}
    assert last["votes"] == {"Ash Amin": 20, "Birch Bell": 17}
    assert sheet["elected"] == ["Birch Bell"]
    assert sheet["percentages"]["words"] == "of all points"


def test_the_board_says_what_a_section_is_worth_and_the_notice_from_when_on_it_is_fixed() -> None:
    run = election(at="nominating", points=100, points_floor=100)

    told = content(run, "notice")

    (contest,) = told["contests"]
    assert (contest["points"], contest["points_floor"], contest["weights"]) == (100, 100, None)
    words = " ".join(line for part in told["words"] for line in part["paragraphs"])
    assert "Every section is worth 100 points, however many vote in it." in words
    assert "count as one, with their points added" in words
    assert "with fewer than 100 votes at the first stage is worth as many points" in words
    plain = election(at="nominating", title="Plain 2026")
    assert "points" not in str(content(plain, "notice")["words"])


@pytest.mark.parametrize(
    ("rules", "code"),
    [
        ({"method": "stv", "points": 100}, "contest.points"),
        ({"method": "av", "points": 0}, "contest.points"),
        ({"method": "av", "points": 1001}, "contest.points"),
        ({"method": "av", "points": 100, "weights": {"member": 1}}, "contest.points"),
        ({"method": "av", "points": 100, "points_floor": 101}, "contest.floor"),
        ({"method": "av", "points": 100, "points_floor": -1}, "contest.floor"),
        ({"method": "av", "points_floor": 1}, "contest.floor"),
    ],
)
def test_points_that_no_method_counts_are_refused(rules: dict[str, Any], code: str) -> None:
    run = election()
    for points, floor, method in ((1, 0, "av"), (1000, 1000, "plurality")):
        add_contest(run.election_id, title=f"Post {points}", method=method, points=points,
                    points_floor=floor, **run.by)

    found = code_of_refusal(lambda: add_contest(run.election_id, title="X", **rules, **run.by))

    assert found == code
    assert run.election.contests.count() == 3


@pytest.mark.parametrize(
    "wrong",
    [
        {"method": "stv"}, {"points": 0}, {"points": 1001}, {"weights": {"member": 1}},
        {"points_floor": 101}, {"points": None, "points_floor": 1},
    ],
)
def test_the_database_refuses_points_that_no_method_counts(wrong: dict[str, Any]) -> None:
    contests = election(points=50).election.contests
    assert contests.update(points=100, points_floor=100) == 1

    with pytest.raises(IntegrityError), transaction.atomic():
        contests.update(**wrong)


def test_the_notice_waits_while_all_points_together_are_more_than_a_count_takes(
    monkeypatch: pytest.MonkeyPatch
) -> None:
    run = election(points=50, sections=("member", "affiliated"))
    monkeypatch.setattr("ballot.checklist.MOST_PARTS", 99)

    refused = code_of_refusal(lambda: publish_notice(run.election_id, **run.by))

    assert refused == "election.not-ready"
    monkeypatch.setattr("ballot.checklist.MOST_PARTS", 100)
    publish_notice(run.election_id, **run.by)


def test_a_riding_with_few_electors_does_not_hold_up_the_opening() -> None:
    run = election(at="coded", sections=("member", "affiliated"), electors=7, smallest_box=4,
                   points=100)

    assert bring(run, to="polling").state == "polling"
