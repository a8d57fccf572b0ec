"""Dates, encodings and words of a foreign file: what it proves, what a person is asked."""

from __future__ import annotations

import csv
import io

import pytest
from django.test import Client
from django.urls import reverse

from members import selectors, services
from members.models import ImportBatch, RefusedRow, SavedMapping
from members.rollfile.columns import COLUMN_NAMES
from members.rollfile.mending import MENDING_HEADER
from members.services.kept_files import kept_look
from office.permissions import Role
from office.refusal import Refusal
from tests.members.factories import NOW, imported, person, uploaded
from tests.members.foreign import CIVICRM, body_for, joined, mapped, seen
from tests.office.factories import sign_in, staff
from tests.rollfile.foreign import content_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def keeper() -> Client:
    return sign_in(Client(), staff(Role.MEMBERSHIP_ADMINISTRATOR))


@pytest.mark.parametrize(
    ("old", "new"),
    [(b"Grace", b"Pending"), (b"Full Member", b"Patron"), (b'"2014-05-01"', b'"01/05/2014"')],
)
def test_a_new_word_or_another_form_of_dates_is_asked_again(old: bytes, new: bytes) -> None:
    mapped(CIVICRM)

    batch = seen(CIVICRM.replace(old, new))

    assert batch.state == ImportBatch.State.MAPPING
    assert kept_look(batch)["saved"] == SavedMapping.objects.get().pk


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
