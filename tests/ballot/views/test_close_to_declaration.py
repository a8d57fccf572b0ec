"""The officer's pages after the close: verification, recounts; and who may see what of them."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from ballot.models import Election, Recount, RegisterMark
from ballot.services.record_dispute import record_dispute
from office.models import Approval
from office.permissions import Role
from office.services.approvals import approve_act
from tests.ballot.factories import no_triggers
from tests.ballot.views.world import STATES, now, world
from tests.office.factories import sign_in, staff

pytestmark = pytest.mark.django_db

GROUNDS = "The transfer at stage 2 looks odd."


def test_a_difference_is_listed_proposed_approved_and_then_shown_as_explained(
    client: Client,
) -> None:
    here = world().to("closed")
    mark = RegisterMark.objects.select_related("roll_entry__section").order_by("pk")[0]
    entry = mark.roll_entry
    record_dispute(here.election_id, recipient=entry.public_id, now=now())
    sign_in(client, here.officers[0])
    page = reverse("desk_verification", args=[here.slug])
    path = reverse("desk_explain", args=[here.slug, "disputed", entry.section.code])

    assert path in client.get(page).text
    assert client.post(path, {"reason": "short"}).status_code == 200
    assert client.post(path, {"reason": "They rang, and remembered."}).status_code == 302
    assert "waits for another officer" in client.get(page).text
    approve_act(Approval.objects.get().pk, by=here.officers[1].pk, now=now())

    assert "Explained: They rang, and remembered." in client.get(page).text
    here._verified()
    told = f"In the section “{entry.section.name}”, 1 of them is disputed by its elector: They rang"
    assert told in client.get(reverse("board", args=[here.slug])).text


def test_the_verification_is_there_from_the_close_on_and_for_nobody_who_may_not_see_it(
    client: Client,
) -> None:
    here = world().to("polling")
    path = reverse("desk_verification", args=[here.slug])
    sign_in(client, here.officers[0])
    before = client.get(path).status_code
    here._closed()
    after = client.get(path).status_code
    sign_in(client, staff(Role.CANDIDATES_AGENT))

    assert (before, after, client.get(path).status_code) == (409, 200, 404)


def test_what_stops_the_declaration_is_shown_to_who_may_declare_and_to_nobody_else(
    client: Client,
) -> None:
    here = world().to("counted")
    with no_triggers():
        Election.objects.filter(pk=here.election_id).update(recount_margin_permille=1000)
    pages = [reverse(name, args=[here.slug]) for name in ("desk_election", "desk_timetable")]
    watching = (Role.SCRUTINEER, Role.CANDIDATES_AGENT, Role.OBSERVER, Role.TELLER, Role.TRUSTEE)

    told = {}
    for person in (here.officers[0], *map(staff, watching)):
        sign_in(client, person)
        shown = [client.get(page).text for page in pages]
        assert all("Next: Declare the result" in text for text in shown)
        recount = reverse("desk_recounts", args=[here.slug])
        told[person.pk] = [
            f'href="{recount}">Recount on the page of the recounts: the lead is smaller' in text
            for text in shown
        ]
        said = "See what is missing" in shown[0], "What stops it" in shown[1]
        assert said == (person == here.officers[0],) * 2

    assert told.pop(here.officers[0].pk) == [True, True]
    assert len(told) == 5 and not any(map(any, told.values()))


def test_an_agent_asks_for_a_recount_without_seeing_the_count_and_an_officer_decides(
    client: Client,
) -> None:
    here = world().to("counted")
    contest = here.election.contests.get()
    with no_triggers():
        Election.objects.filter(pk=here.election_id).update(recount_margin_permille=1000)
    told_of_count = "the notice demands a recount"
    path = reverse("desk_recounts", args=[here.slug])
    sign_in(client, staff(Role.CANDIDATES_AGENT))

    assert client.post(path, {"contest": contest.pk, "grounds": GROUNDS}).status_code == 302
    shown = client.get(path).text
    assert GROUNDS in shown and "Decide it" not in shown
    assert told_of_count not in shown
    number = Recount.objects.get().pk
    decide = reverse("desk_recount", args=[here.slug, number])
    assert client.get(decide).status_code == 404
    assert client.get(reverse("act_declare", args=[here.slug])).status_code == 404

    sign_in(client, staff(Role.CANDIDATES_AGENT))
    assert GROUNDS not in client.get(path).text
    sign_in(client, here.officers[0])
    assert told_of_count in client.get(path).text
    given = {"granted": "yes", "reason": "It costs nothing."}
    assert client.post(decide, given).status_code == 302
    assert "the figures are the same" in client.get(path).text
    assert client.get(decide).status_code == 404


def test_what_holds_no_more_after_the_declaration_is_no_longer_said(client: Client) -> None:
    here = world().to("polling")
    sign_in(client, here.officers[0])
    names = ("desk_helpdesk", "desk_election", "desk_timetable")
    said = ("have a new link sent", "voting codes in force", "by an amendment of the notice")
    pages = [reverse(name, args=[here.slug]) for name in names]
    before = [words in client.get(page).text for page, words in zip(pages, said, strict=True)]

    for state in STATES[STATES.index("polling") + 1 : STATES.index("declared") + 1]:
        getattr(here, f"_{state}")()

    after = [words in client.get(page).text for page, words in zip(pages, said, strict=True)]
    assert (before, after) == ([True] * 3, [False] * 3)
    assert "nobody can vote any more" in client.get(pages[0]).text
