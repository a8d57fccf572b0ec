"""Counting the opened papers, ties and lots, and declaring what was counted."""

from __future__ import annotations

import pytest

from ballot.models import Count, Declaration, DrawnLot
from ballot.services.board import unsalted
from ballot.services.count_papers import count_papers, record_lot
from ballot.services.declare import declare
from office.refusal import Refusal
from tests.ballot.factories import (
    WITNESSES,
    Run,
    bring,
    code_of_refusal,
    content,
    election,
    kinds,
    recorded,
)

pytestmark = pytest.mark.django_db


def count(run: Run) -> None:
    count_papers(run.election_id, **run.by)


def draw(run: Run, drawn: list[int], among: list[int]) -> None:
    record_lot(run.contest.pk, drawn=drawn, among=among, witnesses=WITNESSES, **run.by)


def test_the_sheet_has_every_stage_and_its_sums_agree_with_the_boxes() -> None:
    run = election(at="opened", rankings=((0, 1), (0,), (0, 2), (1, 2), (1,), (2, 1), ()))

    count(run)

    sheet = Count.objects.get().sheet
    assert sheet["sums_agree"]
    assert sheet["valid"] == 6
    assert unsalted(content(run, "count")) == {
        "contest": "contest-1", "second_count": "agrees", "sheet": sheet
    }
    done = recorded("count", subject=("election", str(run.election_id)))
    assert done == [(run.officers[0], None)]


def test_a_tie_stops_the_count_until_the_lot_is_recorded() -> None:
    run = election(at="opened", candidates=("Ash Amin", "Birch Bell"),
                   rankings=((0,), (0,), (1,), (1,)))

    with pytest.raises(Refusal, match="there is a tie after stage 1") as refused:
        count(run)
    assert refused.value.code == "count.tie"
    # Whoever may watch a job reads the sentence: it names nobody.
    assert "Ash" not in refused.value.sentence and "Birch" not in refused.value.sentence
    assert run.state == "opened" and not Count.objects.exists()

    for drawn, among, code in (
        ([0, 1, 2], [0, 1, 2], "lot.not-the-tied"),
        ([0, 0], [0, 1], "lot.not-the-tied"),
        ([0], [0], "lot.not-the-tied"),
        ([0], [0, 1], "lot.not-the-tied"),
    ):
        assert code_of_refusal(lambda d=drawn, a=among: draw(run, d, a)) == code
    assert not DrawnLot.objects.exists()
    draw(run, [0, 1], [0, 1])
    told = unsalted(content(run, "lot"))
    assert told == {"among": [0, 1], "contest": "contest-1", "drawn": [0, 1],
                    "witnesses": list(WITNESSES)}
    count(run)

    # Of the tied, the one drawn first is excluded.
    assert Count.objects.get().sheet["elected"] == ["Birch Bell"]
    assert recorded("record_lot", subject=("contest", str(run.contest.pk))) == [
        (run.officers[0], None)
    ]


def test_a_lot_is_drawn_for_the_tie_there_is_and_for_no_other() -> None:
    run = election(at="opened", rankings=((0,), (0,), (0,), (1,), (2,)))

    # Birch and Cedar are tied for exclusion, and after it Ash has more than half anyway; the
    # count stops at the first stage with a majority, so nobody has to be excluded.
    assert code_of_refusal(lambda: draw(run, [1, 2], [1, 2])) == "lot.no-such-tie"
    assert code_of_refusal(lambda: draw(run, [0, 1], [0, 1])) == "lot.no-such-tie"
    count(run)

    assert Count.objects.get().sheet["elected"] == ["Ash Amin"]
    assert not DrawnLot.objects.exists()


def test_a_lot_among_the_wrong_ones_of_three_is_refused() -> None:
    run = election(at="opened", rankings=((0,), (0,), (0,), (1,), (1,), (2,), (2,)))

    assert code_of_refusal(lambda: count(run)) == "count.tie"
    assert code_of_refusal(lambda: draw(run, [0, 1], [0, 1])) == "lot.no-such-tie"
    draw(run, [2, 1], [1, 2])
    count(run)

    assert Count.objects.get().sheet["elected"] == ["Ash Amin"]


