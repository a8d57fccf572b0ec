"""What a file would change is shown whole: who, which fields, which sections and units."""

from __future__ import annotations

import csv
import io
import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from members import selectors, services
from members.models import ImportTotal, LookUp, Member
from members.services import staging
from office.models import AuditRecord
from office.permissions import Role
from tests.members.factories import NOW, imported, people, person, previewed, section, uploaded
from tests.office.factories import officer, sign_in, staff

pytestmark = pytest.mark.django_db

PAGES = ("import_new", "import_changed", "import_gone", "import_alike", "import_units")


@pytest.fixture
def desk(client: Client) -> Client:
    return sign_in(client, officer())


def text_of(client: Client, name: str, batch_id: int, **query: str) -> str:
    response = client.get(reverse(name, args=[batch_id]), query)
    assert response.status_code == 200
    return response.content.decode()


# --- who ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "asked"),
    [("import_new", "new_people"), ("import_changed", "changed_people"),
     ("import_gone", "gone_people")],
)  # fmt: skip
def test_everybody_of_a_kind_is_on_some_page_once(desk: Client, name: str, asked: str) -> None:
    imported(*people(120))
    changed = [person(number=f"{1000 + n}", family_name="Zed") for n in range(60, 120)]
    fresh = [person(number=f"5{n:03}", family_name=f"New{n:05d}") for n in range(60)]
    batch = previewed(*changed, *fresh)

    first = getattr(selectors.differences, asked)(batch)
    second = getattr(selectors.differences, asked)(batch, after=first[-1].place)

    assert [len(first), len(second)] == [50, 10]
    assert len({each.number for each in (*first, *second)}) == 60
    page = text_of(desk, name, batch.pk)
    assert f"?after={first[-1].place}" in page
    last = text_of(desk, name, batch.pk, after=str(first[-1].place))
    # A key in an address may be the same digits.
    assert re.search(rf"\b{second[0].number}<", last)
    assert not re.search(rf"\b{second[0].number}<", page)
    assert "?after=" not in last


def test_a_page_asks_for_a_page_however_many_would_change(desk: Client) -> None:
    imported(*people(300))
    few = previewed(*people(299, standing="arrears"))
    with CaptureQueriesContext(connection) as queries:
        rows = selectors.differences.changed_people(few)

    assert len(rows) == 50
    assert len(queries) == 1


def test_the_changes_are_counted_by_field(desk: Client) -> None:
    imported(person(), *people(3))
    batch = previewed(
        person(email="new@example.org", postcode="QA9 9ZZ"), *people(3, postcode="QA9 9ZZ")
    )

    assert batch.changes_by_field == {"postcode": 4, "email": 1}
    assert "Of 4 people: postcode 4, e-mail 1." in text_of(desk, "import", batch.pk)
    assert "Postcode: QA1 2BD → QA9 9ZZ" in text_of(desk, "import_changed", batch.pk)


def test_somebody_back_on_the_list_is_told_as_a_change(desk: Client) -> None:
    imported(person(), *people(1))
    imported(*people(1))

    batch = previewed(person(), *people(1))

    assert "On the list: no → yes" in text_of(desk, "import_changed", batch.pk)


def test_the_rows_go_when_the_import_is_settled_and_the_pages_say_so(desk: Client) -> None:
    batch = previewed(person())
    assert "Carys" in text_of(desk, "import_new", batch.pk)
    services.request_apply(batch.pk, by=None, now=NOW)
    services.apply_import(batch.pk, now=NOW)

    for name in PAGES[:4]:
        page = text_of(desk, name, batch.pk)
        assert "Carys" not in page
        assert "This one is applied." in page
    assert "North Aldermoor" in text_of(desk, "import_units", batch.pk)
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_tables WHERE tablename LIKE 'members_diff%'")
        assert cursor.fetchone()[0] == 0


def test_a_preview_whose_tables_a_fall_of_the_database_took_is_still_shown(desk: Client) -> None:
    batch = previewed(person())
    staging.drop(batch.pk)

    assert "Apply: add 1" in text_of(desk, "import", batch.pk)
    assert "the file is read again first" in text_of(desk, "import_new", batch.pk)


# --- possible duplicates -----------------------------------------------------------------------


