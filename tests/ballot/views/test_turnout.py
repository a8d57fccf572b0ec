"""The turnout that everybody is shown: one snapshot, the same for all, as page, CSV and JSON."""

from __future__ import annotations

import csv
import io
import json
from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from ballot.models import Election, TurnoutSnapshot
from ballot.services.close_poll import close_poll_early
from ballot.services.take_snapshot import EVERY, take_due_snapshot, take_snapshot
from office.permissions import Role
from tests.ballot.views.world import World, now, world
from tests.office.factories import sign_in, staff

pytestmark = pytest.mark.django_db


def seen_by_all(here: World, *, of: str) -> set[bool]:
    """Whether these words stand on the pages of the desk and of the public."""
    path = reverse("desk_turnout", args=[here.slug])
    people = (here.officers[0], staff(Role.OBSERVER), staff(Role.CANDIDATES_AGENT))
    pages = [sign_in(Client(), person).get(path).text for person in people]
    public = [reverse(name, args=[here.slug]) for name in ("election", "turnout")]
    pages += [Client().get(path).text for path in public]
    return {of in page for page in pages}


def test_everybody_sees_the_same_snapshot_and_nobody_a_newer_number(client: Client) -> None:
    here = world().to("polling")
    first, second = here.entries()[:2]
    early = client.get(reverse("turnout", args=[here.slug])).text
    here.cast(first, (0,))
    take_due_snapshot(here.election, now=now())
    here.cast(second, (0,))

    one = "<strong>1</strong> ballot cast: 12.5% of 8 electors"
    assert "The first figures come within a quarter of an hour" in early
    assert seen_by_all(here, of=one) == {True}
    again = take_due_snapshot(here.election, now=now())
    later = take_due_snapshot(here.election, now=now() + EVERY)
    assert (again, later) == (False, True)
    assert seen_by_all(here, of="<strong>2</strong> ballots cast: 25.0% of 8 electors") == {True}


def test_the_files_say_what_the_page_says(client: Client) -> None:
    here = world().to("polling")
    here.cast(here.entries()[0], (0,))
    take_snapshot(here.election, now=now())
    snapshot = TurnoutSnapshot.objects.get()

    text = client.get(reverse("turnout_csv", args=[here.slug])).text
    told = json.loads(client.get(reverse("turnout_json", args=[here.slug])).text)
    rows = list(csv.reader(io.StringIO(text)))

    assert rows[1] == ["total", "", "", "8", "1"]
    assert [row[4] for row in rows if row[0] == "hour"] == ["1"]
    assert [row[4] for row in rows if row[0] == "day"] == ["1"]
    assert len(told["rows"]) == len(rows) - 1
    assert datetime.fromisoformat(told["taken_at"]) == snapshot.taken_at.replace(microsecond=0)


@pytest.mark.parametrize("name", ["turnout_csv", "turnout_json"])
def test_the_files_say_before_the_first_figures_when_those_come(
    client: Client, name: str
) -> None:
    here = world().to("coded")
    path = reverse(name, args=[here.slug])
    before = client.get(path)
    here._polling()
    early = client.get(path)
    take_snapshot(here.election, now=now())
    taken = client.get(path)

    assert [one.status_code for one in (before, early, taken)] == [404, 404, 200]
    assert "There is a turnout once the poll is open." in before.text
    assert "There is a turnout once" not in early.text
    assert "The first figures come within a quarter of an hour of the opening" in early.text


def test_sections_show_during_the_poll_only_where_the_notice_says_so(client: Client) -> None:
    here = world().to("polling")
    here.cast(here.entries()[0], (0,))
    path = reverse("turnout", args=[here.slug])
    take_snapshot(here.election, now=now() - timedelta(hours=1))
    shown = client.get(path).text
    Election.objects.filter(pk=here.election_id).update(turnout_by_section=False)
    take_snapshot(here.election, now=now())

    hidden = client.get(path).text

    assert "Turnout by section" in shown and "is shown after the close" not in shown
    assert "is shown after the close" in hidden and "chart" in hidden
    assert "Turnout by section</caption>" not in hidden
    assert {one[0] for one in csv.reader(io.StringIO(
        client.get(reverse("turnout_csv", args=[here.slug])).text))} == {
        "of", "total", "hour", "day"}


def test_the_figures_at_the_desk_are_asked_for_anew_while_the_poll_goes_on(client: Client) -> None:
    here = world().to("polling")
    take_snapshot(here.election, now=now())
    sign_in(client, here.officers[0])
    fragment = reverse("desk_turnout_fragment", args=[here.slug])

    page = client.get(reverse("desk_turnout", args=[here.slug])).text

    assert f'hx-get="{fragment}"' in page
    assert "ballots cast" in client.get(fragment).text and "<html" not in client.get(fragment).text


def test_units_are_told_of_once_at_the_close_and_no_unit_by_few(client: Client) -> None:
    here = world().to("polling")
    for entry in here.entries()[:3]:
        here.cast(entry, (0,))
    take_due_snapshot(here.election, now=now())
    polling = TurnoutSnapshot.objects.get().figures
    page = client.get(reverse("turnout", args=[here.slug])).text

    close_poll_early(here.election_id, reason="All have voted by now.", **here.by_two)
    taken = [take_due_snapshot(here.election, now=now()) for _ in range(2)]

    closed = TurnoutSnapshot.objects.latest("taken_at").figures
    assert sum(one["ballots"] for one in polling["sections"]) == 3
    assert polling["units"] == [] and "Units are told of once, after the close" in page
    assert taken == [True, False]
    assert closed["units"] and all(one["ballots"] == 0 for one in closed["units"])


def test_who_tends_a_poll_waits_for_another_who_takes_its_snapshot() -> None:
    here = world().to("polling")

    take_due_snapshot(here.election, now=now())

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT mode FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid()"
            " AND classid = 7 AND objid = %s", [here.election_id],
        )
        assert cursor.fetchall() == [("ExclusiveLock",)]
