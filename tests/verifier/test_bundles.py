"""Elections of every kind that the server makes: what it writes of them, the verifier passes."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from ballot.services.board import append_ballots
from ballot.services.count_papers import record_lot
from ballot.services.declare import declare
from ballot.services.reissue_code import PURPOSE as AGAIN
from ballot.services.reissue_code import confirm_reissue, reissue_code
from ballot.services.set_up_contest import remove_contest
from ballot.services.withdraw_candidate import withdraw_candidate
from tests.ballot.amending import amend, close, left_out, restore, set_aside, strike, with_rule
from tests.ballot.factories import (
    WITNESSES,
    Run,
    bring,
    cast,
    cast_all,
    cast_wire,
    content,
    election,
    entries,
    key_of_elector,
    sealed,
)
from tests.ballot.ridings import POOLED, ridings
from tests.ballot.services.acts import ACTS
from tests.verifier.bundles import failures, figures, results, verified, written

pytestmark = pytest.mark.django_db

SECTIONS = ("member", "affiliated")
TWO = ("Ash Amin", "Birch Bell")


def passed(run: Run, folder: Path) -> dict[str, Any]:
    """Bring an election to its declaration, and see that every check passes."""
    report = verified(written(bring(run, to="declared"), folder))
    assert failures(report) == []
    assert set(results(report).values()) == {"PASS"}
    assert report["verdict"] == "PASS"
    return report


def declared(report: dict[str, Any]) -> str:
    """Who was declared, as the last check's line says; it says of a rehearsal that it is one."""
    return figures(report)["declaration"].removesuffix(" (in a rehearsal: it counts for nothing)")


def not_yet(run: Run, folder: Path) -> dict[str, Any]:
    """See that nothing fails of an election as it stands, and that there is no result."""
    report = verified(written(run, folder))
    assert failures(report) == []
    assert report["verdict"] == "NOT YET"
    return report


# --- papers ----------------------------------------------------------------------------------


def test_each_check_says_what_it_looked_at(tmp_path: Path) -> None:
    run = election(at="declared")

    report = passed(run, tmp_path)

    assert figures(report)["ballots"] == "7 ballots, 7 signatures, 7 proofs"
    assert figures(report)["key"] == "2 of 3 trustees, 3 proofs that a share is held"
    assert figures(report)["mixes"] == "2 mixes, 1 of them signed by trustees, 14 pairs mixed"
    assert declared(report) == "Leader: Ash Amin"
    (note,) = [one for one in report["notes"] if "key was taken from the bundle itself" in one]
    # The same sentence stands on a page, where nobody gives an option.
    assert "check again with that key given: " in note and "--" not in note


def test_small_sections_are_pooled_into_one_box(tmp_path: Path) -> None:
    report = passed(election(sections=SECTIONS, smallest_box=5), tmp_path)

    assert figures(report)["boxes"] == "1 box, 7 pairs"


def test_sections_that_are_large_enough_have_boxes_of_their_own(tmp_path: Path) -> None:
    report = passed(election(sections=SECTIONS), tmp_path)

    assert figures(report)["boxes"] == "2 boxes, 7 pairs"


def test_the_parts_of_trustees_with_shares_of_their_own_hold(tmp_path: Path) -> None:
    report = passed(election(demonstration=False), tmp_path)

    assert figures(report)["openings"] == "2 parts of 1 box"
    assert report["rehearsal"] is False
    assert figures(report)["notice"] == "Leader 2026"


def test_of_a_rehearsal_it_is_said_that_it_counts_for_nothing(tmp_path: Path) -> None:
    report = passed(election(demonstration=True), tmp_path)

    assert report["rehearsal"] is True
    assert figures(report)["notice"] == "Leader 2026, a rehearsal"
    assert figures(report)["declaration"].endswith("(in a rehearsal: it counts for nothing)")


def test_a_ballot_that_opens_to_no_ranking_is_one_rejected_paper(tmp_path: Path) -> None:
    run = election(at="polling", electors=4, rankings=((0,), (0,), (1,)))
    cast_wire(run, sealed(run, entries(run)[3], (0,), choices=[999]))

    report = passed(run, tmp_path)

    assert figures(report)["profile"] == "4 papers, 1 of them rejected"


# --- contests --------------------------------------------------------------------------------


def test_weighted_sections_are_counted_each_by_its_parts(tmp_path: Path) -> None:
    run = election(sections=SECTIONS, weights=dict.fromkeys(SECTIONS, 1))

    report = passed(run, tmp_path)

    sheet = run.election.contests.get().count.sheet
    assert set(sheet["rules"]["weights"].values()) == {1}
    assert sum(Fraction(share) for share in sheet["stages"][0]["weighted"].values()) == 100
    assert declared(report) == f"Leader: {sheet['elected'][0]}"


def test_weighted_sections_that_are_pooled_count_as_one_with_their_parts_added(
    tmp_path: Path,
) -> None:
    weights = dict.fromkeys(SECTIONS, 3)
    run = election(sections=SECTIONS, electors=10, smallest_box=5, weights=weights)

    report = passed(run, tmp_path)

    assert figures(report)["boxes"] == "1 box, 7 pairs"
    sheet = run.election.contests.get().count.sheet
    assert list(sheet["rules"]["weights"].values()) == [6]


