"""The preview of an import: who is of each kind, what is refused, and nothing changed."""

from __future__ import annotations

from typing import Any

import pytest

from members import selectors, services
from members.models import ImportBatch, ImportPiece, Member, RefusedRow
from members.services import staging
from office.refusal import Refusal
from tests.members.factories import (
    NOW,
    imported,
    in_pieces,
    listing,
    people,
    person,
    previewed,
    the_list,
    uploaded,
)
from tests.members.importing import counts, service, troubles

pytestmark = pytest.mark.django_db


def test_a_preview_counts_and_changes_nothing() -> None:
    imported(person(), *people(3))
    before = the_list()

    batch = previewed(
        person(email="new@example.org"), *people(2), person(number="9"), person(number="?")
    )

    assert batch.state == "previewed"
    assert counts(batch) == {
        "rows_new": 1, "rows_changed": 1, "rows_unchanged": 2, "rows_refused": 1,
        "members_gone": 1,
    }  # fmt: skip
    assert the_list() == before


def test_a_preview_tells_who_is_of_each_kind_with_old_and_new() -> None:
    imported(person(unit="Old Town"), *people(1))

    batch = previewed(
        person(email="new@example.org", section="registered", unit="New Town",
               paid_until="2017-12-31"),
        person(number="9"),
    )  # fmt: skip

    differences = selectors.differences
    assert [each.number for each in differences.new_people(batch)] == ["9"]
    assert [each.number for each in differences.gone_people(batch)] == ["1000"]
    (changed,) = differences.changed_people(batch)
    assert {(c.field, c.old, c.new) for c in changed.changes} == {
        ("e-mail", "carys@example.org", "new@example.org"),
        ("paid until", "2016-12-31", "2017-12-31"),
        ("section", "Members", "Registered supporters"),
        ("unit", "Old Town", "New Town"),
    }
    assert batch.units_new == ["New Town"]


def test_a_blank_cell_is_no_news() -> None:
    imported(person())
    before = the_list()
    blank = dict.fromkeys(person(), "") | {"number": "0000123", "family_name": "Fallowes"}

    batch = imported(blank)

    assert counts(batch) == {"rows_unchanged": 1}
    assert the_list() == before


def test_zeros_that_a_spreadsheet_lost_are_no_news() -> None:
    imported(person(number="0000123"))

    batch = imported(person(number="123"))

    assert counts(batch) == {"rows_unchanged": 1}
    assert Member.objects.get().number == "0000123"


def test_somebody_new_needs_a_section_and_somebody_known_does_not() -> None:
    imported(person())

    batch = previewed(person(section=""), person(number="9", section=""))

    assert counts(batch) == {"rows_unchanged": 1, "rows_refused": 1}
    assert troubles(batch) == [(3, "section", "section_missing")]


def test_copies_of_a_row_are_refused_but_the_first_and_differing_ones_all() -> None:
    batch = previewed(
        person(number="1"), person(number="2"), person(number="1"), person(number="02"),
        person(number="3"), person(number="1"),
    )  # fmt: skip

    assert counts(batch) == {"rows_new": 2, "rows_refused": 4}
    assert troubles(batch) == [
        (3, "number", "number_repeated"),
        (4, "number", "row_repeated"),
        (5, "number", "number_repeated"),
        (7, "number", "row_repeated"),
    ]


def test_columns_that_are_not_documented_are_dropped_and_named() -> None:
    row = person() | {"sort_code": "00-00-00"}
    batch_id = uploaded(listing(row, columns=(*person(), "sort_code")))

    services.preview_import(batch_id, now=NOW)

    batch = ImportBatch.objects.get()
    assert batch.columns_dropped == ["sort_code"]
    assert "00-00-00" not in str(staging.run("SELECT * FROM {staged}", batch_id))


def test_a_file_that_cannot_be_read_fails_with_its_line_and_is_destroyed() -> None:
    batch_id = uploaded(listing(person()).replace(b",", b";"))

    with pytest.raises(Refusal) as refusal:
        services.preview_import(batch_id, now=NOW)

    batch = ImportBatch.objects.get()
    assert refusal.value.code == "import.unreadable"
    assert "comma" in refusal.value.sentence
    assert (batch.state, batch.failure["line"]) == ("failed", 1)
    assert not ImportPiece.objects.exists()
    assert not staging.is_there(batch_id)


def test_a_control_character_anywhere_ends_in_a_refusal_that_can_be_kept() -> None:
    good = listing(person())
    row = good.splitlines()[1]
    batch_id = uploaded(
        good
        + row.replace(b"Carys,", b"Car\x00ys,").replace(b"123,", b"124,") + b"\n"
        + row.replace(b"123,", b"1" * 40 + b",") + b",mo\x00re\n"
    )  # fmt: skip

    services.preview_import(batch_id, now=NOW)

    assert counts(ImportBatch.objects.get()) == {"rows_new": 1, "rows_refused": 2}
    assert sorted(RefusedRow.objects.values_list("value", flat=True)) == ["Car�ys", "mo�re"]


def test_a_file_refused_for_what_stands_around_a_control_character_says_so() -> None:
    batch_id = uploaded(listing(person()) + b'"\x00' + b"\n" * 14 + b'"')

    with pytest.raises(Refusal) as refusal:
        services.preview_import(batch_id, now=NOW)

    assert refusal.value.code == "import.unreadable"
    failure = ImportBatch.objects.get().failure
    assert (failure["trouble"], failure["found"][:1]) == ("broken_quotes", "�")


def test_a_file_of_any_size_is_kept_in_pieces_and_read_whole(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(service("upload_import"), "PIECE_BYTES", 100)
    content = listing(*people(50))

    batch_id = services.upload_import(
        in_pieces(content, 33), file_name="C:\\lists\\a.csv", scope="whole", by=None, now=NOW
    )
    services.preview_import(batch_id, now=NOW)

    batch = ImportBatch.objects.get()
    assert batch.file_name == "a.csv"
    assert batch.size_bytes == len(content)
    assert ImportPiece.objects.count() == -(-len(content) // 100)
    assert batch.rows_new == 50


def test_many_turns_of_reading_give_one_preview(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("members.processes.dividing.ROWS_OF_THE_SECOND", 7)

    batch = previewed(*people(20), person(number="?"), *[person(number="1000")] * 2)

    assert batch.rows_read == 23
    assert counts(batch) == {"rows_new": 19, "rows_refused": 4}


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"scope": "section"}, "import.scope"),
        ({"scope": "section", "section_id": 0}, "import.scope"),
        ({"scope": "whole", "section_id": 1}, "import.scope"),
        ({"scope": "everything"}, "import.scope"),
        ({"content": b""}, "import.empty"),
        ({"content": b"x" * 200}, "import.too-large"),
    ],
)
def test_an_upload_that_says_too_little_or_too_much_is_refused_and_not_kept(
    given: dict[str, Any], code: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service("upload_import"), "LARGEST_BYTES", 100)
    assert uploaded(b"number")

    with pytest.raises(Refusal) as refusal:
        uploaded(**{"content": b"number", **given})

    assert refusal.value.code == code
    assert ImportBatch.objects.count() == 1
