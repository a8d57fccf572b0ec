"""The second count of a run: it agrees, does not know the method, or stops the count."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest

from ballot.counting import count, parse_profile
from ballot.counting.events import Count as CoreCount
from ballot.counting.events import Elected, Transfer
from ballot.models import Contest, Count, CountsDiffer
from ballot.opened_papers import counted, papers_for_tellers, profile_of, rules_of_count
from ballot.services import counted_twice
from ballot.services.count_papers import count_papers
from ballot.services.declare import declare
from ballot.tellers import NotKnown, Opened, PapersUnreadable, TieOpen
from ballot.tellers.tables import Moved, Tables
from office.refusal import Refusal
from tests.ballot.factories import Run, code_of_refusal, content, election, kinds
from tests.ballot.ridings import ridings

pytestmark = pytest.mark.django_db


def test_two_counts_that_disagree_stop_the_count_and_both_are_kept(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    run = election(at="opened")
    right = counted_twice.tell

    def wrong(opened: Any) -> Any:
        told = right(opened)
        told["stages"][0]["votes"]["Ash Amin"] += 1
        return told

    monkeypatch.setattr(counted_twice, "tell", wrong)
    with pytest.raises(Refusal, match="do not agree; 1 of their figures differ") as refused:
        count_papers(run.election_id, **run.by)

    assert refused.value.code == "count.disagrees"
    assert run.state == "opened" and not Count.objects.exists() and "count" not in kinds(run)
    kept = CountsDiffer.objects.get()
    assert kept.differences == ["stages 1, votes, Ash Amin: 3 and 4"]
    assert (kept.first["valid"], kept.second["valid"], kept.found_by) == (6, 6, "count")

    monkeypatch.setattr(counted_twice, "tell", right)
    count_papers(run.election_id, **run.by)
    assert Count.objects.get().second_count == "agrees"


@pytest.mark.parametrize("stops", [PapersUnreadable("no ranking"), TieOpen(1, ("Ann", "Bob"))])
def test_tellers_who_come_to_no_result_stop_the_count_too(
    monkeypatch: pytest.MonkeyPatch, stops: Exception
) -> None:
    run = election(at="opened")

    def stopped(opened: Any) -> Any:
        raise stops

    monkeypatch.setattr(counted_twice, "tell", stopped)
    with pytest.raises(Refusal) as refused:
        count_papers(run.election_id, **run.by)

    assert refused.value.code == "count.disagrees"
    assert CountsDiffer.objects.get().second == {"stopped": str(stops)}


def test_a_method_that_the_tellers_do_not_know_is_counted_once_and_declared_as_that(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    run = election(at="opened")

    def does_not_know(opened: Any) -> Any:
        raise NotKnown("the method")

    monkeypatch.setattr(counted_twice, "tell", does_not_know)
    count_papers(run.election_id, **run.by)

    assert content(run, "count")["second_count"] == "counted-once"
    declare(run.election_id, **run.by_two)
    assert content(run, "declaration")["contests"][0]["second_count"] == "counted-once"


# --- contests of weights, points and several places: each planted error stops the count ---


def refused_lines(run: Run) -> list[str]:
    """In what the two counts differ, where they stop the count."""
    assert code_of_refusal(lambda: count_papers(run.election_id, **run.by)) == "count.disagrees"
    assert run.state == "opened" and not Count.objects.exists()
    lines: list[str] = CountsDiffer.objects.latest("pk").differences
    return lines


def tellers_with_a_paper_elsewhere(contest: Contest) -> Opened:
    """The tellers' papers, but for one that lies in the next box."""
    opened = papers_for_tellers(contest)
    (first, rows), (second, others), *rest = opened.boxes.items()
    ranking, papers = max(rows)
    left = [row for row in rows if row[0] != ranking] + [(ranking, papers - 1)] * (papers > 1)
    return replace(opened, boxes={first: left, second: [*others, (ranking, 1)], **dict(rest)})