def test_a_section_in_which_nobody_voted_gives_its_parts_to_none_that_it_is_pooled_with(
    tmp_path: Path,
) -> None:
    run = election(at="polling", sections=SECTIONS, smallest_box=3,
                   weights={"member": 3, "affiliated": 5})  # fmt: skip
    for entry in entries(run):
        if entry.section.code == "member":
            cast(run, entry, (0, 1))
    close(run)

    passed(run, tmp_path)

    sheet = run.election.contests.get().count.sheet
    assert list(sheet["rules"]["weights"].values()) == [3]


def test_ridings_that_are_worth_points_are_counted_by_them_down_to_the_floor(
    tmp_path: Path,
) -> None:
    run = ridings(at="counted", points_floor=2)

    report = passed(run, tmp_path)

    sheet = run.election.contests.get().count.sheet
    # Of the pool one riding has the floor's two ballots, one has a single one, one none.
    assert (sheet["rules"]["points"][POOLED], sheet["rules"]["floor"]) == (101, 2)
    wholes = [sum(map(Fraction, stage["weighted"].values())) for stage in sheet["stages"]]
    assert wholes == [501, 501]
    assert declared(report) == "Leader: Birch Bell"


def test_several_places_are_filled_by_the_single_transferable_vote(tmp_path: Path) -> None:
    run = election(method="stv", places=2)

    report = passed(run, tmp_path)

    sheet = run.election.contests.get().count.sheet
    assert (sheet["places"], sheet["quota"], len(sheet["elected"])) == (2, 3, 2)
    assert declared(report) == f"Leader: {', '.join(sheet['elected'])}"


def test_a_paper_of_several_contests_with_some_unopposed(tmp_path: Path) -> None:
    others = (
        {"title": "Treasurer", "candidates": ("Dot Dyer", "Eli Epps"), "method": "plurality"},
        {"title": "Secretary", "candidates": ("Gus Gill",)},
        {"title": "Chair", "candidates": TWO, "reopen_nominations": True, "max_preferences": 2},
    )
    run = election(at="polling", rankings=(), other_contests=others)
    for place, leader in enumerate(((0,), (0, 1), (1,), ())):
        cast(run, entries(run)[place], leader, (1,), (2, 1))

    report = passed(run, tmp_path)

    assert declared(report) == (
        "Leader: Ash Amin; Treasurer: Eli Epps; Secretary: Gus Gill; Chair: Re-open nominations"
    )
    assert figures(report)["ballots"] == "4 ballots, 4 signatures, 12 proofs"


def test_a_contest_behind_an_unopposed_one_keeps_its_place_in_its_code(tmp_path: Path) -> None:
    others = ({"title": "Treasurer", "candidates": TWO, "method": "av"},)
    run = election(candidates=("Gus Gill",), rankings=((0,), (0,), (1,)), other_contests=others)

    passed(run, tmp_path)

    assert content(run, "count")["contest"] == "contest-2"


def test_an_election_in_which_nobody_votes_is_declared_without_a_poll(tmp_path: Path) -> None:
    run = election(at="nominated", candidates=("Gus Gill",))
    declare(run.election_id, **run.by_two)

    report = verified(written(run, tmp_path))

    assert report["verdict"] == "PASS"
    assert figures(report)["ballots"] == "nobody votes: every contest is unopposed"


def test_a_contest_that_was_struck_is_on_no_paper(tmp_path: Path) -> None:
    others = ({"title": "Treasurer", "candidates": TWO, "method": "av"},)
    run = election(at="nominating", rankings=((0,), (0,), (1,)), other_contests=others)
    for candidate in run.contest.candidates.all():
        withdraw_candidate(candidate.pk, **run.by)
    remove_contest(run.contest.pk, **run.by)

    report = passed(run, tmp_path)

    assert declared(report) == "Treasurer: Ash Amin"


def test_a_candidate_who_withdrew_is_on_no_paper(tmp_path: Path) -> None:
    run = election(at="nominated", rankings=((0,), (1,), (0,)))
    withdraw_candidate(run.contest.candidates.get(name="Birch Bell").pk, **run.by)

    passed(run, tmp_path)


# --- counts ----------------------------------------------------------------------------------


def test_a_count_by_plurality(tmp_path: Path) -> None:
    passed(election(method="plurality", rankings=((0,), (0,), (1,), ())), tmp_path)


def test_a_count_that_goes_on_to_two(tmp_path: Path) -> None:
    rankings = ((0,), (0,), (0, 1), (1,), (1,), (2, 1), ())

    passed(election(stop="two", rankings=rankings), tmp_path)


def test_a_tie_that_an_earlier_stage_settles(tmp_path: Path) -> None:
    candidates = ("Dot Dyer", "Cedar Cox", "Birch Bell", "Ash Amin")
    rankings = ((0,),) * 4 + ((1,),) * 2 + ((2, 1),) + ((3,),) * 3

    passed(election(electors=10, candidates=candidates, rankings=rankings), tmp_path)


