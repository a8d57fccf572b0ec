"""The files of other membership systems, from upload to the list."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.db import DatabaseError, transaction
from django.test import Client
from django.urls import reverse

from members import selectors, services
from members.models import ImportBatch, ImportSource, Member, RefusedRow, SavedMapping
from members.rollfile.columns import COLUMN_NAMES
from members.rollfile.mending import MENDING_HEADER
from members.services.kept_files import kept_look, sealed_look
from office.permissions import Role
from office.refusal import Refusal
from office.selectors import live_jobs
from tests.members.factories import NOW, imported, listing, person, uploaded
from tests.office.factories import sign_in, staff
from tests.rollfile.foreign import content_of, looked, proposed
from tests.security.looking import dump

pytestmark = pytest.mark.django_db

CIVICRM = content_of("civicrm.csv")


def seen(content: bytes, **given: Any) -> ImportBatch:
    """An upload that a worker has looked at."""
    batch_id = uploaded(content, **given)
    services.look_at_file(batch_id, now=NOW)
    return ImportBatch.objects.get(pk=batch_id)


def body_for(content: bytes, **changes: Any) -> dict[str, Any]:
    from members.rollfile import mapping_to_json

    return {**mapping_to_json(proposed(looked(content))), **changes}


def mapped(content: bytes, *, body: dict[str, Any] | None = None, **given: Any) -> ImportBatch:
    """An import whose columns a person has matched, read and compared."""
    batch = seen(content, **given)
    services.map_import(batch.pk, source_name="CiviCRM", body=body or body_for(content),
                        by=None, now=NOW)
    services.preview_import(batch.pk, now=NOW)
    batch.refresh_from_db()
    return batch


def applied(batch: ImportBatch) -> None:
    services.request_apply(batch.pk, by=None, now=NOW)
    services.apply_import(batch.pk, now=NOW)


# --- the road ----------------------------------------------------------------------------------


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


@pytest.mark.parametrize(
    ("old", "new"),
    [(b"Grace", b"Pending"), (b"Full Member", b"Patron"), (b'"2014-05-01"', b'"01/05/2014"')],
)
def test_a_new_word_or_another_form_of_dates_is_asked_again(old: bytes, new: bytes) -> None:
    mapped(CIVICRM)

    batch = seen(CIVICRM.replace(old, new))

    assert batch.state == ImportBatch.State.MAPPING
    assert kept_look(batch)["saved"] == SavedMapping.objects.get().pk


def joined(*days: str) -> bytes:
    rows = "".join(f"{n},Aa{n},Member,{day}\n" for n, day in enumerate(days, 1))
    return f"Member No,Surname,Category,Joined\n{rows}".encode()


def test_an_order_that_only_the_saved_mapping_says_is_told_before_anything_is_applied(
    keeper: Client,
) -> None:
    first = mapped(joined("13/04/2015"))
    assert selectors.imports.orders_taken(first) == []

    unproved = seen(joined("03/04/2015", "05/06/2014"))
    proved = seen(joined("13/04/2015", "03/04/2015"))
    for batch in (unproved, proved):
        services.preview_import(batch.pk, now=NOW)
        batch.refresh_from_db()

    (told,) = selectors.imports.orders_taken(unproved)
    assert told.startswith(
        "The dates of “Joined” are read day first, because the saved mapping of CiviCRM says so; "
        "nothing in this file proves it."
    )
    page = keeper.get(reverse("import", args=[unproved.pk])).content.decode()
    assert page.count(told) == 2  # Among the figures, and as a warning above the button.
    assert selectors.imports.orders_taken(proved) == []
    page = keeper.get(reverse("import", args=[proved.pk])).content.decode()
    assert "because the saved mapping" not in page


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


def test_an_order_that_the_file_disproves_is_refused_and_the_proved_one_is_taken() -> None:
    content = content_of("03-day-first.csv")
    batch = seen(content)
    body = body_for(content)
    wrong = {**body, "dates": {**body["dates"], "joined_on": "month_first"}}

    with pytest.raises(Refusal, match="thirteenth month"):
        services.map_import(batch.pk, source_name="North", body=wrong, by=None, now=NOW)
    batch.refresh_from_db()

    assert batch.state == ImportBatch.State.MAPPING
    assert not SavedMapping.objects.exists()
    services.map_import(batch.pk, source_name="North", body=body, by=None, now=NOW)


def test_contradicting_dates_are_refused_with_both_lines_and_may_be_left_out() -> None:
    content = content_of("03-contradicting.csv")
    batch = seen(content)
    left_out = {**body_for(content_of("03-day-first.csv"))}
    left_out["columns"] = {k: v for k, v in left_out["columns"].items() if k != "joined_on"}
    left_out["dates"] = {k: v for k, v in left_out["dates"].items() if k != "joined_on"}

    with pytest.raises(Refusal, match="line 2 has 13/04/2016 and line 3 has 04/13/2016"):
        services.map_import(batch.pk, source_name="North",
                            body=body_for(content_of("03-day-first.csv")), by=None, now=NOW)

    services.map_import(batch.pk, source_name="North", body=left_out, by=None, now=NOW)


def test_an_encoding_is_chosen_among_those_that_make_sense() -> None:
    batch = seen(content_of("01-windows-1252.csv"))

    with pytest.raises(Refusal, match="Choose one of the encodings"):
        services.look_again(batch.pk, encoding="ebcdic", by=None, now=NOW)
    services.look_again(batch.pk, encoding="mac-roman", by=None, now=NOW)
    services.look_at_file(batch.pk, encoding="mac-roman", now=NOW)
    batch.refresh_from_db()

    assert (batch.state, kept_look(batch)["encoding"]) == (ImportBatch.State.MAPPING, "mac-roman")


def test_a_saved_encoding_that_lacks_a_byte_of_the_file_is_asked_again() -> None:
    content = content_of("01-windows-1252.csv")
    mapped(content)
    assert seen(content).state == ImportBatch.State.UPLOADED

    batch = seen(content.replace("Siân".encode("cp1252"), "Molière".encode("mac_roman")))

    assert batch.state == ImportBatch.State.MAPPING
    assert [each["encoding"] for each in kept_look(batch)["candidates"]] == ["mac-roman", "dos-850"]


def test_the_sign_of_nought_ends_in_a_refusal_or_in_a_question_and_never_in_a_fault() -> None:
    batch_id = uploaded(CIVICRM.replace(b"First Name", b"First\x00Name"))
    with pytest.raises(Refusal) as refusal:
        services.look_at_file(batch_id, now=NOW)
    failed = ImportBatch.objects.get(pk=batch_id)
    assert refusal.value.code == "import.unreadable"
    assert (failed.state, bytes(failed.sealed_look)) == (ImportBatch.State.FAILED, b"")

    asked = seen(CIVICRM.replace(b"Grace", b"Gr\x00ace"))
    assert asked.state == ImportBatch.State.MAPPING

    services.map_import(asked.pk, source_name="CiviCRM", body=body_for(CIVICRM), by=None, now=NOW)
    services.preview_import(asked.pk, now=NOW)
    assert RefusedRow.objects.get(batch=asked).trouble == "word_unknown"


def test_a_word_that_nobody_explained_comes_back_in_the_refused_rows_and_is_refused_again() -> None:
    imported(person(number="17", standing="suspended"))
    batch = mapped(CIVICRM.replace(b"Grace", b"Pending"), body=body_for(CIVICRM), scope="part")
    rows = [list(row) for row in selectors.imports.mendable_rows(batch.pk)]
    text = io.StringIO(newline="")
    csv.writer(text).writerows([MENDING_HEADER, *rows])

    again = uploaded(text.getvalue().encode(), scope="part")
    services.preview_import(again, now=NOW)

    assert rows[0][COLUMN_NAMES.index("standing")] == "Pending"
    unmended = ImportBatch.objects.get(pk=again)
    assert (unmended.rows_refused, unmended.rows_changed) == (1, 0)


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


# --- the page ----------------------------------------------------------------------------------


@pytest.fixture
def keeper(client: Client) -> Client:
    return sign_in(client, staff(Role.MEMBERSHIP_ADMINISTRATOR))


def choices(batch: ImportBatch, **changes: str) -> dict[str, Any]:
    """What the page proposes, as it is sent when a person changes nothing else."""
    from members.forms.mapping import MappingForm

    form = MappingForm(look=kept_look(batch), saved=None)
    sent: dict[str, Any] = {name: form[name].value() or "" for name in form.fields}
    sent.pop("deletes")
    return {**sent, "source_name": "CiviCRM", **changes}


def test_a_person_matches_the_columns_on_the_page(keeper: Client) -> None:
    keeper.post(reverse("imports"),
                {"file": SimpleUploadedFile("civi.csv", CIVICRM), "scope": "whole"})
    batch = ImportBatch.objects.get()
    services.look_at_file(batch.pk, now=NOW)
    batch.refresh_from_db()
    address = reverse("import_mapping", args=[batch.pk])

    assert address in keeper.get(reverse("import", args=[batch.pk])).content.decode()
    page = keeper.get(address).content.decode()
    assert "Such as: Carys" in page
    assert "“Grace” means" in page

    sent = keeper.post(address, choices(batch))
    assert sent.headers["Location"] == reverse("import", args=[batch.pk])
    services.preview_import(batch.pk, now=NOW)
    page = keeper.get(reverse("import", args=[batch.pk])).content.decode()
    assert "CiviCRM, version 1" in page
    assert keeper.get(address).status_code == 302


def test_an_error_keeps_what_was_chosen(keeper: Client) -> None:
    batch = seen(CIVICRM.replace(b"Grace", b"Pending"))
    address = reverse("import_mapping", args=[batch.pk])

    answer = keeper.post(address, choices(batch, column_12="country", source_name="Office"))
    page = answer.content.decode()

    assert answer.status_code == 400
    assert "Say what “Pending” means." in page
    assert 'value="Office"' in page
    assert '<option value="country" selected>' in page
    batch.refresh_from_db()
    assert batch.state == ImportBatch.State.MAPPING


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"column_0": ""}, "Say which column is the number."),
        ({"column_12": "title", "column_1": "title"}, "Two columns are title"),
        ({"column_7": ""}, "Say which column is the section"),
        ({"order_8": ""}, "they can be read in two ways"),
        ({"column_2": "paid_until", "column_10": ""}, "holds no dates"),
        ({"source_name": ""}, "Name the membership system."),
        ({"deletes": "phone"}, "No column of the file is phone"),
    ],
)
def test_what_is_missing_is_said(keeper: Client, changes: dict[str, str], sentence: str) -> None:
    batch = seen(CIVICRM)
    address = reverse("import_mapping", args=[batch.pk])

    answer = keeper.post(address, choices(batch, **changes))

    assert answer.status_code == 400
    assert sentence in answer.content.decode()
    assert keeper.post(address, choices(batch)).status_code == 302


def test_who_may_not_import_finds_no_such_page(client: Client) -> None:
    batch = seen(content_of("01-windows-1252.csv"))
    address = reverse("import_mapping", args=[batch.pk])
    encoding = reverse("import_encoding", args=[batch.pk])

    trustee = sign_in(client, staff(Role.TRUSTEE))
    assert trustee.get(address).status_code == 404
    assert trustee.post(encoding, {"encoding": "mac-roman"}).status_code == 404
    keeper = sign_in(Client(), staff(Role.MEMBERSHIP_ADMINISTRATOR))
    assert keeper.get(address).status_code == 200
    assert keeper.post(encoding, {"encoding": "mac-roman"}).status_code == 302
    assert keeper.get(reverse("import_mapping", args=[999_999])).status_code == 404


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
