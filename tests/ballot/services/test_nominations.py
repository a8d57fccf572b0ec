"""Nominations: one a body and contest, amended in time, ruled on; gates; the statement."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import Error, transaction

from ballot.models import Election, Nomination, Ruling
from ballot.nominations import by_day, newest_nominations, papers_of
from ballot.selectors import standing
from ballot.services.publish_candidates import publish_candidates, reopen_nominations
from ballot.services.rule_on_paper import rule_on_candidate, rule_on_nomination
from ballot.services.set_up import edit_election
from ballot.services.set_up_candidate import add_candidate
from ballot.services.withdraw_candidate import withdraw_candidate
from ballot.views.act_table import besides_business
from office.refusal import Refusal
from tests.ballot.factories import Run, bring, code_of_refusal, content, election, kinds, now
from tests.ballot.services.nominating import (
    WHY,
    body,
    give,
    nominating,
    person,
    rule,
    take_bodies,
)

pytestmark = pytest.mark.django_db


def nominated(run: Run) -> dict[str, str]:
    """Body → whom it nominates now."""
    return {
        one.body.name: one.candidate.name
        for one in newest_nominations(run.contest)
        if one.candidate
    }


def test_a_body_has_one_nomination_which_it_amends_and_every_one_is_kept() -> None:
    run = nominating()

    done = [give(run, "Barking", name) for name in ("Ash Amin", "Ash Amin", "Birch Bell", None)]
    give(run, "Aberavon", "Cedar Cox")

    assert done == [True, False, True, True]
    assert nominated(run) == {"Aberavon": "Cedar Cox"}
    history = Nomination.objects.filter(body=body("Barking")).values_list("number", "candidate")
    assert list(history) == [
        (1, person("Ash Amin").pk), (2, person("Birch Bell").pk), (3, None)
    ]


def test_nothing_is_taken_after_the_deadline_nor_before_the_notice() -> None:
    draft = election()
    take_bodies(draft)
    early = code_of_refusal(lambda: give(draft, "Barking", "Ash Amin"))
    at = now() - timedelta(hours=1)
    edit_election(draft.election_id, nominations_close_at=at, **draft.by)
    run = bring(draft, to="nominating")

    late = code_of_refusal(lambda: give(run, "Barking", "Ash Amin"))
    in_time = give(run, "Barking", "Ash Amin", now=at - timedelta(seconds=1))

    assert early == late == "nomination.closed"
    assert in_time and nominated(run) == {"Barking": "Ash Amin"}


def test_nobody_is_nominated_who_does_not_stand() -> None:
    run = nominating(reopen_nominations=True)
    withdraw_candidate(person("Birch Bell").pk, **run.by)
    rule(run, "Cedar Cox", is_valid=False, reason="No member of the party.")

    for name in ("Birch Bell", "Cedar Cox", "Re-open nominations"):
        assert code_of_refusal(lambda n=name: give(run, "Barking", n)) == "nomination.not-standing"
    give(run, "Barking", "Ash Amin")

    assert nominated(run) == {"Barking": "Ash Amin"}


def test_the_database_refuses_a_nomination_across_contests_and_elections() -> None:
    run = nominating(other_contests=[{"title": "Deputy", "candidates": ("Dot Dyer",)}])
    other = election(title="Another", candidates=("Eve Elm", "Fay Fox"))
    barking, when = body("Barking"), now()

    for contest, name in ((run.contest, "Dot Dyer"), (other.contest, "Eve Elm")):
        with pytest.raises(Error, match="a nomination is"), transaction.atomic():
            Nomination.objects.create(body=barking, contest=contest, number=1, made_at=when,
                                      candidate=person(name) if name != "Eve Elm" else None)
    Nomination.objects.create(body=barking, contest=run.contest, candidate=person("Ash Amin"),
                              number=1, made_at=when)

    assert nominated(run) == {"Barking": "Ash Amin"}


def test_papers_without_what_the_notice_asks_for_are_not_ruled_valid() -> None:
    run = nominating(gates="50% of MP\n60% of CLP or 1 of affiliate/union")
    give(run, "Ned Orr", "Ash Amin")
    give(run, "Barking", "Ash Amin")

    with pytest.raises(Refusal, match="60% of CLP or 1 of affiliate with the mark union") as short:
        rule(run, "Ash Amin")
    give(run, "Dockers", "Ash Amin")
    rule(run, "Ash Amin")

    assert short.value.code == "ruling.gate-not-met"
    (paper,) = [one for one in papers_of(run.contest) if one.candidate.name == "Ash Amin"]
    assert paper.meets_gates and paper.ruling is not None and paper.ruling.reason == WHY


def test_whom_the_rules_exempt_is_ruled_valid_without_nominations_and_the_board_says_so() -> None:
    run = nominating(gates="50% of MP")
    ash = person("Ash Amin").pk
    for name in ("Birch Bell", "Cedar Cox"):
        rule(run, name, is_valid=False, reason="No member of parliament nominates them.")

    short = code_of_refusal(lambda: rule(run, "Ash Amin"))
    rule_on_candidate(ash, is_valid=True, is_exempt=True, reason="The leader in post: rule 4.",
                      **run.by)
    publish_candidates(run.election_id, **run.by)

    assert short == "ruling.gate-not-met"
    paper = content(run, "nominations")["contests"][0]["papers"][0]
    assert (paper["valid"], paper["exempt"], paper["nominated_by"]) == (True, True, [])
    assert run.contest.unopposed


def test_with_a_gate_everybody_who_stands_has_been_ruled_on_and_still_meets_it() -> None:
    run = nominating(gates="1 of CLP")
    give(run, "Barking", "Ash Amin")
    give(run, "Aberavon", "Birch Bell")
    rule(run, "Ash Amin")
    rule(run, "Birch Bell")
    rule(run, "Cedar Cox", is_valid=False, reason="No body nominates Cedar Cox.")
    give(run, "Aberavon", None)

    code = code_of_refusal(lambda: publish_candidates(run.election_id, **run.by))
    give(run, "Aberavon", "Birch Bell")
    publish_candidates(run.election_id, **run.by)

    assert code == "election.not-ready"
    assert content(run, "candidates")["contests"][0]["candidates"] == ["Ash Amin", "Birch Bell"]


def test_a_nomination_that_is_rejected_does_not_count_until_a_later_ruling() -> None:
    run = nominating(gates="1 of CLP")
    give(run, "Barking", "Ash Amin")
    (given,) = newest_nominations(run.contest)

    rule_on_nomination(given.pk, is_valid=False, reason="Nobody met at Barking.", **run.by)
    lost = code_of_refusal(lambda: rule(run, "Ash Amin"))
    rule_on_nomination(given.pk, is_valid=True, reason="They met after all.", **run.by)
    rule(run, "Ash Amin")

    assert lost == "ruling.gate-not-met"
    assert Ruling.objects.filter(nomination=given).count() == 2


def test_what_a_body_amended_since_is_not_ruled_on_and_a_new_nomination_is_looked_at_anew() -> None:
    run = nominating()
    give(run, "Barking", "Ash Amin")
    (first,) = newest_nominations(run.contest)
    rule_on_nomination(first.pk, is_valid=False, reason="Nobody met at Barking.", **run.by)
    give(run, "Barking", "Birch Bell")

    code = code_of_refusal(
        lambda: rule_on_nomination(first.pk, is_valid=True, reason="They met.", **run.by)
    )

    assert code == "ruling.amended"
    (paper,) = [one for one in papers_of(run.contest) if one.supporters]
    assert paper.candidate.name == "Birch Bell" and not paper.rejected


def test_the_newest_ruling_stands_and_the_others_are_kept() -> None:
    run = nominating()

    rule(run, "Ash Amin", is_valid=False, reason="Not a member for a year.")
    without = [one.name for one in standing(run.contest)]
    rule(run, "Ash Amin", is_valid=True, reason="A member since 1999, as it turns out.")

    assert without == ["Birch Bell", "Cedar Cox"]
    assert [one.name for one in standing(run.contest)] == ["Ash Amin", *without]
    assert Ruling.objects.count() == 2


def test_the_statement_says_who_stands_and_which_papers_were_rejected_and_why() -> None:
    run = nominating()
    give(run, "Barking", "Ash Amin")
    give(run, "Ned Orr", "Birch Bell")
    (barking, ned) = newest_nominations(run.contest)
    rule_on_nomination(ned.pk, is_valid=False, reason="Ned Orr sits no more.", **run.by)
    rule(run, "Cedar Cox", is_valid=False, reason="Cedar Cox is no member.")

    publish_candidates(run.election_id, **run.by)

    assert barking.body.name == "Barking"
    assert kinds(run)[-2:] == ["nominations", "candidates"]
    told = content(run, "nominations")
    assert told["bodies"] == [
        {"bodies": 3, "kind": "CLP", "mark": "", "members": 1550},
        {"bodies": 2, "kind": "MP", "mark": "", "members": 2},
        {"bodies": 1, "kind": "affiliate", "mark": "union", "members": 9000},
    ]
    ash, birch, cedar = told["contests"][0]["papers"]
    assert ash == {
        "candidate": "Ash Amin", "exempt": False, "reason": "",
        "nominated_by": [{"kind": "CLP", "name": "Barking"}],
        "rejected": [], "valid": None,
    }
    assert birch["rejected"] == [
        {"kind": "MP", "name": "Ned Orr", "reason": "Ned Orr sits no more."}
    ]
    assert (cedar["valid"], cedar["reason"]) == (False, "Cedar Cox is no member.")
    assert content(run, "candidates")["contests"][0]["candidates"] == ["Ash Amin", "Birch Bell"]


def test_the_statement_waits_for_the_hour_of_the_notice_and_a_kind_that_is_asked_for() -> None:
    run = election(gates="1 of MEP")
    edit_election(run.election_id, nominations_close_at=now() + timedelta(days=1),
                  opens_at=now() + timedelta(days=2), closes_at=now() + timedelta(days=9),
                  **run.by)
    bring(run, to="nominating")

    with pytest.raises(Exception, match="nominations close has come: not yet") as waits:
        publish_candidates(run.election_id, **run.by)

    assert "bodies of every kind" in str(waits.value)


def test_nominations_that_open_again_are_taken_whatever_the_hour_was() -> None:
    run = nominating()
    Election.objects.filter(pk=run.election_id).update(nominations_close_at=now())
    bring(run, to="nominated")

    reopen_nominations(run.election_id, **run.by)
    give(run, "Barking", "Ash Amin")

    assert nominated(run) == {"Barking": "Ash Amin"}


def test_past_their_hour_nominations_go_on_where_a_contest_has_nobody_who_may_stand() -> None:
    run = nominating(gates="1 of MP")
    give(run, "Barking", "Ash Amin")
    ahead = now() + timedelta(hours=1)
    Election.objects.filter(pk=run.election_id).update(nominations_close_at=ahead)
    early = code_of_refusal(lambda: reopen_nominations(run.election_id, **run.by))
    offered = besides_business(run.election, now=now())
    assert "reopen_nominations" not in {act.name for act in offered}
    Election.objects.filter(pk=run.election_id).update(nominations_close_at=now())
    late = code_of_refusal(lambda: give(run, "Ned Orr", "Ash Amin", now=ahead))
    offered = besides_business(run.election, now=now())
    assert "reopen_nominations" in {act.name for act in offered}

    reopen_nominations(run.election_id, **run.by)
    give(run, "Ned Orr", "Ash Amin", now=ahead)

    assert (early, late) == ("election.wrong-state", "nomination.closed")
    assert (run.state, kinds(run)[-1]) == ("nominating", "nominations-reopened")
    again = code_of_refusal(lambda: reopen_nominations(run.election_id, **run.by))
    assert again == "election.wrong-state"


def test_by_day_each_body_counts_once_for_whom_it_nominates_at_the_end_of_the_day() -> None:
    run = nominating()
    monday = now().replace(hour=12) - timedelta(days=3)

    give(run, "Barking", "Ash Amin", now=monday)
    give(run, "Aberavon", "Ash Amin", now=monday)
    give(run, "Barking", "Birch Bell", now=monday + timedelta(days=2))
    give(run, "Ned Orr", "Cedar Cox", now=monday)

    ash, birch = person("Ash Amin").pk, person("Birch Bell").pk
    assert [counted for _, counted in by_day(run.contest, "CLP")] == [
        {ash: 2}, {ash: 1, birch: 1}
    ]
    assert len(by_day(run.contest, "MP")) == 1


def test_a_statement_that_the_officer_types_has_no_more_words_than_anybodys() -> None:
    run = nominating(statement_words=3)
    given = {"name": "Dot Dyer", **run.by}

    code = code_of_refusal(
        lambda: add_candidate(run.contest.pk, statement="One two three four", **given)
    )
    add_candidate(run.contest.pk, statement="One two three", **given)

    assert code == "statement.too-long"
    assert person("Dot Dyer").statement == "One two three"
