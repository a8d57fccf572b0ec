"""Every look at a member is written down, cannot be unwritten, and unusual numbers stand out."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import Error, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from members import selectors, services
from members.models import CorrectionRequest, LookUp, Member, Pair
from members.services.record_lookup import words_mac
from office.permissions import Role
from tests.members.factories import NOW, imported, people, person
from tests.office.factories import officer, sign_in, staff

pytestmark = pytest.mark.django_db


def test_whoever_opens_a_member_is_written_down(client: Client) -> None:
    imported(person())
    keeper = staff(Role.MEMBERSHIP_ADMINISTRATOR)
    member = Member.objects.get()

    sign_in(client, keeper).get(reverse("member", args=[member.pk]))
    client.get(reverse("member", args=[member.pk + 1]))

    row = LookUp.objects.get()
    assert (row.kind, row.by, row.member) == ("member", keeper, member)


def test_of_a_search_the_words_are_not_kept(client: Client) -> None:
    imported(person())
    services.refresh_search()
    sign_in(client, officer())

    client.get(reverse("members"), {"q": "Fallowes"})
    client.get(reverse("members"), {"q": "fallowes "})
    client.get(reverse("members"), {"q": "Zzyzx"})

    again, first, = LookUp.objects.exclude(hits=0)
    assert first.words_mac == again.words_mac == words_mac("Fallowes")
    assert (first.kind, first.hits, first.member) == ("search", 1, None)
    nobody = LookUp.objects.get(hits=0)
    assert nobody.words_mac not in ("", first.words_mac)
    with connection.cursor() as cursor:
        cursor.execute("SELECT string_agg(l::text, '') FROM members_lookup l")
        assert "allowes" not in cursor.fetchone()[0]


def test_going_through_the_list_is_written_down_too(client: Client) -> None:
    sign_in(client, officer())
    client.get(reverse("members"))
    assert not LookUp.objects.exists()
    imported(*people(3))

    client.get(reverse("members"))

    row = LookUp.objects.get()
    assert (row.kind, row.hits, row.words_mac) == ("search", 3, "")


def test_pages_that_list_people_are_looks_too(client: Client) -> None:
    imported(person(number="1", email="secretary@example.org"), person(number="2"))
    keeper = officer()
    sign_in(client, keeper)
    pages = ("odd_mailboxes", "decisions", "corrections", "duplicates")
    for name in pages:
        client.get(reverse(name))
    assert LookUp.objects.count() == 1, "the odd mailbox alone has somebody to show"
    first = Member.objects.get(number="1")
    services.propose_standing(first.pk, kind="suspension", reason="abuse", evidence="x",
                              by=keeper.pk, now=NOW)  # fmt: skip
    services.ask_correction(first.pk, detail="phone", wanted="1", why="", now=NOW)
    services.ask_correction(first.pk, detail="name", wanted="C", why="", now=NOW)
    services.find_pairs(by=None, now=NOW, is_whole=True)
    before = LookUp.objects.count()

    for name in pages:
        client.get(reverse(name))

    rows = LookUp.objects.order_by("pk")[before:]
    assert [(row.kind, row.words_mac) for row in rows] == [("search", "")] * 4
    assert [row.hits for row in rows] == [1, 1, 1, 2]


def test_a_search_counts_nothing_over_the_whole_list(client: Client) -> None:
    imported(person(), person(number="9"))
    sign_in(client, officer())

    def asked_of_the_list(**query: str) -> bool:
        with CaptureQueriesContext(connection) as queries:
            shown = client.get(reverse("members"), query).content.decode()
        assert "Fallowes" in shown
        return any("GROUP BY" in each["sql"] for each in queries)

    assert asked_of_the_list()
    assert not asked_of_the_list(q="Fallowes", by="name")


@pytest.mark.parametrize("statement", ["UPDATE members_lookup SET hits = 1",
                                       "DELETE FROM members_lookup"])  # fmt: skip
def test_a_look_up_cannot_be_unwritten(statement: str) -> None:
    services.record_search("x", hits=0, by=officer().pk, now=NOW)
    assert LookUp.objects.count() == 1

    refused = pytest.raises(Error, match="append-only")
    with refused, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)

    assert LookUp.objects.get().hits == 0


def look(member_id: int, by: int, *, times: int, days_ago: float) -> None:
    at = NOW - timedelta(days=days_ago)
    for _ in range(times):
        services.record_lookup(member_id, by=by, now=at)


def test_a_day_far_above_the_usual_stands_out_and_a_busy_persons_usual_day_does_not() -> None:
    imported(person())
    member = Member.objects.get().pk
    busy, sudden, calm = officer().pk, officer().pk, officer().pk
    for day in range(1, 29):
        look(member, busy, times=15, days_ago=day + 0.5)
    look(member, busy, times=45, days_ago=0.5)
    look(member, sudden, times=40, days_ago=0.5)
    look(member, calm, times=39, days_ago=0.5)

    rows = {row.person_id: row for row in selectors.lookups.staff_figures(now=NOW)}

    assert (rows[busy].day, rows[busy].before, rows[busy].is_unusual) == (45, 420, False)
    assert (rows[sudden].day, rows[sudden].members, rows[sudden].is_unusual) == (40, 1, True)
    assert not rows[calm].is_unusual


def test_a_member_at_whom_many_look_stands_out() -> None:
    imported(person(), person(number="2"))
    first, second = Member.objects.order_by("number_key").values_list("pk", flat=True)
    for each in (officer(), officer(), officer()):
        look(first, each.pk, times=1, days_ago=1)
        look(second, each.pk, times=1, days_ago=8)

    (row,) = selectors.lookups.members_looked_at_most(now=NOW)

    assert row == (first, "0000123", 3, 3)


def test_officers_and_the_scrutineer_read_the_log_by_staff_and_by_member(client: Client) -> None:
    imported(person(), person(number="9"))
    first, second = Member.objects.order_by("number_key")
    keeper = staff(Role.MEMBERSHIP_ADMINISTRATOR, name="Jo Keeper")
    other = officer(name="An Other")
    for by, member in ((keeper, first), (other, second)):
        services.record_lookup(member.pk, by=by.pk, now=timezone.now())
    sign_in(client, staff(Role.SCRUTINEER))
    address = reverse("look_ups")

    everything = client.get(address).content.decode()
    by_person = client.get(address, {"person": keeper.pk}).content.decode()
    by_member = client.get(address, {"number": "0009"}).content.decode()

    log = 'id="log"'
    assert "Jo Keeper" in everything.partition(log)[2]
    assert "An Other" in everything.partition(log)[2]
    assert "Jo Keeper" in by_person.partition(log)[2]
    assert "An Other" not in by_person.partition(log)[2]
    assert "Look-ups by Jo Keeper" in by_person and "Show all look-ups" in by_person
    assert "Jo Keeper" not in by_member.partition(log)[2]
    assert "An Other" in by_member.partition(log)[2]
    # A scrutineer may not look members up, so that nothing there leads to one.
    assert reverse("member", args=[first.pk]) not in everything


@pytest.mark.parametrize("role", [Role.MEMBERSHIP_ADMINISTRATOR, Role.OBSERVER, Role.TRUSTEE])
def test_who_is_watched_does_not_read_the_log(client: Client, role: Role) -> None:
    assert sign_in(client, officer()).get(reverse("look_ups")).status_code == 200

    assert sign_in(client, staff(role)).get(reverse("look_ups")).status_code == 404


def test_a_page_of_one_member_is_a_look_at_them_and_none_where_refused(client: Client) -> None:
    imported(person(number="1"), person(number="2", email="other@example.org"))
    keeper = staff(Role.MEMBERSHIP_ADMINISTRATOR)
    first, second = Member.objects.order_by("number")
    decision_id = services.propose_standing(
        first.pk, kind="suspension", reason="abuse", evidence="x", by=keeper.pk, now=NOW
    )
    services.ask_correction(first.pk, detail="phone", wanted="1", why="", now=NOW)
    draft = services.propose_contact_edit(
        second.pk, fields={"phone": "01632 960001"}, reason="A letter.", by=keeper.pk, now=NOW
    ).parameters["draft"]
    services.find_pairs(by=None, now=NOW, is_whole=True)
    pair = Pair.objects.get()
    asked = CorrectionRequest.objects.get()
    pages = [
        ("contact", first.pk, [first.pk]), ("decide", first.pk, [first.pk]),
        ("decision", decision_id, [first.pk]), ("correction", asked.pk, [first.pk]),
        ("contact_draft", draft, [second.pk]), ("access_requests", second.pk, [second.pk]),
        ("duplicate", pair.pk, [first.pk, second.pk]),
    ]  # fmt: skip
    sign_in(client, keeper)
    stranger = sign_in(Client(), staff(Role.OBSERVER))

    for name, key, shown in pages:
        before = LookUp.objects.count()
        assert stranger.get(reverse(name, args=[key])).status_code == 404
        assert client.get(reverse(name, args=[10**9])).status_code == 404
        assert LookUp.objects.count() == before, name
        assert client.get(reverse(name, args=[key])).status_code == 200
        added = LookUp.objects.order_by("pk")[before:]
        assert [(row.member_id, row.by_id) for row in added] == [
            (member_id, keeper.pk) for member_id in shown
        ], name
