"""The observers' page: the same for all who watch, and no figure newer than the public's."""

from __future__ import annotations

import csv
import io
from datetime import date, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from ballot.models import Incident
from ballot.services.extend_poll import extend_poll
from ballot.services.helpdesk import note_at_helpdesk
from ballot.services.publish_board import publish_board
from ballot.services.take_daily_sheet import take_due_sheet
from ballot.services.take_snapshot import take_snapshot
from ballot.times import day_words
from office.models import StaffMember
from office.permissions import WATCHERS, Role
from tests.ballot.views.test_every_act import Visitor
from tests.ballot.views.world import World, now, world
from tests.office.factories import sign_in, staff
from tests.office.urls import routes

pytestmark = pytest.mark.django_db

DESK = "desk/"
# An agent asks for a recount; agents and scrutineers sign or object for the record.
WATCHERS_DO = ("ask_recount", "attest")


def page(here: World, person: StaffMember, name: str = "desk_watching") -> str:
    return sign_in(Client(), person).get(reverse(name, args=[here.slug])).text


def polled() -> World:
    """A poll with two ballots, one of them in the snapshot, and one of each thing to be seen."""
    here = world().to("polling")
    first, second = here.entries()[:2]
    here.cast(first, (0,))
    take_snapshot(here.election, now=now())
    here.cast(second, (0,))
    note_at_helpdesk(here.election_id, kind="not-me", entry_id=first.pk, **here.by)
    take_due_sheet(here.election, now=now() + timedelta(days=1))
    publish_board(here.election_id, now=now())
    return here


def test_all_who_watch_are_shown_the_same_and_no_newer_figure_nor_anybodys_name() -> None:
    here = polled()
    extend_poll(here.election_id, reason="The post was late by two days.", **here.by_two,
                closes_at=(now() + timedelta(days=9)).isoformat())
    people = [staff(role, name="Sam Watch") for role in sorted(WATCHERS)]

    first, *others = [
        told[told.index("<h1") :] for told in (page(here, person) for person in people)
    ]

    assert all(other == first for other in others)
    for words in ("<strong>1</strong> ballot cast", "Voting codes</th>", "“This was not me”",
                  "hustings_witness.py watch", "Daily sheets: votes</caption>"):
        assert words in first
    assert "Notices that the poll closes later</th>" in first
    assert "<strong>2</strong>" not in first
    for entry in here.entries():
        assert entry.family_name not in first and entry.number not in first


def test_the_desk_leads_to_the_page_and_no_link_on_it_is_closed_to_who_watches() -> None:
    here = polled()
    person = staff(Role.OBSERVER)
    client = sign_in(Client(), person)

    told = page(here, person)

    assert reverse("desk_watching", args=[here.slug]) in page(here, person, "desk_election")
    links = {part.split('"')[0] for part in told.split('href="')[1:]}
    inside = sorted(link for link in links if link.startswith(f"/{DESK}elections/"))
    assert len(inside) >= 4
    assert {link: client.get(link).status_code for link in inside} == dict.fromkeys(inside, 200)
    assert "<form" not in told[told.index("<h1") : told.index("</main>")]


def test_the_page_opens_for_an_officer_and_for_nobody_whose_role_is_another() -> None:
    here = world().to("nominating")
    path = reverse("desk_watching", args=[here.slug])

    roles = (Role.RETURNING_OFFICER, Role.OBSERVER, Role.TRUSTEE, Role.MEMBERSHIP_ADMINISTRATOR)
    answers = [sign_in(Client(), staff(role)).get(path).status_code for role in roles]

    assert answers == [200, 200, 404, 404]


def test_the_sheets_are_a_file_of_the_same_cells() -> None:
    here = polled()

    rows = list(csv.reader(io.StringIO(page(here, staff(Role.OBSERVER), "desk_sheets_csv"))))

    heads, day = rows
    told = dict(zip(heads, day, strict=True))
    shown = page(here, staff(Role.OBSERVER), "desk_watching")
    assert day_words(date.fromisoformat(told["Day"])) in shown
    assert told["Day"] not in shown
    assert all(f">{head}</th>" in shown for head in heads)
    assert shown.count(f'row">{day_words(date.fromisoformat(told["Day"]))}</th>') == 3
    assert (told["Papers issued"], told["Voted"], told["Incidents"]) == ("8", "1", "1")
    assert sum(int(told[head]) for head in heads if head.startswith("Voted: ")) == 1
    assert Incident.objects.count() == 1


def test_every_unsafe_request_to_the_desk_is_refused_to_who_watches() -> None:
    here = world().to("polling")
    watchers = [Visitor(role.value, staff(role)) for role in sorted(WATCHERS)]
    asked = [
        # The first that an address names is the election, where it names one.
        (route, route.address.replace("none-such", here.slug, 1))
        for route in routes() if route.act and route.pattern.startswith(DESK)
    ]
    let_in = {}

    for watcher in watchers:
        for route, path in asked:
            if route.act_post in WATCHERS_DO and watcher.may(route.act_post):
                continue
            for method in ("POST", "PUT", "DELETE"):
                status = watcher.status(path, method)
                if status not in {404, 405}:
                    let_in[watcher.name, route.pattern, method] = status

    taken = Visitor("officer", here.officers[0]).client.post(
        reverse("desk_incident_new", args=[here.slug]), {}
    )
    assert sum(here.slug in path for _, path in asked) > 60
    assert let_in == {}
    assert taken.status_code == 200 and "There is a problem" in taken.text