def test_new_people_with_a_name_and_an_address_of_others_are_listed(desk: Client) -> None:
    imported(person(number="1", given_name="Siân", family_name="O’Neill"), *people(1))
    one = {"given_name": "Sian", "family_name": "ONeill"}
    batch = previewed(
        person(number="2", **one, email="CARYS@example.org", postcode="ZZ1 1ZZ"),
        person(number="3", **one, email="other@example.org", postcode="qa12bd"),
        person(number="4", **one, email="else@example.org", postcode="ZZ2 2ZZ"),
        person(number="5", given_name="Una", family_name="Zed", email="una@example.org"),
        person(number="6", given_name="Una", family_name="Zed", email="una@example.org"),
        scope="part",
    )

    found = selectors.differences.alike_people(batch)

    assert batch.rows_alike == 3
    assert [(each.number, each.other_number, each.agrees) for each in found] == [
        ("2", "1", "name and e-mail"),
        ("3", "1", "name and postcode"),
        ("6", "5", "name and e-mail and postcode"),
    ]
    page = text_of(desk, "import_alike", batch.pk)
    assert reverse("member", args=[Member.objects.get(number="1").pk]) in page
    assert "on line 5 of the file" in page
    assert "3 of the new people" in text_of(desk, "import", batch.pk)


# --- sections and units ------------------------------------------------------------------------


def test_totals_by_section_and_unit_stand_beside_the_list_and_the_last_import(
    desk: Client,
) -> None:
    first = imported(*people(40, unit="North"), person(number="9", unit="South"))
    batch = previewed(
        *people(20, unit="North"), person(number="9", unit="South", section="registered"),
        *[person(number=f"7{n:03}", unit="East") for n in range(15)],
    )  # fmt: skip

    north, south, east = (
        next(each for each in selectors.totals.totals_by_unit(batch) if each.name == name)
        for name in ("North", "South", "East")
    )
    assert (north.before, north.leaving, north.after, north.in_file, north.last) == (
        40, 20, 20, 20, 40
    )  # fmt: skip
    assert (south.before, south.joining, south.leaving, south.after) == (1, 1, 1, 1)
    assert (east.before, east.joining, east.after, east.last) == (0, 15, 15, 0)
    assert [each.name for each in selectors.totals.units_moved(batch)] == ["North", "East"]
    sections = {each.name: each for each in selectors.totals.totals_by_section(batch)}
    assert (sections["Members"].before, sections["Members"].after) == (41, 35)
    assert sections["Registered supporters"].joining == 1

    page = text_of(desk, "import", batch.pk)
    assert "Members: 41 on the list, 15 joining, 21 leaving, then 35. The file lists 35" in page
    assert f"import {first.pk} listed 41" in page
    assert "More than 10 % of these units’ people join or leave." in page
    assert ">Look</strong>" in text_of(desk, "import_units", batch.pk)


def test_what_the_totals_foretell_is_what_applying_makes(desk: Client) -> None:
    imported(*people(30, unit="North"), person(number="9", section="affiliated", unit=""))
    batch = imported(
        *people(20, unit="South"), person(number="8", section="registered"),
        scope="section", section_id=section("member"),
    )  # fmt: skip

    foretold = {
        (row.section_id, row.unit_name): row.after
        for row in ImportTotal.objects.filter(batch=batch) if row.after
    }
    listed: dict[tuple[int, str], int] = {}
    for member in Member.objects.filter(is_listed=True).select_related("unit"):
        key = (member.section_id, member.unit.name if member.unit else "")
        listed[key] = listed.get(key, 0) + 1
    assert foretold == listed


def test_a_list_that_moves_nobody_points_at_no_unit(desk: Client) -> None:
    imported(*people(40))
    batch = previewed(*people(39))

    assert selectors.totals.units_moved(batch) == []
    assert "No unit loses or gains more than 10 %" in text_of(desk, "import", batch.pk)


def test_units_are_paged_by_name_and_those_without_come_first(desk: Client) -> None:
    rows = [person(number=f"{n + 1}", unit=f"Unit {n:03}") for n in range(60)]
    batch = previewed(*rows, person(number="999", unit=""))

    first = text_of(desk, "import_units", batch.pk)

    assert "No unit" in first
    assert "Unit 049" in first
    assert "Unit 050" not in first
    assert "?after=unit+049" in first
    second = text_of(desk, "import_units", batch.pk, after="unit 049")
    assert "Unit 059" in second
    assert "No unit" not in second
    text_of(desk, "import_units", batch.pk, after="\x00")


# --- refused rows ------------------------------------------------------------------------------


