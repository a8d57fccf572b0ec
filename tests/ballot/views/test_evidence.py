"""Two counts that differ: an officer reads which figures, prints them, and hands them out."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from ballot.models import Count, CountsDiffer
from ballot.services import counted_twice
from ballot.services.count_papers import count_papers
from ballot.showing.two_counts import Differing, rows_of
from ballot.tellers import apart, tell
from office.models import StaffMember
from office.permissions import Role
from tests.ballot.factories import Run, code_of_refusal, election
from tests.office.factories import sign_in, staff

pytestmark = pytest.mark.django_db


def counts_apart(monkeypatch: pytest.MonkeyPatch, run: Run) -> CountsDiffer:
    """The count, stopped by tellers who lose a paper of the members' at the first stage."""
    def one_lost(opened: Any) -> Any:
        told = tell(opened)
        told["stages"][0]["votes"]["Ash Amin"] -= 1
        told["stages"][0]["sections"]["Members"]["votes"]["Ash Amin"] -= 1
        return told

    with monkeypatch.context() as patched:
        patched.setattr(counted_twice, "tell", one_lost)
        assert code_of_refusal(lambda: count_papers(run.election_id, **run.by)) == (
            "count.disagrees"
        )
    return CountsDiffer.objects.get()


def test_the_page_says_which_stage_section_and_candidate_with_both_figures_and_what_to_do(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    run = election(at="opened")
    slug = run.election.slug
    desk = sign_in(Client(), StaffMember.objects.get(pk=run.officers[0]))
    agent = sign_in(Client(), staff(Role.CANDIDATES_AGENT))
    page = reverse("desk_evidence", args=[slug])
    before = desk.get(page).text
    kept = counts_apart(monkeypatch, run)

    shown = desk.get(page).text
    link = desk.get(reverse("desk_election", args=[slug])).text
    whole = desk.get(reverse("desk_evidence_json", args=[slug, kept.pk]))
    papers = desk.get(reverse("desk_evidence_papers", args=[slug, kept.pk]))

    assert "No two counts of this election have differed" in before
    assert "The count is stopped" in shown and "2 figures differ" in shown
    cells = "".join(shown.split())
    for section in ("allsections", "Members"):
        assert f"<tdclass=\"govuk-table__cell\">Stage1,{section}</td>" in cells
    assert ">AshAmin</th>" in cells and ">3</td>" in cells and ">2</td>" in cells
    assert page in link
    assert json.loads(whole.content)["first"]["stages"][0]["votes"]["Ash Amin"] == 3
    assert json.loads(whole.content)["second"]["stages"][0]["votes"]["Ash Amin"] == 2
    assert b"Ash Amin" in papers.content
    assert agent.get(page).status_code == 404
    assert run.state == "opened" and not Count.objects.exists()
    count_papers(run.election_id, **run.by)
    after = desk.get(page).text
    assert "have been counted since" in after and "The count is stopped" not in after


def test_while_two_counts_differ_the_desk_says_so_first_and_leads_to_the_page(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    run = election(at="opened")
    slug = run.election.slug
    desk = sign_in(Client(), StaffMember.objects.get(pk=run.officers[0]))
    agent = sign_in(Client(), staff(Role.CANDIDATES_AGENT))
    pages = [reverse(name, args=[slug]) for name in (
        "desk_election", "desk_timetable", "desk_verification", "act_count", "act_declare",
        "desk_recounts", "desk_releases",
    )]  # fmt: skip
    said = "Two counts of the papers of “Leader” differ."
    before = [desk.get(page).text for page in pages]
    counts_apart(monkeypatch, run)

    shown = {page: desk.get(page).text for page in pages}

    assert not any(said in page for page in before)
    for page, text in shown.items():
        assert said in text and reverse("desk_evidence", args=[slug]) in text, page
    desks = shown[pages[0]]
    assert desks.index(said) < desks.index("Next: Count")
    for page in (pages[0], pages[1], pages[5]):
        assert said not in agent.get(page).text
    count_papers(run.election_id, **run.by)
    assert not any(said in desk.get(page).text for page in pages)


def test_every_figure_is_told_by_its_stage_its_section_and_what_it_is_of() -> None:
    first = {
        "valid": 6, "elected": ["Ash"],
        "stages": [{"votes": {"Ash": 1200, "Bea": 2}, "exhausted": 0, "excluded": [], "tie": None,
                    "sections": {"Members": {"votes": {"Ash": 1, "Bea": 2}, "exhausted": 0}}}],
    }  # fmt: skip
    second = {
        "valid": 7, "elected": ["Bea"],
        "stages": [{"votes": {"Ash": 1201}, "exhausted": 1, "excluded": ["Bea"], "tie": None,
                    "sections": {"Members": {"votes": {"Ash": 1, "Bea": 3}, "exhausted": 0}}}],
    }  # fmt: skip

    assert rows_of(apart(first, first)) == []
    assert rows_of(apart(first, second)) == [
        Differing("The whole count, all sections", "Valid papers", "6", "7"),
        Differing("The whole count, all sections", "Who is elected", "Ash", "Bea"),
        Differing("Stage 1, all sections", "Ash", "1,200", "1,201"),
        Differing("Stage 1, all sections", "Who has votes at all", "Ash, Bea", "Ash"),
        Differing("Stage 1, all sections", "Exhausted papers", "0", "1"),
        Differing("Stage 1, all sections", "Who is excluded", "nobody", "Bea"),
        Differing("Stage 1, Members", "Bea", "2", "3"),
    ]
    assert rows_of(apart({**first, "stages": []}, {"stages": second["stages"]})) == [
        Differing("The whole count, all sections",
                  "The stages, of which there is another number", "nobody", "1")
    ]  # fmt: skip


def test_figures_of_weights_and_of_several_places_are_told_in_words() -> None:
    def stage(**figures: Any) -> dict[str, Any]:
        return {"stages": [figures]}

    assert rows_of(apart(
        stage(weighted={"Ash": "57.500"}, percent={"Ash": "57.5%"}, continuing_votes="35.00",
              elected_by={}, transfers=[{"from": "Bea", "to": {"Ash": "1.00"}},
                                        {"from": "Bea", "exhausted": "0.50"}]) | {"quota": 12},
        stage(weighted={"Ash": "57.501"}, percent={"Ash": "57.6%"}, continuing_votes="34.00",
              elected_by={"Ash": "quota"}, transfers=[{"from": "Cal", "to": {"Ash": "1.01"}},
                                                      {"from": "Bea", "exhausted": "0.40"}])
        | {"quota": 13},
    )) == [
        Differing("Stage 1, all sections", "Ash: weighted votes, or points", "57.500", "57.501"),
        Differing("Stage 1, all sections", "Ash: percentage", "57.5%", "57.6%"),
        Differing("Stage 1, all sections", "Continuing votes", "35.00", "34.00"),
        Differing("Stage 1, all sections", "Ash: why elected after the stage", "nothing", "quota"),
        Differing("Stage 1, all sections", "Who is elected after the stage, or why", "nobody",
                  "Ash"),
        Differing("Stage 1, all sections", "Whose papers, or surplus, are passed on", "Bea", "Cal"),
        Differing("Stage 1, all sections", "Ash: received by the transfer", "1.00", "1.01"),
        Differing("Stage 1, all sections", "Exhausted by the transfer", "0.50", "0.40"),
        Differing("The whole count, all sections", "The quota", "12", "13"),
    ]  # fmt: skip


def test_the_papers_of_a_section_are_told_by_its_name_though_it_be_called_votes() -> None:
    first = {"sections": [{"name": "votes", "valid": 6}], "stages": [
        {"sections": {"votes": {"votes": {"Ash": 6}, "exhausted": 0}}}]}  # fmt: skip
    second = {"sections": [{"name": "votes", "valid": 5}], "stages": [
        {"sections": {"votes": {"votes": {"Ash": 5}, "exhausted": 1}}}]}  # fmt: skip

    assert rows_of(apart(first, second)) == [
        Differing("The whole count, votes", "Valid papers", "6", "5"),
        Differing("Stage 1, votes", "Ash", "6", "5"),
        Differing("Stage 1, votes", "Exhausted papers", "0", "1"),
    ]