def core_with_a_paper_elsewhere(contest: Contest) -> CoreCount:
    """The same mistake, made by the first count."""
    profile = profile_of(contest)
    boxes = {
        one.name: dict(one.papers) | ({(): one.blank} if one.blank else {})
        for one in profile.sections
    }
    first, second = list(boxes)[:2]
    ranking = max(boxes[first])
    boxes[first][ranking] -= 1
    boxes[second][ranking] = boxes[second].get(ranking, 0) + 1
    rejected = {one.name: one.rejected for one in profile.sections}
    moved = parse_profile(profile.candidates, boxes, rejected=rejected, title=profile.title)
    return count(moved, rules_of_count(contest))


def tellers_with_another_worth(contest: Contest) -> Opened:
    opened = papers_for_tellers(contest)
    member = "weights" if "weights" in opened.rules else "points"
    worth: Any = opened.rules[member]
    first = next(iter(worth))
    return replace(opened, rules={**opened.rules, member: {**worth, first: worth[first] + 1}})


def core_with_another_worth(contest: Contest) -> CoreCount:
    rules = rules_of_count(contest)
    assert rules.weighting is not None
    (first, worth), *others = rules.weighting.by_section
    other = replace(rules.weighting, by_section=((first, worth + 1), *others))
    return count(profile_of(contest), replace(rules, weighting=other))


def weights(at: str) -> Run:
    return election(at=at, sections=("member", "affiliated"),
                    weights={"member": 1, "affiliated": 2})


def points(at: str) -> Run:
    return ridings(at=at)


@pytest.mark.parametrize("made", [weights, points])
def test_one_paper_or_one_worth_that_either_count_has_otherwise_stops_the_count(
    monkeypatch: pytest.MonkeyPatch, made: Callable[[str], Run]
) -> None:
    run = made("opened")

    for wrong in (tellers_with_a_paper_elsewhere, tellers_with_another_worth):
        with monkeypatch.context() as patched:
            patched.setattr(counted_twice, "papers_for_tellers", wrong)
            assert any(", weighted, " in line for line in refused_lines(run))
    for mistaken in (core_with_a_paper_elsewhere, core_with_another_worth):
        with monkeypatch.context() as patched:
            patched.setattr(counted_twice, "counted", mistaken)
            assert any(", weighted, " in line for line in refused_lines(run))

    count_papers(run.election_id, **run.by)
    assert content(run, "count")["second_count"] == "agrees"


def core_with_another_value(contest: Contest) -> CoreCount:
    """The first count, where Birch receives a quarter of a vote too little, and Cedar too much."""
    def mistaken(event: Any) -> Any:
        if isinstance(event, Transfer):
            ash, birch, cedar = (of[0] for of in event.received)
            return replace(event, received=((ash,), (birch - quarter,), (cedar + quarter,)))
        if isinstance(event, Elected) and event.candidate == 1:
            return replace(event, votes=event.votes - quarter)
        return event

    quarter = Fraction(1, 4)
    right = counted(contest)
    return replace(right, events=tuple(mistaken(event) for event in right.events))


def test_one_transfer_value_that_either_count_has_otherwise_stops_the_count(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    run = election(at="opened", method="stv", places=2,
                   rankings=((0, 1), (0, 1), (0, 1), (0, 1), (1,), (2,)))
    right = Tables.pass_surplus

    def half_of_it(self: Tables, name: str, quota: int, hopeful: Any) -> Moved:
        moved = right(self, name, quota, hopeful)
        last = self.piles["Birch Bell"].pop()
        self.piles["Birch Bell"].append(last._replace(value=last.value / 2))
        return moved

    with monkeypatch.context() as patched:
        patched.setattr(Tables, "pass_surplus", half_of_it)
        assert "stages 2, votes, Birch Bell: '2.00' and '1.50'" in refused_lines(run)
    with monkeypatch.context() as patched:
        patched.setattr(counted_twice, "counted", core_with_another_value)
        lines = refused_lines(run)
    assert "stages 2, votes, Birch Bell: '1.75' and '2.00'" in lines
    assert "stages 2, transfers 1, to, Birch Bell: '0.75' and '1.00'" in lines

    count_papers(run.election_id, **run.by)
    told = content(run, "count")
    assert (told["second_count"], told["sheet"]["elected"]) == (
        "agrees", ["Ash Amin", "Birch Bell"]
    )
