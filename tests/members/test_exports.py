"""Exports: the columns chosen, marked for whom, on record, and without what is withheld."""

from __future__ import annotations

import csv
import io
from hashlib import sha256

import pytest
from django.db import Error, connection, transaction
from django.test import Client
from django.urls import reverse

from members import services
from members.models import ExportRecord, Section
from members.services import export_members
from office.models import AuditRecord
from office.permissions import Role
from office.refusal import Refusal
from tests.members.factories import NOW, imported, people, person
from tests.office.factories import officer, sign_in, staff

pytestmark = pytest.mark.django_db

PURPOSE = "To print the envelopes of the August dispatch."


def form(**fields: object) -> dict[str, object]:
    return {"columns": ["number", "family_name"], "purpose": PURPOSE, "undertaking": "on",
            "is_listed": "yes", **fields}  # fmt: skip


def exported(client: Client, **fields: object) -> tuple[bytes, list[list[str]]]:
    response = client.post(reverse("exports"), form(**fields))
    assert response.status_code == 200
    raw = b"".join(response.streaming_content)  # type: ignore[attr-defined]
    return raw, list(csv.reader(io.StringIO(raw.decode("utf-8-sig"), newline="")))


@pytest.fixture
def desk(client: Client) -> Client:
    return sign_in(client, officer(name="Ann O'Brien"))


def test_a_file_has_the_chosen_columns_and_whose_it_is_first_and_last(desk: Client) -> None:
    imported(person(), person(number="9", family_name="Quayle"))

    _, rows = exported(desk)

    mark, names, *members, end = rows
    assert "made for Ann O'Brien" in mark[0]
    assert PURPOSE in mark[0]
    assert names == ["Membership number", "Family name"]
    assert sorted(members) == [["0000123", "Fallowes"], ["9", "Quayle"]]
    assert end[0].startswith(f"End of export {ExportRecord.objects.get().pk}: 2 members.")
    assert "made for Ann O'Brien" in end[0]


def test_the_record_says_who_what_whom_why_and_the_hash(desk: Client) -> None:
    imported(person(), person(number="9", section="affiliated"))
    affiliated = Section.objects.get(code="affiliated").pk

    raw, rows = exported(desk, section_id=str(affiliated), standing="good")

    record = ExportRecord.objects.get()
    assert len(rows) == 4
    assert (record.rows, record.columns) == (1, ["number", "family_name"])
    assert record.filters == {"section_id": affiliated, "standing": "good", "is_listed": True}
    assert (record.purpose, record.by.name) == (PURPOSE, "Ann O'Brien")
    assert record.sha256 == sha256(raw).hexdigest()
    act = AuditRecord.objects.get(act="export_members")
    assert act.parameters["columns"] == ["number", "family_name"]
    assert f"members-export-{record.pk}-ann-obrien.csv" == export_members.file_name(record)
    page = desk.get(reverse("exports")).content.decode()
    assert record.sha256 in page and "Membership number, Family name" in page


def test_a_download_that_is_broken_off_stays_on_record_as_such(desk: Client) -> None:
    imported(*people(3))

    # The response is not read to its end.
    assert desk.post(reverse("exports"), form()).status_code == 200

    assert ExportRecord.objects.get().finished_at is None
    assert "Broken off" in desk.get(reverse("exports")).content.decode()


def test_contact_details_that_are_withheld_are_blank_and_that_is_said(desk: Client) -> None:
    imported(person(phone="01990 1"), person(number="9", address_withheld="yes", phone="01990 2"))
    contact = ["number", "email", "phone", "address_1", "postcode", "unit__name"]

    _, rows = exported(desk, columns=contact)

    found = {row[0]: row[1:] for row in rows[2:-1]}
    assert found["0000123"] == ["North Aldermoor", "carys@example.org", "01990 1", "4 Inkle Row",
                                "QA1 2BD"]  # fmt: skip
    assert found["9"] == ["North Aldermoor", "", "", "", ""]
    assert "Of 1 members the address is withheld" in rows[-1][0]


def test_every_contact_column_of_a_member_is_one_that_can_be_withheld() -> None:
    from members.models.people import Contact

    of_people = {"number", "title", "given_name", "family_name"}
    contact = {each.name for each in Contact._meta.get_fields()} - of_people

    assert contact | {"phone"} == {each.name for each in export_members.COLUMNS if each.is_contact}


def test_a_long_list_is_read_a_few_thousand_at_a_time(
    desk: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    imported(*people(7))
    monkeypatch.setattr(export_members, "ROWS_A_READ", 3)

    _, rows = exported(desk)

    assert [row[0] for row in rows[2:-1]] == [str(1000 + n) for n in range(7)]


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"columns": []}, "Choose at least one column."),
        ({"columns": ["password"]}, "password is not one of the available choices"),
        ({"purpose": ""}, "Say what the export is for."),
        ({"purpose": "mail"}, "Say in a sentence what the export is for."),
        ({"undertaking": ""}, "Give the undertaking, or do not export."),
    ],
)
def test_an_export_without_its_reasons_does_not_leave(
    desk: Client, wrong: dict[str, object], words: str
) -> None:
    response = desk.post(reverse("exports"), form(**wrong))

    assert response.status_code == 400
    assert words in response.content.decode()
    assert f".: {words}" not in response.content.decode()
    assert not ExportRecord.objects.exists()


def test_the_service_refuses_what_the_form_would_have() -> None:
    by = officer().pk
    with pytest.raises(Refusal, match=r"export\.columns"):
        services.begin_export(["name_key"], filters={}, purpose=PURPOSE, by=by, now=NOW)
    with pytest.raises(Refusal, match=r"export\.no-purpose"):
        services.begin_export(["number"], filters={}, purpose=" x ", by=by, now=NOW)

    export = services.begin_export(["number"], filters={}, purpose=PURPOSE, by=by, now=NOW)
    services.end_export(export.pk, rows=0, sha256="00", now=NOW)
    with pytest.raises(Refusal, match=r"export\.ended"):
        services.end_export(export.pk, rows=1, sha256="11", now=NOW)


@pytest.mark.parametrize("statement", ["UPDATE members_exportrecord SET purpose = 'another'",
                                       "DELETE FROM members_exportrecord"])  # fmt: skip
def test_an_export_cannot_be_unwritten(statement: str) -> None:
    services.begin_export(["number"], filters={}, purpose=PURPOSE, by=officer().pk, now=NOW)

    refused = pytest.raises(Error, match="append-only")
    with refused, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)

    assert ExportRecord.objects.get().purpose == PURPOSE


def test_an_export_demands_that_one_proves_anew_who_one_is(client: Client) -> None:
    imported(person())
    person_ = officer()

    stale = sign_in(client, person_, fresh=False).post(reverse("exports"), form())

    assert stale.status_code == 302
    assert not ExportRecord.objects.exists()
    exported(sign_in(client, person_))
    assert ExportRecord.objects.exists()


def test_who_may_not_look_members_up_does_not_export(client: Client) -> None:
    sign_in(client, staff(Role.SCRUTINEER))

    assert client.get(reverse("exports")).status_code == 404
    assert client.post(reverse("exports"), form()).status_code == 404
