"""Joint tickets: two people in one place, who are voted for, told and withdraw together."""

from __future__ import annotations

from typing import Any

import pytest
from django.core import mail
from django.db import Error, transaction

from ballot.models import Candidate, Election
from ballot.services.correct_result import correct_result
from ballot.services.paper_consent import take_paper_consent
from ballot.services.set_up import edit_election
from ballot.services.set_up_candidate import add_candidate, edit_candidate
from ballot.services.set_up_contest import add_contest
from ballot.services.tell_of_changes import NOMINATIONS_LATER
from ballot.services.withdraw_candidate import withdraw_candidate
from ballot.showing.booth import booth_of
from ballot.showing.sentences_of_candidates import CANDIDATES
from office.models import AuditRecord
from office.services.sending import send_at_once
from tests.ballot.factories import bring, code_of_refusal, content, election, now
from tests.ballot.services.nominating import rule
from tests.ballot.services.test_tell_of_changes import amend, hours, send
from tests.ballot.tickets import PAIRS, TICKET, ash, ask, tickets

pytestmark = pytest.mark.django_db


def test_two_names_stand_in_one_place_and_neither_alone() -> None:
    run = election(candidates=())
    given = {"method": "av", **run.by}
    pairs = add_contest(run.election_id, title="Leaders", ticket=TICKET, **given)

    def add(contest: int, name: str, second: str = "") -> Any:
        return lambda: add_candidate(contest, name=name, second=second, **run.by)

    assert code_of_refusal(add(pairs, "Ash Amin")) == "ticket.second"
    assert code_of_refusal(add(pairs, "Ash Amin", "ash amin")) == "ticket.second"
    assert code_of_refusal(add(pairs, "A" * 60, "B" * 60)) == "ticket.too-long"
    assert code_of_refusal(add(pairs, "Ash Amin With Dee Day", "Dee Day")) == "ticket.second"
    assert code_of_refusal(add(pairs, "Ash Amin", "with Dee Day")) == "ticket.second"
    assert code_of_refusal(add(run.contest.pk, "Ash Amin", "Dee Day")) == "ticket.none"
    added = Candidate.objects.get(pk=add(pairs, "Ash Amin", "Dee Day")())
    assert (added.name, added.first, added.second) == (PAIRS[0], "Ash Amin", "Dee Day")
    edit_candidate(added.pk, name="Ash Amin", second="Eve Ely", statement="", **run.by)
    added.refresh_from_db()
    assert (added.name, added.second) == ("Ash Amin with Eve Ely", "Eve Ely")
    half = {"first": "Leader", "second": " "}
    assert code_of_refusal(
        lambda: add_contest(run.election_id, title="Half", ticket=half, **given)
    ) == "ticket.posts"
    with pytest.raises(Error, match="candidate_second_is_named"), transaction.atomic():
        Candidate.objects.filter(pk=add(run.contest.pk, "Gus Gray")()).update(
            second_address="gus@example.org"
        )


def test_nobody_stands_on_two_tickets_unless_the_papers_of_one_were_rejected() -> None:
    run = tickets(at="nominating")

    def add(name: str, second: str) -> int:
        return add_candidate(run.contest.pk, name=name, second=second, **run.by)

    assert code_of_refusal(lambda: add("Gus Gray", "ash amin")) == "candidate.twice"
    assert code_of_refusal(lambda: add("Dee Day", "Gus Gray")) == "candidate.twice"
    gus = add("Gus Gray", "Hal Hill")
    assert code_of_refusal(lambda: edit_candidate(
        gus, name="Gus Gray", second="Dee Day", statement="", **run.by
    )) == "candidate.twice"
    rule(run, PAIRS[0], is_valid=False)
    dee = add("Dee Day", "Ivy Innes")
    take_paper_consent(ash().pk, reason="signed-form", **run.by)
    assert code_of_refusal(lambda: rule(run, PAIRS[0])) == "candidate.twice"
    withdraw_candidate(dee, who="both", **run.by)
    rule(run, PAIRS[0])


