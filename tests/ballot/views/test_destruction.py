"""The pages before a destruction of ballots, and what each says after it instead of failing."""

from __future__ import annotations

import io
import zipfile
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from ballot.models import BallotDestruction
from ballot.retention import kept_until
from ballot.services.destroy_ballots import destroy_ballots
from ballot.services.publish_board import publish_board
from ballot.services.void_election import void_election
from ballot.times import day_words
from ballot.turnout import figures_of
from office.models import Approval, StaffMember
from office.services.approvals import approve_act
from tests.ballot.destroying import LONG_AGO, archived, papers, void
from tests.ballot.factories import REASON, Run, content, election, now
from tests.office.factories import sign_in

pytestmark = pytest.mark.django_db


def path_of(run: Run, name: str, *rest: object) -> str:
    return reverse(name, args=[run.election.slug, *rest])


def signed_in(client: Client, run: Run) -> Client:
    return sign_in(client, StaffMember.objects.get(pk=run.officers[0]))


def test_two_officers_read_what_goes_and_every_page_says_afterwards_that_it_went(
    client: Client,
) -> None:
    run = archived()
    public, desk = Client(), signed_in(client, run)
    turnout = figures_of(run.election)
    act = path_of(run, "act_destroy_ballots")
    asked = desk.get(act).text
    before = public.get(path_of(run, "check")).text
    assert public.get(path_of(run, "destruction")).status_code == 404
    desk.post(act)
    assert not BallotDestruction.objects.exists()
    approve_act(Approval.objects.get(act="destroy_ballots").pk, by=run.officers[1], now=now())
    waits = desk.get(path_of(run, "desk_election")).text
    destroy_ballots(run.election_id, now=now())
    publish_board(run.election_id, now=now())

    assert "The marked register" in asked and "Sealed ballots" in asked
    assert "is ordered, and is carried out" in waits
    certificate = public.get(path_of(run, "destruction")).text
    assert content(run, "destruction")["leaves"] in certificate
    check = public.get(path_of(run, "check")).text
    assert "each ballot stands under a key" in before and "each ballot stands" not in check
    assert ">3 ballots are on the board" in before
    assert "The hashes of 3 ballots are on the board" in check
    hidden = '<div class="govuk-form-group" hidden>'
    assert hidden not in before and check.count(hidden) == 1
    for name in ("board", "result", "check"):
        assert "were destroyed on" in public.get(path_of(run, name)).text, name
    assert "were destroyed on" in desk.get(path_of(run, "desk_election")).text
    ballot, blob = papers(run)[0].number, content(run, "destruction")["blobs"][0]
    gone = [
        public.get(path_of(run, "entry_json", ballot)), public.get(path_of(run, "blob", blob)),
        public.post(path_of(run, "board"), {"tracker": "0" * 64}),
        *(desk.get(path_of(run, name)) for name in
          ("desk_verification", "desk_helpdesk", "desk_post", "desk_set_aside")),
    ]  # fmt: skip
    assert {answer.status_code for answer in gone} == {410}
    assert all("were destroyed on" in answer.text for answer in gone)
    assert public.get(path_of(run, "proof", ballot)).status_code == 200
    for name in ("election", "turnout", "electorate", "incidents"):
        assert public.get(path_of(run, name)).status_code == 200, name
    assert figures_of(run.election) == turnout
    answer = public.get(path_of(run, "everything"))
    octets = b"".join(answer.streaming_content)  # type: ignore[attr-defined]
    assert len(octets) == int(answer["Content-Length"])
    names = zipfile.ZipFile(io.BytesIO(octets)).namelist()
    assert f"blob/{blob}" not in names and "checkpoint" in names