def test_re_open_nominations_can_win_and_then_nobody_is_elected() -> None:
    run = election(at="counted", reopen_nominations=True, candidates=("Ash Amin", "Birch Bell"),
                   rankings=((2,), (2,), (2, 0), (0,), (1,)))

    declare(run.election_id, **run.by_two)

    (told,) = content(run, "declaration")["contests"]
    assert told["nominations_reopen"] is True
    assert told["elected"] == ["Re-open nominations"]


def test_two_contests_on_one_paper_are_counted_each_by_its_rules() -> None:
    from tests.ballot.factories import cast, entries

    run = election(at="polling", other_contests=(
        {"title": "Treasurer", "candidates": ("Dot Dyer", "Eli Epps", "Fay Ford"),
         "method": "plurality"},
        {"title": "Secretary", "candidates": ("Gus Gill",)},
    ))
    for entry, leader, treasurer in zip(
        entries(run), ((0,), (0, 1), (1,), ()), ((1,), (1,), (), (2,)), strict=False
    ):
        cast(run, entry, leader, treasurer)
    run.rankings = ()

    bring(run, to="declared")

    leader_told, treasurer_told, secretary_told = content(run, "declaration")["contests"]
    assert leader_told["elected"] == ["Ash Amin"] and leader_told["sheet"]["valid"] == 3
    assert treasurer_told["elected"] == ["Eli Epps"] and treasurer_told["sheet"]["valid"] == 3
    assert secretary_told == {"code": "contest-3", "elected": ["Gus Gill"], "title": "Secretary",
                              "unopposed": True}
    assert content(run, "declaration")["sections"] == [
        {"ballots": 4, "code": "member", "counted": 4, "issued": 7, "marks": 4, "set_aside": 0}
    ]
    assert kinds(run).count("count") == 2


def test_sections_are_counted_apart_and_together() -> None:
    election(at="counted", sections=("member", "affiliated"), electors=7)

    sheet = Count.objects.get().sheet
    assert [(one["name"], one["valid"], one["blank"]) for one in sheet["sections"]] == [
        ("Affiliated supporters", 3, 0), ("Members", 3, 1)
    ]
    assert sheet["valid"] == 6
    for stage in sheet["stages"]:
        for name, votes in stage["votes"].items():
            assert sum(one["votes"][name] for one in stage["sections"].values()) == votes


def test_a_sheet_whose_sums_do_not_agree_is_not_declared() -> None:
    from tests.ballot.factories import no_triggers

    run = election(at="counted")
    right = Count.objects.get().sheet
    with no_triggers():
        Count.objects.update(sheet={**right, "sums_agree": False})

    code = code_of_refusal(lambda: declare(run.election_id, **run.by_two))
    with no_triggers():
        Count.objects.update(sheet=right)
    declare(run.election_id, **run.by_two)

    assert code == "election.not-ready"
    assert Declaration.objects.get().content["contests"][0]["sheet"] == right


def test_a_second_declaration_of_one_version_is_refused_by_the_database() -> None:
    from django.db import IntegrityError, transaction

    run = election(at="declared")
    first = Declaration.objects.get()

    with pytest.raises(IntegrityError), transaction.atomic():
        Declaration.objects.create(election=run.election, declared_at=first.declared_at,
                                   content={})

    assert Declaration.objects.count() == 1


def test_an_election_without_a_contest_has_nothing_to_declare() -> None:
    from ballot.models import Contest, Election
    from tests.ballot.factories import no_triggers

    run = election(at="nominated")
    with no_triggers():
        Contest.objects.filter(election=run.election_id).update(election_id=0)
    assert Election.objects.get(pk=run.election_id).contests.count() == 0

    assert code_of_refusal(lambda: declare(run.election_id, **run.by_two)) == "declare.nothing"
    with no_triggers():
        Contest.objects.update(election_id=run.election_id)

    assert run.state == "nominated"
