"""The notice of poll tells the rules of its own election, and not those of another."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from ballot.services.set_up import edit_election
from ballot.showing.notice_words import notice_words
from ballot.times import in_zone
from tests.ballot.factories import Run, election, now

pytestmark = pytest.mark.django_db


def said(run: Run, heading: str) -> str:
    parts = {part.heading: " ".join(part.paragraphs) for part in notice_words(run.election)}
    return parts[heading]


def told(heading: str, **rules: Any) -> str:
    run = election()
    edit_election(run.election_id, **run.by, **rules)
    return said(run, heading)


@pytest.mark.parametrize(("heading", "rules", "words"), [
    ("Count, turnout and recount", {"turnout_base": "ballots-cast"},
     "those who voted, blank papers included, as a share of the papers issued"),
    ("Count, turnout and recount", {"turnout_base": "valid-papers"},
     "the valid papers of the contest as a share of the papers issued"),
    ("Count, turnout and recount", {"turnout_by_section": True},
     "shown in all and by section while the poll is open, and by unit after the close, not before"),
    ("Count, turnout and recount", {"turnout_by_section": False},
     "shown in all while the poll is open, and by section and by unit after the close, not before"),
    ("Count, turnout and recount", {"recount_margin_permille": 5},
     "less than 5 of every 1,000 valid papers"),
    ("Count, turnout and recount", {"recount_on_request": True}, "agent may ask for a recount"),
    ("Count, turnout and recount", {"recount_on_request": False}, "No recount is made on request"),
    ("How the boxes are opened", {"smallest_box": 1}, "one ballot is enough for a section"),
    ("How the boxes are opened", {"smallest_box": 2}, "with fewer than 2 ballots is opened tog"),
    ("Complaints and challenges", {"challenge_days": 0}, "challenged on the day of the decl"),
    ("Complaints and challenges", {"challenge_days": 1}, "challenged for 1 day after the day"),
    ("What is kept, and for how long", {"keep_days": 400}, "kept for 400 days after the day"),
    ("How to vote", {"postal_papers": True}, "is sent a paper by post"),
    ("How to vote", {"postal_papers": False}, "No paper to vote on is sent by post."),
    ("How to vote", {"letters_in_welsh": True}, "in Welsh and in English"),
])
def test_a_rule_of_the_set_up_stands_in_the_words(
    heading: str, rules: dict[str, Any], words: str
) -> None:
    assert words in told(heading, **rules)


def test_what_stays_of_sealed_papers_is_said_once_and_not_the_contrary() -> None:
    words = said(election(), "What is kept, and for how long")

    assert "Of sealed papers and of envelopes" in words and "the hashes alone stay" in words
    assert "sealed ballots" not in words.split("the hashes alone stay")[0]


def test_words_of_a_rule_that_is_not_chosen_are_left_out() -> None:
    words = told("Count, turnout and recount", recount_margin_permille=0, turnout_by_section=True)

    assert "of every 1,000" not in words
    assert "by section and by unit after the close" not in words
    assert "Welsh" not in told("How to vote", letters_in_welsh=False)


def test_reminders_and_the_end_of_nominations_are_named_with_their_hours() -> None:
    run = election(opens_in=timedelta(days=2))
    first, last, ends = (now() + timedelta(days=days) for days in (5, 8.5, 1))
    edit_election(run.election_id, **run.by, reminder_at=first, last_reminder_at=last)
    before = said(run, "Nominations")
    edit_election(run.election_id, **run.by, nominations_close_at=ends)

    hours = " and on ".join(in_zone(at, "Europe/London") for at in (first, last))
    assert f"is reminded on {hours}" in said(run, "How to vote")
    assert "until the statement of persons nominated is published" in before
    assert f"until {in_zone(ends, 'Europe/London')}" in said(run, "Nominations")


def test_each_contest_tells_its_gates_order_places_and_votes_of_who_withdraws() -> None:
    run = election(
        gates="20% of MP", names_order="lot", votes_of_withdrawn="stand",
        other_contests=({"title": "Committee", "candidates": ("Dale Dunn",), "method": "stv",
                         "places": 3, "statement_words": 250},),
    )
    leader, committee = said(run, "Leader"), said(run, "Committee")

    assert "needs nominations: 20% of MP" in leader
    assert "in an order drawn by lot" in leader
    assert "by the alphabet" in committee
    assert "3 are elected by the single transferable vote" in committee
    assert "“Committee” has at most 250 words" in said(run, "Nominations")
    withdrawal = said(run, "Withdrawal of a candidate")
    assert "Leader: Votes for a candidate who withdraws while the poll is open, or after it, " \
           "stand." in withdrawal
    assert "Committee: Votes for a candidate who withdraws" in withdrawal


def test_one_rule_of_withdrawal_for_all_contests_is_said_once() -> None:
    run = election(other_contests=({"title": "Deputy", "candidates": ("Dale Dunn",)},))

    withdrawal = said(run, "Withdrawal of a candidate")

    assert withdrawal.count("pass on to the next preference") == 1