def test_while_the_notice_keeps_them_the_page_says_until_when_and_has_no_button(
    client: Client,
) -> None:
    run = archived(days_ago=timedelta(days=100))
    desk = signed_in(client, run)
    act = path_of(run, "act_destroy_ballots")

    shown, sent = desk.get(act).text, desk.post(act).text

    assert "keeps the ballots and the marked register until" in shown
    assert "Propose to destroy" not in shown
    assert "keeps the ballots and the marked register until" in sent
    assert not Approval.objects.filter(act="destroy_ballots").exists()
    assert "Destroy the sealed ballots" not in desk.get(path_of(run, "desk_election")).text


def test_of_a_void_election_every_page_says_so_and_no_page_speaks_of_a_result(
    client: Client,
) -> None:
    run = void()
    public, desk = Client(), signed_in(client, run)
    act = path_of(run, "act_destroy_ballots")
    due = desk.get(path_of(run, "desk_election")).text
    asked = desk.get(act).text
    desk.post(act)
    approve_act(Approval.objects.get(act="destroy_ballots").pk, by=run.officers[1], now=now())
    destroy_ballots(run.election_id, now=now())
    publish_board(run.election_id, now=now())

    assert "The days are over" in due and "Destroy the sealed ballots" in due
    assert "Sealed ballots" in asked and "The marked register" in asked
    certificate = public.get(path_of(run, "destruction")).text
    assert content(run, "destruction")["leaves"] in certificate
    assert "counted from the day on which the election became void" in certificate
    assert "the count and the declaration" not in certificate
    for name in ("election", "board", "check"):
        assert "were destroyed on" in public.get(path_of(run, name)).text, name
    assert path_of(run, "destruction") in public.get(path_of(run, "election")).text
    assert "were destroyed on" in desk.get(path_of(run, "desk_election")).text
    ballot = papers(run)[0].number
    gone = [
        public.get(path_of(run, "entry_json", ballot)),
        public.get(path_of(run, "blob", content(run, "destruction")["blobs"][0])),
        public.post(path_of(run, "board"), {"tracker": "0" * 64}),
        *(desk.get(path_of(run, name)) for name in
          ("desk_verification", "desk_helpdesk", "desk_post", "desk_set_aside")),
    ]  # fmt: skip
    assert {answer.status_code for answer in gone} == {410}
    for name in ("proof", "electorate", "incidents", "notice", "everything"):
        answer = public.get(path_of(run, name, *([ballot] if name == "proof" else [])))
        assert answer.status_code == 200, name
    for name in ("desk_timetable", "desk_watching", "desk_trustees", "act_destroy_ballots"):
        assert desk.get(path_of(run, name)).status_code == 200, name


def test_a_void_election_is_kept_until_its_day_and_its_pages_say_until_when(
    client: Client,
) -> None:
    run = void(days_ago=LONG_AGO - timedelta(days=300))
    desk = signed_in(client, run)
    act = path_of(run, "act_destroy_ballots")
    last = kept_until(run.election)
    assert last is not None

    here, timetable, shown = (
        desk.get(path).text
        for path in (path_of(run, "desk_election"), path_of(run, "desk_timetable"), act)
    )

    assert f"are kept until {day_words(last)}, that day included" in here
    assert "Destroy the sealed ballots" not in here
    assert day_words(last) in timetable
    assert "Last day to challenge" not in timetable
    assert f"until {day_words(last)}, that day included" in shown
    assert "Propose to destroy" not in shown


def test_a_draft_that_became_void_is_offered_no_destruction_and_promised_no_day(
    client: Client,
) -> None:
    run = election(at="draft")
    desk = signed_in(client, run)
    void_election(run.election_id, reason=REASON, **run.by_two)

    here = desk.get(path_of(run, "desk_election"))
    shown = desk.get(path_of(run, "act_destroy_ballots"))

    assert (here.status_code, shown.status_code) == (200, 200)
    assert "are kept until" not in here.text and "Destroy the sealed" not in here.text
    assert "there is nothing to destroy" in shown.text
    assert "Propose to destroy" not in shown.text