def test_refused_rows_are_mended_in_their_file_and_sent_in_again(desk: Client) -> None:
    batch = previewed(
        person(number="1", phone="+44 1632 960001", joined_on="1/2/14", title="=Dr"),
        person(number="2", section=""),
        person(number="3", email="a@example.org"), person(number="3", email="b@example.org"),
        person(number="4", phone="'+44", paid_until="soon"),
    )  # fmt: skip
    response = desk.post(reverse("import_refused", args=[batch.pk]))
    raw = b"".join(response.streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]
    rows = list(csv.DictReader(io.StringIO(raw, newline="")))
    assert [row["number"] for row in rows] == ["1", "2", "3", "3", "4"]
    assert "title: This is a spreadsheet formula" in rows[0]["what is wrong"]
    assert "Somebody new needs a section." in rows[1]["what is wrong"]
    assert rows[2]["email"] == "a@example.org"

    again = uploaded(raw.encode(), scope="part")
    services.preview_import(again, now=NOW)
    second = desk.post(reverse("import_refused", args=[again]))
    same = b"".join(second.streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]
    assert same == raw

    rows[0] |= {"joined_on": "2014-02-01", "title": "Dr"}
    rows[1]["section"] = "member"
    rows[4]["paid_until"] = ""
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, list(rows[0]))
    writer.writeheader()
    writer.writerows([rows[0], rows[1], rows[2], rows[4]])
    mended = uploaded(text.getvalue().encode(), scope="part")
    services.preview_import(mended, now=NOW)
    services.request_apply(mended, by=None, now=NOW)
    services.apply_import(mended, now=NOW)
    phones = dict(Member.objects.values_list("number", "phone"))
    assert phones == {"1": "+44 1632 960001", "2": "", "3": "", "4": "'+44"}


def test_a_withheld_address_is_left_out_of_the_file_and_stays_as_it_is(desk: Client) -> None:
    imported(person(number="1", phone="01632 960001", address_withheld="yes"), person(number="2"))
    spoilt = {"joined_on": "1/2/14", "email": "seen@example.org", "phone": "01632 960002"}
    batch = previewed(person(number="001", **spoilt), person(number="2", **spoilt), scope="part")

    response = desk.post(reverse("import_refused", args=[batch.pk]))
    raw = b"".join(response.streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]
    withheld, plain = list(csv.DictReader(io.StringIO(raw, newline="")))

    ways = ("address_1", "postcode", "email", "phone")
    assert [withheld[name] for name in ways] == ["", "", "", ""]
    assert "The address of this person is withheld" in withheld["what is wrong"]
    assert "joined_on: " in withheld["what is wrong"]
    assert [plain[name] for name in ways] == [
        "4 Inkle Row", "QA1 2BD", "seen@example.org", "01632 960002",
    ]  # fmt: skip
    assert "withheld" not in plain["what is wrong"]


# --- who may look ------------------------------------------------------------------------------


@pytest.mark.parametrize("role", [Role.OBSERVER, Role.SCRUTINEER, Role.TRUSTEE])
def test_nobody_without_the_roll_in_their_charge_sees_what_would_change(
    role: Role, client: Client
) -> None:
    batch = previewed(person())
    sign_in(client, staff(role))

    assert {client.get(reverse(name, args=[batch.pk])).status_code for name in PAGES} == {404}


def test_whoever_looks_through_a_preview_is_written_down(client: Client) -> None:
    imported(person(number="1"), *people(3))
    batch = previewed(person(number="1", phone="1"), person(number="2"), people(1)[0])
    keeper = staff(Role.MEMBERSHIP_ADMINISTRATOR)
    sign_in(client, keeper)
    shown = {"import_new": 1, "import_changed": 1, "import_gone": 2, "import_alike": 1,
             "import": 4}  # fmt: skip

    for name, hits in shown.items():
        text_of(client, name, batch.pk)
        row = LookUp.objects.first()
        assert row is not None
        assert (row.by, row.kind, row.hits) == (keeper, "search", hits), name
    text_of(client, "import_units", batch.pk)
    text_of(client, "import_new", batch.pk, after="99")

    assert LookUp.objects.count() == len(shown)


def test_whoever_takes_the_refused_rows_is_written_down(desk: Client) -> None:
    batch = previewed(person(number=""))
    address = reverse("import_refused", args=[batch.pk])

    assert desk.get(address).status_code == 405
    assert not AuditRecord.objects.filter(act="download").exists()
    assert desk.post(address).status_code == 200

    record = AuditRecord.objects.get(act="download")
    assert record.parameters == {"batch": batch.pk}


def test_an_import_that_is_not_there_has_no_pages(desk: Client) -> None:
    statuses = {desk.get(reverse(name, args=[0])).status_code for name in PAGES}
    assert statuses == {404}
