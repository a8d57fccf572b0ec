"""The files of other membership systems, from upload to the list."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest
import xlsxwriter
from django.core.management import CommandError, call_command
from django.db import DatabaseError, transaction

from members import services
from members.models import ImportBatch, ImportSource, Member, RefusedRow, SavedMapping
from members.services.kept_files import kept_look, sealed_look
from office.selectors import live_jobs
from tests.members.factories import NOW, imported, listing, person, uploaded
from tests.members.foreign import CIVICRM, applied, body_for, mapped, seen
from tests.rollfile.foreign import content_of
from tests.security.looking import dump

pytestmark = pytest.mark.django_db


def test_the_documented_format_asks_nothing_and_goes_on_to_be_read() -> None:
    batch = seen(listing(person()))

    assert batch.state == ImportBatch.State.UPLOADED
    assert (batch.mapping, bytes(batch.sealed_look)) == ({}, b"")
    assert "preview_import" in {job.kind for job in live_jobs(subject=("import", str(batch.pk)))}


def test_another_systems_file_waits_for_a_person_and_is_then_read_and_applied() -> None:
    waiting = seen(CIVICRM)

    assert waiting.state == ImportBatch.State.MAPPING
    assert kept_look(waiting)["columns"][0]["samples"] == ["17"]

    services.map_import(waiting.pk, source_name="CiviCRM", body=body_for(CIVICRM), by=None, now=NOW)
    services.preview_import(waiting.pk, now=NOW)
    waiting.refresh_from_db()
    assert (waiting.state, waiting.rows_new) == (ImportBatch.State.PREVIEWED, 1)
    assert bytes(waiting.sealed_look) == b""
    assert waiting.mapping["columns"]["joined_on"] == "membersince"
    assert str(waiting.saved_mapping) == "CiviCRM, version 1"
    assert waiting.columns_dropped == ["Membership Start Date", "Test"]

    applied(waiting)
    member = Member.objects.get()
    assert (member.number, member.standing) == ("17", "good")
    assert str(member.joined_on) == "2014-05-01"


def test_the_next_file_of_a_source_is_read_without_asking() -> None:
    mapped(CIVICRM)

    again = seen(CIVICRM.replace(b"Fallowes", b"Teller"))
    renamed = seen(CIVICRM.replace(b'"Test"', b'"Trial"'))

    assert again.state == ImportBatch.State.UPLOADED
    assert again.saved_mapping == SavedMapping.objects.get()
    assert renamed.state == ImportBatch.State.MAPPING


def test_a_changed_mapping_is_a_new_version_and_the_same_one_is_not() -> None:
    mapped(CIVICRM)
    for body in (body_for(CIVICRM), body_for(CIVICRM, deletes=["email"])):
        batch = ImportBatch.objects.get(pk=uploaded(CIVICRM))
        ImportBatch.objects.filter(pk=batch.pk).update(
            state=ImportBatch.State.MAPPING,
            sealed_look=sealed_look(batch.pk, {"columns": []}),
        )
        services.map_import(batch.pk, source_name=" civiCRM ", body=body, by=None, now=NOW)

    assert [each.version for each in SavedMapping.objects.order_by("pk")] == [1, 2]
    assert ImportSource.objects.get().name == "CiviCRM"


def test_the_database_refuses_to_change_a_saved_mapping() -> None:
    mapped(CIVICRM)

    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        SavedMapping.objects.update(version=9)

    assert SavedMapping.objects.get().version == 1


def test_a_blank_cell_of_a_foreign_file_is_no_news() -> None:
    imported(person(number="1", given_name="Ann", family_name="Fallowes", postcode="QA1 2BD"))
    content = content_of("11-blank-cells.csv")

    batch = mapped(content, scope="part")
    applied(batch)

    assert batch.rows_unchanged == 1
    assert Member.objects.get().email == "carys@example.org"


def test_a_blank_cell_deletes_where_the_mapping_says_so() -> None:
    imported(person(number="1", given_name="Ann", family_name="Fallowes", postcode="QA1 2BD"))
    content = content_of("11-blank-cells.csv")

    batch = mapped(content, scope="part", body=body_for(content, deletes=["email"]))
    assert batch.rows_changed == 1
    applied(batch)

    member = Member.objects.get()
    assert (member.email, member.postcode, member.title) == ("", "QA1 2BD", "Ms")


@pytest.mark.parametrize(("email", "alike"), [("ann@example.org", 1), ("", 0)])
def test_two_blanks_that_delete_agree_in_nothing(email: str, alike: int) -> None:
    rows = "".join(f"{number},Ann,Fallowes,{email},Member\n" for number in (7, 8))
    content = f"URN,Forename,Surname,Email,Category\n{rows}".encode()

    batch = mapped(content, body=body_for(content, deletes=["email"]))

    assert (batch.rows_new, batch.rows_alike) == (2, alike)


SECRET = "Reading room, ward 7"
WITH_A_SECRET = (
    "Membership No,Surname,Membership Type,Notes\n"
    f'17,Fallowes,Member,"{SECRET}"\n'
    f'18,Teller,Member,"{SECRET}",{SECRET}\n'
    f'19,Wren\n20,,Member,"{SECRET}"\nTotal,3,,3021\n'
).encode()


def test_of_a_column_that_is_left_out_nothing_rests_in_plain_at_any_time() -> None:
    body = {"format": 1, "encoding": "utf-8", "delimiter": ",", "header_line": 1,
            "headers": ["membershipno", "surname", "membershiptype", "notes"],
            "columns": {"number": "membershipno", "family_name": "surname",
                        "section": "membershiptype"},
            "dates": {}, "standings": {}, "sections": {"member": "member"}, "section": "",
            "deletes": []}  # fmt: skip

    waiting = seen(WITH_A_SECRET)
    assert SECRET in json.dumps(kept_look(waiting))
    assert "ward 7" not in dump()
    services.map_import(waiting.pk, source_name="With notes", body=body, by=None, now=NOW)
    services.preview_import(waiting.pk, now=NOW)
    waiting.refresh_from_db()

    assert (waiting.rows_new, waiting.rows_refused) == (1, 3)
    (total,) = waiting.notes
    assert total["found"] == "Total, 3"
    assert "ward 7" not in dump()
    applied(waiting)
    assert "ward 7" not in dump()


def test_sample_values_are_forgotten_when_an_import_is_discarded() -> None:
    batch = seen(CIVICRM)
    assert "Carys" in json.dumps(kept_look(batch))

    services.discard_import(batch.pk, by=None, now=NOW)
    batch.refresh_from_db()

    assert bytes(batch.sealed_look) == b""


def test_a_workbook_is_read_with_its_dates_and_numbers_and_other_sheets_are_named() -> None:
    import datetime as dt

    book = io.BytesIO()
    made = xlsxwriter.Workbook(book)
    day = made.add_format({"num_format": "dd/mm/yyyy"})
    sheet = made.add_worksheet("Members")
    made.add_worksheet("Notes")
    sheet.write_row(0, 0, ["Membership Number", "Surname", "Category", "Date Joined"])
    sheet.write_row(1, 0, [12345, "O’Neill", "Member"])
    sheet.write_datetime(1, 3, dt.datetime(2016, 1, 12), day)
    made.close()

    waiting = seen(book.getvalue())
    assert kept_look(waiting)["other_sheets"] == ["Notes"]
    body = {"format": 1, "encoding": "utf-8", "delimiter": ",", "header_line": 1,
            "headers": [c["plain"] for c in kept_look(waiting)["columns"]],
            "columns": {"number": "membershipnumber", "family_name": "surname",
                        "section": "category", "joined_on": "datejoined"},
            "dates": {"joined_on": kept_look(waiting)["columns"][3]["order"]},
            "standings": {}, "sections": {"member": "member"}, "section": "", "deletes": []}
    services.map_import(waiting.pk, source_name="Workbook", body=body, by=None, now=NOW)
    services.preview_import(waiting.pk, now=NOW)
    applied(waiting)

    member = Member.objects.get()
    assert (member.number, member.family_name) == ("12345", "O’Neill")
    assert str(member.joined_on) == "2016-01-12"


def test_refused_rows_of_a_foreign_file_keep_their_lines() -> None:
    content = content_of("08-joint.csv")

    batch = mapped(content)

    assert (batch.rows_new, batch.rows_refused) == (2, 3)
    assert list(RefusedRow.objects.order_by("line").values_list("line", "trouble")) == [
        (2, "two_people"), (3, "two_people"), (4, "two_people"),
    ]  # fmt: skip


# --- the command -------------------------------------------------------------------------------


def test_the_command_says_what_it_needs_and_then_takes_it(tmp_path: Path) -> None:
    path, answer = tmp_path / "civi.csv", tmp_path / "mapping.json"
    path.write_bytes(CIVICRM)
    out = io.StringIO()

    with pytest.raises(CommandError, match="waits on the desk"):
        call_command("import_members", str(path), stdout=out)
    answer.write_text(out.getvalue())
    assert json.loads(out.getvalue())["standings"] == {"grace": "good"}
    with pytest.raises(CommandError, match="--source"):
        call_command("import_members", str(path), mapping=answer, stdout=out)
    call_command("import_members", str(path), source="CiviCRM", mapping=answer, apply=True,
                 stdout=out)

    assert Member.objects.get().number == "17"
    call_command("import_members", str(path), stdout=out)
    assert "1 unchanged" in out.getvalue()