def test_the_board_the_notice_and_the_paper_say_who_stands_for_what() -> None:
    run = tickets(at="polling")

    (told,) = content(run, "notice")["contests"]
    assert told["ticket"] == TICKET
    (named,) = content(run, "candidates")["contests"]
    assert (named["ticket"], named["candidates"]) == (TICKET, list(PAIRS))
    words = str(content(run, "notice")["words"])
    assert "the first is to be Leader, the second Deputy leader" in words
    assert "If either of the two withdraws, both have withdrawn." in words
    (paper,) = booth_of(run.election, now=now()).contests
    assert "a vote is for both" in paper.description
    assert [one.name for one in paper.candidates] == list(PAIRS)
    assert "both" not in str(booth_of(
        Election.objects.get(pk=election(at="polling", title="Others").election_id), now=now()
    ).contests[0].description)


def test_a_withdrawal_is_of_both_and_who_stands_again_is_asked_anew() -> None:
    run = tickets(at="nominating")
    Candidate.objects.filter(pk=ash().pk).update(
        consented_at=now(), second_consented_at=now(), seat=b"1", second_seat=b"2"
    )
    withdraw_candidate(ash().pk, who="first", **run.by)
    assert AuditRecord.objects.latest("pk").parameters == {"who": "first"}
    add_candidate(run.contest.pk, name="Ash Amin", second="Dee Day", **run.by)

    again = ash()
    assert again.withdrawn_at is None and again.second == "Dee Day"
    assert (again.consented_at, again.second_consented_at) == (None, None)
    assert (again.seat, again.second_seat) == (None, None)
    bring(run, to="nominated")
    assert code_of_refusal(lambda: withdraw_candidate(ash().pk, **run.by)) == "withdrawal.who"
    withdraw_candidate(ash().pk, who="second", **run.by)
    said = content(run, "withdrawal")
    assert said == {"candidate": PAIRS[0], "contest": "Leader", "who": "second"}
    _, told = CANDIDATES["withdrawal"]
    assert told(said).startswith("Dee Day has withdrawn from Leader, and so “Ash Amin with")
    assert told({**said, "who": "first"}).startswith("Ash Amin has withdrawn from Leader, and")
    assert told({**said, "who": "both"}).startswith("Both of Ash Amin with Dee Day have")
    assert content(run, "candidates")["contests"][0]["candidates"] == list(PAIRS[1:])


def test_both_are_told_of_a_corrected_result() -> None:
    run = tickets(at="declared")
    Candidate.objects.filter(pk=ash().pk).update(
        address="ash@example.org", second_address="dee@example.org"
    )
    send_at_once()
    mail.outbox.clear()

    correct_result(run.election_id, reason="The turnout was misprinted.", **run.by_two)
    send_at_once()

    assert {(one.to[0], str(one.body).split("\n", 1)[0]) for one in mail.outbox} == {
        ("ash@example.org", "To Ash Amin"), ("dee@example.org", "To Dee Day")
    }


def test_the_second_is_told_of_a_later_end_of_nominations_and_of_nothing_they_handed_in() -> None:
    run = tickets()
    edit_election(run.election_id, letters_in_welsh=True, nominations_close_at=hours(10),
                  opens_at=hours(50), closes_at=hours(200), **run.by)
    bring(run, to="nominating")
    ask(run, of_second=False, address="ash@example.org")
    ask(run, of_second=True, address="dee@example.org")
    mail.outbox.clear()
    amend(run, nominations_close=hours(20))

    send(NOMINATIONS_LATER)

    told = {one.to[0]: str(one.body) for one in mail.outbox}
    to_first, to_second = told["ash@example.org"], told["dee@example.org"]
    assert "your consent, statement" in to_first and "eich datganiad" in to_first
    assert "statement" not in to_second and "eich datganiad" not in to_second
    assert "If you have not consented yet" in to_second and "dros y ddau" in to_second