@pytest.mark.parametrize("tie_rule", ["lot", "earlier-stages-then-lot"])
def test_a_tie_for_the_fewest_votes_that_a_lot_settles(tmp_path: Path, tie_rule: str) -> None:
    rankings = ((0,), (0,), (0,), (1,), (1,), (2,), (2,))
    run = election(at="opened", rankings=rankings, tie_rule=tie_rule)
    record_lot(run.contest.pk, drawn=[2, 1], among=[1, 2], witnesses=WITNESSES, **run.by)

    passed(run, tmp_path)


@pytest.mark.parametrize("method", ["av", "plurality"])
@pytest.mark.parametrize("rankings", [((0,), (1,)), ((), ())])
def test_a_tie_for_the_place_that_a_lot_settles(
    tmp_path: Path, method: str, rankings: tuple[tuple[int, ...], ...]
) -> None:
    run = election(at="opened", candidates=TWO, rankings=rankings, method=method)
    record_lot(run.contest.pk, drawn=[0, 1], among=[0, 1], witnesses=WITNESSES, **run.by)

    report = passed(run, tmp_path)

    assert declared(report) == "Leader: Birch Bell"


# --- the roll and the codes ------------------------------------------------------------------


def test_amendments_at_every_time_and_ballots_under_their_keys(tmp_path: Path) -> None:
    run = election(at="frozen", electors=6, sections=SECTIONS, rankings=())
    amend(run, left_out("5001"), "add", "left-out")
    bring(run, to="coded")
    amend(run, left_out("5002"), "add", "left-out")
    strike(run, 1)
    bring(run, to="polling")
    amend(run, left_out("5003"), "add", "left-out")
    strike(run, 2)
    restore(run, 2)
    everybody = entries(run)
    for place in (0, 3, 4):
        cast(run, everybody[place], (0,))
    late = key_of_elector(run, everybody[-1], purpose="voting-code-added")
    cast_wire(run, sealed(run, everybody[-1], (0,), key=late))
    strike(run, 3)

    append_ballots(run.election)
    during = not_yet(run, tmp_path)
    close(run)
    strike(run, 5)
    report = passed(run, tmp_path)

    assert figures(during)["ballots"] == (
        "3 ballots, 3 signatures, 3 proofs, 1 more under keys that are sealed still"
    )
    assert figures(report)["roll"] == "6 electors, 8 amendments"
    assert figures(report)["credentials"] == "10 keys, 3 no longer in force"


def test_ballots_are_set_aside_and_one_stands_after_all(tmp_path: Path) -> None:
    run = with_rule(election(electors=5, rankings=((0,),) * 4), "set-aside")
    cast_all(run)
    strike(run, 0)
    strike(run, 1, "died")
    close(run)
    set_aside(run)
    restore(run, 0)

    report = passed(run, tmp_path)

    assert figures(report)["set aside"] == "1 ballot set aside"
    assert figures(report)["reconciliation"] == (
        "1 section, 3 ballots counted, 1 elector struck off who had voted"
    )


def test_a_code_that_was_issued_again_casts_and_the_old_one_is_dead(tmp_path: Path) -> None:
    run = election(at="polling", electors=3, rankings=((0,), (0,)))
    entry = entries(run)[2]
    reissue_code(run.election_id, recipient=entry.public_id, **run.by)
    fresh = key_of_elector(run, entry, purpose=AGAIN)
    confirm_reissue(run.election_id, credential=fresh.credential, now=run.by["now"])
    cast_wire(run, sealed(run, entry, (1,), key=fresh))

    report = passed(run, tmp_path)

    assert figures(report)["credentials"] == "4 keys, 1 no longer in force"


def test_a_roll_that_was_withdrawn_and_frozen_anew(tmp_path: Path) -> None:
    run = election(at="frozen")
    ACTS["withdraw_freeze"](run)

    passed(run, tmp_path)


def test_a_poll_that_was_suspended_resumed_and_extended(tmp_path: Path) -> None:
    run = election(at="polling")
    for act in ("suspend_poll", "resume_poll", "extend_poll"):
        ACTS[act](run)

    passed(run, tmp_path)


# --- before the result, and without one ------------------------------------------------------


@pytest.mark.parametrize(
    ("at", "made"),
    [("nominating", "notice"), ("keyed", "key"), ("coded", "credentials"), ("polling", "opening"),
     ("closed", "set aside"), ("verified", "boxes"), ("mixed", "boxes"), ("counted", "mixes")],
)  # fmt: skip
def test_what_is_there_before_the_declaration_is_checked(
    tmp_path: Path, at: str, made: str
) -> None:
    report = not_yet(election(at=at), tmp_path)

    assert results(report)[made] == "PASS"
    assert results(report)["declaration"] == "NOT MADE"


@pytest.mark.parametrize("at", ["nominated", "frozen", "polling", "closed", "mixed", "counted"])
def test_a_void_election_has_no_result_and_nothing_fails(tmp_path: Path, at: str) -> None:
    run = election(at=at)
    ACTS["void_election"](run)

    report = not_yet(run, tmp_path)

    assert any("declared void" in note for note in report["notes"])
