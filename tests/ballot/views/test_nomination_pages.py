"""The pages of nominations: a secretary's and a candidate's link, the desk, the public table."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from ballot.forms.nominations import NominationForm
from ballot.models import Candidate, NominatingBody, Nomination, Ruling
from ballot.services.nomination_seats import ask_consent, send_body_links, show_body_link
from ballot.services.withdraw_candidate import withdraw_candidate
from ballot.views.nominations import contests_open, nominate_by, nominated_now
from ballot.who_stands import names_seed
from office.refusal import Refusal
from office.services.sending import send_at_once
from tests.ballot.factories import Run, bring, now
from tests.ballot.services.nominating import BODIES, body, give, nominating, person, rule
from tests.ballot.views.desk import photograph
from tests.office.factories import officer, sign_in

pytestmark = pytest.mark.django_db


def code_of(run: Run, name: str) -> str:
    return show_body_link(body(name).pk, **run.by)


def at(run: Run, page: str, *more: Any) -> str:
    return reverse(page, args=[run.election.slug, *more])


def choices(run: Run, name: str) -> dict[str, Any]:
    chosen = "nobody" if name == "nobody" else person(name).pk
    return {f"contest_{run.contest.pk}": chosen, "hand_in": "yes"}


def test_a_secretary_hands_in_by_the_code_and_looking_uses_nothing_up(client: Client) -> None:
    run = nominating()
    code = code_of(run, "Barking")
    page = at(run, "nominate")

    for _ in range(3):
        assert client.get(page).status_code == 200
    looked = client.post(page, {"code": code})
    before = Nomination.objects.count()
    taken = client.post(page, {"code": code, **choices(run, "Ash Amin")})
    amended = client.post(page, {"code": code, **choices(run, "nobody")})

    assert "Barking: whom do you nominate?" in looked.content.decode()
    assert before == 0
    for answer in (taken, amended):
        assert "The nomination is taken" in answer.content.decode()
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["Referrer-Policy"] == "same-origin"
    history = Nomination.objects.filter(body=body("Barking"))
    assert [one.candidate_id for one in history] == [person("Ash Amin").pk, None]


def test_a_nomination_in_several_contests_is_taken_whole_or_not_at_all() -> None:
    run = nominating(other_contests=({"title": "Deputy", "candidates": ("Dee Dale", "Ed Orr")},))
    barking = body("Barking")
    leader, deputy = run.election.contests.order_by("position")
    chosen = {f"contest_{leader.pk}": person("Ash Amin").pk}

    def nominate(name: str) -> None:
        given = {**chosen, f"contest_{deputy.pk}": person(name).pk}
        form = NominationForm(given, contests=contests)
        assert form.is_valid()
        nominate_by(form, barking, by=None)

    contests = contests_open(run.election)
    withdraw_candidate(person("Dee Dale").pk, **run.by)

    with pytest.raises(Refusal) as refused:
        nominate("Dee Dale")
    assert refused.value.code == "nomination.not-standing"
    assert not Nomination.objects.exists() and nominated_now(barking) == {}
    nominate("Ed Orr")

    assert nominated_now(barking) == {
        f"contest_{leader.pk}": str(person("Ash Amin").pk),
        f"contest_{deputy.pk}": str(person("Ed Orr").pk),
    }


def test_where_nobody_stands_any_more_no_nomination_is_said_to_be_taken(client: Client) -> None:
    run = nominating()
    sent = {"code": code_of(run, "Barking"), **choices(run, "Ash Amin")}
    page = at(run, "nominate")
    taken = client.post(page, sent).content.decode()
    for name in ("Ash Amin", "Birch Bell", "Cedar Cox"):
        withdraw_candidate(person(name).pk, **run.by)

    nobody = client.post(page, sent).content.decode()

    said = "The nomination is taken", "Nobody stands any more. Nothing was changed."
    assert [[words in text for words in said] for text in (taken, nobody)] == [
        [True, False], [False, True]]


def test_a_code_of_no_link_or_of_an_older_one_hands_nothing_in(client: Client) -> None:
    run = nominating()
    old, new = code_of(run, "Barking"), code_of(run, "Barking")
    page = at(run, "nominate")

    for code in ("", "nothing", old):
        answer = client.post(page, {"code": code, **choices(run, "Ash Amin")})
        assert "There is a problem" in answer.content.decode()
    assert not Nomination.objects.exists()
    client.post(page, {"code": new, **choices(run, "Ash Amin")})

    assert Nomination.objects.get().body.name == "Barking"


def test_codes_are_tried_only_so_often(client: Client) -> None:
    run = nominating()
    answers = [
        client.post(at(run, "nominate"), {"code": f"wrong-{n}"}).content.decode()
        for n in range(62)
    ]

    assert "This code is of no link" in answers[0]
    assert "too often" in answers[-1]


def test_the_letter_carries_the_code_in_the_fragment_alone(client: Client) -> None:
    run = nominating()

    sent = send_body_links(run.election_id, **run.by)
    send_at_once()

    assert sent == 4 == len(mail.outbox)
    assert send_body_links(run.election_id, **run.by) == 0
    (letter,) = [one for one in mail.outbox if one.to == ["barking@example.org"]]
    found = re.search(r"(\S+/nominate/[^#\s]+)#(\S+)", str(letter.body))
    assert found is not None and "Bo Tate" in str(letter.body)
    answer = client.post(at(run, "nominate"), {"code": found[2]})
    assert "Barking: whom do you nominate?" in answer.content.decode()
    assert found[2] not in letter.subject and found[2] not in found[1]


def test_a_candidate_consents_with_statement_photograph_and_agent(client: Client) -> None:
    run = nominating(statement_words=4)
    ask_consent(person("Ash Amin").pk, address="ash@example.org", **run.by)
    send_at_once()
    found = re.search(r"#(\S+)", str(mail.outbox[-1].body))
    assert found is not None
    page, code = at(run, "consent"), found[1]
    given = {"code": code, "hand_in": "yes", "consents": "on", "agent_name": "Gwen Ash",
             "agent_address": "gwen@example.org"}

    without = client.post(page, {**given, "consents": "", "statement": "I listen."})
    too_long = client.post(page, {**given, "statement": "One two three four five"})
    half = client.post(page, {**given, "agent_address": "", "statement": "I listen."})
    unanswered = Candidate.objects.get(name="Ash Amin").consented_at
    taken = client.post(page, {**given, "statement": "I listen.\n\nAlways.",
                               "photo": photograph()})

    assert "Without your consent" in without.content.decode()
    assert "has 5 words, and may have 4" in too_long.content.decode()
    assert "or leave both" in half.content.decode()
    assert unanswered is None and "Your consent is taken" in taken.content.decode()
    shown = "Your photograph as it will be shown"
    assert shown in taken.content.decode() and shown not in half.content.decode()
    ash = Candidate.objects.get(name="Ash Amin")
    assert ash.consented_at is not None and ash.statement == "I listen.\n\nAlways."
    assert bytes(ash.photo or b"")[8:12] == b"WEBP"
    assert (ash.agent_name, ash.agent_address) == ("Gwen Ash", "gwen@example.org")


def test_who_was_asked_and_has_not_consented_holds_the_statement_up(client: Client) -> None:
    run = nominating()
    ask_consent(person("Ash Amin").pk, address="ash@example.org", **run.by)
    sign_in(client, officer())

    waits = client.get(at(run, "act_publish_candidates")).content.decode()
    Candidate.objects.filter(name="Ash Amin").update(consented_at=now())
    ready = client.get(at(run, "act_publish_candidates")).content.decode()

    assert "Not yet: " in waits and "Not yet: " not in ready


def test_nothing_is_handed_in_once_who_stands_is_published(client: Client) -> None:
    run = nominating()
    code = code_of(run, "Barking")
    bring(run, to="nominated")

    answer = client.post(at(run, "nominate"), {"code": code, **choices(run, "Ash Amin")})

    assert "Nominations are not open" in answer.content.decode()
    assert not Nomination.objects.exists()


def test_the_desk_takes_a_list_sends_links_and_rules(client: Client) -> None:
    run = nominating(gates="1 of CLP or 1 of affiliate/union")
    sign_in(client, officer())
    file = {"file": _file("bodies.csv", BODIES.replace("Aberavon", "Arfon"))}

    client.post(at(run, "desk_bodies"), file)
    client.post(at(run, "desk_body_new"), {"kind": "CLP", "name": "Dover", "members": ""})
    dover = NominatingBody.objects.get(name="Dover")
    client.post(at(run, "desk_body", dover.pk), choices(run, "Ash Amin"))
    shown = client.post(at(run, "desk_body_link_shown", dover.pk)).content.decode()
    papers = client.get(at(run, "desk_paper_of", person("Ash Amin").pk)).content.decode()
    before = client.get(at(run, "act_publish_candidates")).content.decode()
    client.post(at(run, "desk_paper_of", person("Ash Amin").pk),
                {"ruling": "valid", "reason": "Dover nominates Ash Amin."})
    nomination = Nomination.objects.get()
    client.post(at(run, "desk_nomination", nomination.pk),
                {"ruling": "rejected", "reason": "Dover did not meet."})
    desk = client.get(at(run, "desk_nominations")).content.decode()
    public = [client.get(at(run, name)).content.decode() for name in ("nominations", "notice")]

    assert all("1 of CLP or 1 of affiliate with the mark union" in page for page in public)
    assert NominatingBody.objects.filter(name="Arfon").exists()
    assert f"/nominate/{run.election.slug}/#" in shown
    told = "Met: 1 of CLP (has 1, needs 1), or 1 of affiliate with the mark union (has 0, needs 1)"
    assert told in papers
    assert "The papers of Birch Bell are ruled on, and if valid have" in before
    assert "Rule them valid, or reject them" in before
    assert [one.is_valid for one in Ruling.objects.all()] == [True, False]
    assert "Not met yet: 1 of CLP (has 0, needs 1)" in desk
    assert nomination.taken_by is not None


def test_a_link_that_an_officer_was_shown_is_told_on_the_public_table_and_by_letter(
    client: Client,
) -> None:
    run = nominating()
    sign_in(client, officer())
    told = "Links handed over by an officer"
    before = Client().get(at(run, "nominations")).content.decode()

    page = client.post(at(run, "desk_body_link_shown", body("Barking").pk)).content.decode()
    client.post(at(run, "desk_body_link_shown", body("Ned Orr").pk))
    send_at_once()
    after = Client().get(at(run, "nominations")).content.decode()
    desk = client.get(at(run, "desk_body", body("Barking").pk)).content.decode()

    assert told not in before and told in after
    assert "Barking (CLP): last on" in after and "Ned Orr (MP): last on" in after
    assert "Aberavon (CLP): last on" not in after and "was last shown its link" in desk
    (letter,) = mail.outbox
    assert letter.to == ["barking@example.org"]
    code = re.search(r"/nominate/[^#\s]+#([\w=-]+)", page)
    assert "drew a new link" in str(letter.body)
    assert code is not None and code[1] not in str(letter.message())


def test_the_public_page_shows_who_nominates_whom_by_day_and_the_same_as_a_table() -> None:
    run = nominating()
    give(run, "Barking", "Ash Amin")
    give(run, "Aberavon", "Ash Amin")
    give(run, "Ned Orr", "Birch Bell")
    rule(run, "Cedar Cox", is_valid=False, reason="Cedar Cox is no member.")

    page = Client().get(at(run, "nominations")).content.decode()

    assert "Ash Amin 2, Birch Bell 0, Cedar Cox 0" in page
    assert "Rejected: Cedar Cox is no member." in page
    plots = page.count('<figure class="app-chart">')
    assert plots == 2 == page.count("The same figures as a table")
    assert page.count("a nomination that was rejected afterwards still counts here") == 2
    assert "aberavon@example.org" not in page and "Cai Lloyd" not in page


def test_the_statement_on_the_notice_page_names_the_papers_that_were_rejected() -> None:
    run = nominating()
    rule(run, "Cedar Cox", is_valid=False, reason="Cedar Cox is no member.")
    before = Client().get(at(run, "election")).content.decode()
    bring(run, to="nominated")

    after = Client().get(at(run, "election")).content.decode()

    assert "Cedar Cox is no member." not in before
    assert "Papers that were rejected" in after and "Cedar Cox is no member." in after


@pytest.mark.parametrize("page", ["nominations", "election"])
def test_the_public_pages_read_no_photograph(page: str) -> None:
    run = nominating()
    for name in ("Ash Amin", "Birch Bell", "Cedar Cox"):
        give(run, "Barking", name)
    rule(run, "Cedar Cox", is_valid=False, reason="Cedar Cox is no member.")
    bring(run, to="nominated")
    withdraw_candidate(person("Birch Bell").pk, **run.by)

    with CaptureQueriesContext(connection) as queries:
        shown = Client().get(at(run, page)).content.decode()

    # Whether there is a photograph may be asked; what is read stands before FROM.
    read = [one["sql"].partition(" FROM ")[0] for one in queries.captured_queries]
    assert "Ash Amin" in shown and "Cedar Cox is no member." in shown
    assert any('"ballot_candidate"."name"' in columns for columns in read)
    assert not [columns for columns in read if '"photo"' in columns]


def _file(name: str, content: str) -> Any:
    return SimpleUploadedFile(name, content.encode())


def test_the_lot_for_the_names_is_offered_until_it_is_drawn(client: Client) -> None:
    run = nominating(at="nominated", names_order="lot")
    sign_in(client, officer())
    offer = f'href="{at(run, "act_draw_names")}"'

    before = client.get(at(run, "desk_election")).content.decode()
    client.post(at(run, "act_draw_names"),
                {"seed": "26143 55216 43312", "source": "Dice, before both agents."})
    after = client.get(at(run, "desk_election")).content.decode()

    assert offer in before and offer not in after
    assert names_seed(run.election_id) == "26143 55216 43312"


def test_a_withdrawal_from_an_open_poll_says_what_becomes_of_votes_and_shows_in_the_booth(
    client: Client,
) -> None:
    run = nominating(at="polling")
    sign_in(client, officer())
    page = at(run, "desk_candidate_withdraw", person("Birch Bell").pk)

    asked = client.get(page).content.decode()
    before = Client().get(at(run, "booth")).content.decode()
    client.post(page)
    booth = Client().get(at(run, "booth")).content.decode()
    notice = Client().get(at(run, "election")).content.decode()

    assert "The name stays on the paper" in asked and "pass on to the next preference" in asked
    assert "Has withdrawn" not in before and booth.count("Has withdrawn") == 1
    assert re.search(r'data-name="Birch Bell" data-withdrawal="\d+"', booth)
    assert booth.count("<select") == before.count("<select") - 1
    assert "Withdrawn" in notice


def test_where_a_paper_has_one_choice_votes_for_who_withdrew_are_said_to_count_for_nobody() -> None:
    run = nominating(at="polling", method="plurality", rankings=((0,),))
    withdraw_candidate(person("Birch Bell").pk, **run.by)

    booth = Client().get(at(run, "booth")).content.decode()
    notice = Client().get(at(run, "election")).content.decode()

    assert "Votes cast before count for nobody." in booth
    assert "a paper has no second choice" in notice
    assert "next preference" not in booth + notice


def test_the_desks_paper_says_whose_papers_were_rejected(client: Client) -> None:
    run = nominating()
    rule(run, "Cedar Cox", is_valid=False, reason="Cedar Cox is no member.")
    sign_in(client, officer())

    page = client.get(at(run, "desk_paper")).content.decode()

    assert page.count("Papers rejected") == 1
    assert page.count(">Withdraw<") == 2
