"""A mistake found on a live paper: what two officers correct in public, and what nobody can."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from ballot.models import Candidate
from ballot.services.correct_candidate import correct_candidate
from ballot.services.set_up_candidate import edit_candidate
from office.models import Approval
from office.services.approvals import approve_act
from tests.ballot.factories import REASON, Run, code_of_refusal, content, election, kinds, now
from tests.ballot.views.world import named, world
from tests.office.factories import sign_in

pytestmark = pytest.mark.django_db

MENDED = "Ash Amin listens, and answers."


def correct(run: Run, **given: Any) -> None:
    whole = {"candidate": named("Ash Amin").pk, "statement": MENDED, "without_photograph": False,
             "reason": REASON, **run.by_two, **given}
    correct_candidate(run.election_id, **whole)


def with_photograph() -> None:
    Candidate.objects.filter(name="Ash Amin").update(photo=b"picture")


def test_a_statement_is_put_right_during_the_poll_and_the_board_says_what_was() -> None:
    run = election(at="polling")
    before = named("Ash Amin").statement

    correct(run)

    assert named("Ash Amin").statement == MENDED
    assert content(run, "candidate-corrected") == {
        "candidate": "Ash Amin", "contest": run.contest.title, "photograph_taken_off": False,
        "reason": REASON, "statement": {"was": before, "becomes": MENDED},
    }


def test_a_corrected_statement_has_no_more_words_than_anybodys() -> None:
    run = election(at="polling", statement_words=4)

    code = code_of_refusal(lambda: correct(run, statement="One two three four five"))
    correct(run, statement="One two three four")

    assert code == "statement.too-long"
    assert named("Ash Amin").statement == "One two three four"


def test_a_wrong_photograph_is_taken_off_and_the_statement_stays() -> None:
    run = election(at="polling")
    with_photograph()
    before = named("Ash Amin").statement

    correct(run, statement=None, without_photograph=True)

    assert (named("Ash Amin").photo, named("Ash Amin").statement) == (None, before)
    said = content(run, "candidate-corrected")
    assert (said["photograph_taken_off"], said["statement"]) == (True, None)


def test_it_takes_two_officers_a_change_a_reason_and_somebody_who_stands() -> None:
    run = election(at="polling")
    before = kinds(run)

    for code, given in (
        ("approval.two-officers", {"seconded_by": run.officers[0]}),
        ("correction.no-change", {"statement": None}),
        ("correction.no-change", {"statement": None, "without_photograph": True}),
        ("correction.length", {"statement": " "}),
        ("correction.length", {"statement": "x" * 4001}),
        ("text.hidden-character", {"statement": "Ash\u202e Amin"}),
        ("reason.length", {"reason": "short"}),
        ("candidate.none", {"candidate": 10**9}),
    ):
        assert code_of_refusal(lambda given=given: correct(run, **given)) == code
        assert kinds(run) == before
    correct(run)

    assert kinds(run) == [*before, "candidate-corrected"]


@pytest.mark.parametrize("point", ["nominating", "closed"])
def test_before_the_statement_and_after_the_close_there_is_nothing_to_correct(point: str) -> None:
    run = election(at=point)

    assert code_of_refusal(lambda: correct(run)) == "election.wrong-state"


def test_a_name_is_corrected_by_nobody_once_the_candidates_are_named() -> None:
    run = election(at="polling")

    def rename() -> None:
        edit_candidate(named("Ash Amin").pk, name="Ash Amine", statement="", **run.by)

    assert code_of_refusal(rename) == "election.wrong-state"


def test_the_page_of_a_mistake_leads_to_what_can_be_done_and_no_further(client: Client) -> None:
    here = world().to("polling")
    sign_in(client, here.officers[0])
    path = reverse("desk_mistake", args=[here.slug])

    shown = {wrong: client.get(path, {"wrong": wrong}).text
             for wrong in ("statement", "photograph", "paper", "other", "nonsense")}
    linked = {
        act: {wrong for wrong, text in shown.items()
              if reverse(f"act_{act}", args=[here.slug]) in text}
        for act in ("correct_candidate", "suspend_poll", "void_election", "amend_notice")
    }

    assert linked == {
        "correct_candidate": {"statement", "photograph"}, "suspend_poll": {"paper"},
        "void_election": {"paper"}, "amend_notice": {"other"},
    }
    assert "It cannot be corrected." in shown["paper"]
    assert reverse("desk_mistake", args=[here.slug]) in client.get(
        reverse("desk_election", args=[here.slug])).text


def test_a_correction_is_proposed_and_approved_by_pages(client: Client) -> None:
    here = world().to("polling")
    sign_in(client, here.officers[0])
    path = reverse("act_correct_candidate", args=[here.slug])
    given = {"candidate": named("Ash Amin").pk, "reason": REASON}

    nothing = client.post(path, given)
    long = client.post(path, {**given, "statement": "word " * 501})
    client.post(path, {**given, "statement": MENDED})
    approval = Approval.objects.get()
    approve_act(approval.pk, by=here.officers[1].pk, now=now())
    public = client.get(reverse("election", args=[here.slug])).text

    assert "Correct the statement, or take the photograph off" in nothing.text
    assert "has 501 words, and may have 500" in long.text
    assert f"It becomes: “{MENDED}”" in approval.sentence
    assert MENDED in public
    assert here.election.stage == "polling"
