"""The pages of joint tickets: at the desk, before the declaration and in it."""

from __future__ import annotations

import io
from dataclasses import replace

import pytest
from django.test import Client
from django.urls import reverse
from pypdf import PdfReader

from ballot.models import Contest
from ballot.services.set_up_contest import remove_contest
from ballot.showing.results import _with_posts, result_of
from tests.ballot.factories import bring, election
from tests.ballot.tickets import TICKET, ash, tickets
from tests.office.factories import officer, sign_in

pytestmark = pytest.mark.django_db


def test_the_desk_takes_two_posts_two_names_and_two_links(client: Client) -> None:
    run = election(candidates=())
    sign_in(client, officer())
    slug = run.election.slug
    contest = {"title": "Leaders", "method": "av", "stop": "majority",
               "tie_rule": "lot", "ticket_first": "Leader"}
    page = reverse("desk_contest_new", args=[slug])

    refused = client.post(page, contest).text
    assert "Name both posts of a joint ticket" in refused
    client.post(page, {**contest, "ticket_second": "Deputy leader"})
    made = Contest.objects.get(title="Leaders")
    assert made.ticket == TICKET
    new = reverse("desk_candidate_new", args=[slug, made.pk])
    assert "Name, for Deputy leader" in client.get(new).text
    client.post(new, {"name": "Ash Amin", "second": "Dee Day"})

    change = client.get(reverse("desk_candidate", args=[slug, ash().pk])).text
    assert 'value="Ash Amin"' in change and 'value="Dee Day"' in change
    remove_contest(run.contest.pk, **run.by)
    bring(run, to="nominating")
    listed = client.get(reverse("desk_nominations", args=[slug])).text
    link = reverse("desk_ask_second", args=[slug, ash().pk])
    assert link in listed and "Dee Day: Not asked for consent by a link" in listed
    assert "Ask Dee Day for consent" in client.get(link).text
    client.post(link, {"address": "dee@example.org"})
    assert ash().second_address == "dee@example.org"
    leave = reverse("desk_candidate_withdraw", args=[slug, ash().pk])
    assert "If either of them withdraws, both have withdrawn." in client.get(leave).text
    assert "Say who of the two withdraws." in client.post(leave).text
    client.post(leave, {"who": "second"})
    assert ash().withdrawn_at is not None


def test_the_declaration_says_who_is_elected_to_which_post(client: Client) -> None:
    run = tickets(at="counted")
    sign_in(client, officer())
    slug = run.election.slug
    link = client.get(reverse("desk_release", args=[slug, ash().pk])).text
    assert "One link is for both people of the ticket" in link
    bring(run, to="declared")

    page = client.get(reverse("result", args=[slug])).text
    paper = client.get(reverse("result_version_pdf", args=[slug, 1])).content
    sheets = [sheet.extract_text() for sheet in PdfReader(io.BytesIO(paper)).pages]

    said = "Ash Amin is elected Leader, and Dee Day Deputy leader."
    assert said in page and said in " ".join(" ".join(sheets).split())
    (told,) = result_of(run.election.declarations.get(), names={}).contests
    unsaid = replace(told, posts="")
    assert told.posts == said == _with_posts(unsaid, TICKET).posts
    assert _with_posts(unsaid, None).posts == ""
    assert _with_posts(replace(unsaid, nominations_reopen=True), TICKET).posts == ""
