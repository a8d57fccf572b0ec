"""An import is previewed, then applied whole or not at all, and applied again changes nothing."""

from __future__ import annotations

import sys
from types import ModuleType
from typing import Any

import pytest

from members import selectors, services
from members.models import ImportBatch, ImportPiece, Member, RefusedRow, Register, Unit
from members.services import changing, staging
from office.refusal import Refusal
from office.selectors import live_jobs
from tests.members.factories import (
    NOW,
    imported,
    in_pieces,
    listing,
    people,
    person,
    previewed,
    section,
    the_list,
    uploaded,
)

pytestmark = pytest.mark.django_db


def counts(batch: ImportBatch) -> dict[str, int]:
    names = ("rows_new", "rows_changed", "rows_unchanged", "rows_refused", "members_gone")
    return {name: getattr(batch, name) for name in names if getattr(batch, name)}


def troubles(batch: ImportBatch) -> list[tuple[int, str, str]]:
    rows = RefusedRow.objects.filter(batch=batch).order_by("line", "column")
    return list(rows.values_list("line", "column", "trouble"))


def service(name: str) -> ModuleType:
    """The module of a service, whose name in the package is the service itself."""
    return sys.modules[f"members.services.{name}"]


# --- the preview -------------------------------------------------------------------------------


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


# --- applying ----------------------------------------------------------------------------------


def test_what_was_previewed_is_what_applying_does() -> None:
    imported(person(), *people(3))

    batch = imported(person(email="new@example.org"), *people(2), person(number="9", unit="Deep"))

    assert batch.state == "applied"
    assert counts(batch) == {
        "rows_new": 1, "rows_changed": 1, "rows_unchanged": 2, "members_gone": 1,
    }  # fmt: skip
    by_number = {member.number: member for member in Member.objects.select_related("unit")}
    assert by_number["0000123"].email == "new@example.org"
    assert by_number["9"].unit is not None
    assert by_number["9"].unit.name == "Deep"
    assert not by_number["1002"].is_listed
    assert by_number["1001"].is_listed


@pytest.mark.parametrize("letter", ["&", "æ", "ß", "½", "\ufdfa", "\ufdfa\u3300\ufdfb\u3301"])
def test_a_name_whose_normal_form_is_longer_than_it_is_applied_like_any_other(
    letter: str,
) -> None:
    name = (letter * 120)[:120]
    row = person(unit=name, family_name=name[:100], given_name=name[:100])

    batch = imported(row, person(number="9"))

    assert counts(batch) == {"rows_new": 2}
    assert Member.objects.get(number="0000123").unit.name == name  # type: ignore[union-attr]


def test_the_same_list_again_changes_nothing() -> None:
    rows = [person(), *people(20), person(number="?"), person(number="9", unit="")]
    imported(*rows)
    before = the_list()

    batch = imported(*rows)

    assert counts(batch) == {"rows_unchanged": 22, "rows_refused": 1}
    assert the_list() == before


def test_applying_twice_is_applying_once() -> None:
    batch = imported(person())
    version = Register.objects.get().version

    services.request_apply(batch.pk, by=None, now=NOW)
    services.apply_import(batch.pk, now=NOW)

    assert Register.objects.get().version == version
    assert Member.objects.count() == 1


def test_asking_twice_opens_one_job() -> None:
    batch = previewed(person())

    for _ in range(2):
        services.request_apply(batch.pk, by=None, now=NOW)

    jobs = live_jobs(subject=("import", str(batch.pk)))
    assert [job.kind for job in jobs if job.kind == "apply_import"] == ["apply_import"]


def test_an_application_that_fails_half_way_leaves_nothing_behind(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    imported(person(), *people(2))
    batch = previewed(person(email="new@example.org"), person(number="9", unit="Deep"))
    services.request_apply(batch.pk, by=None, now=NOW)
    before, units, version = the_list(), Unit.objects.count(), Register.objects.get().version

    def fall(batch: ImportBatch) -> int:
        assert Member.objects.filter(number="9").exists()
        raise ConnectionError("the worker is gone")

    with monkeypatch.context() as patched:
        patched.setattr(changing, "unlist_gone", fall)
        with pytest.raises(ConnectionError):
            services.apply_import(batch.pk, now=NOW)

    assert the_list() == before
    assert (Unit.objects.count(), Register.objects.get().version) == (units, version)
    batch.refresh_from_db()
    assert batch.state == "applying"

    services.apply_import(batch.pk, now=NOW)
    batch.refresh_from_db()
    assert batch.state == "applied"
    assert Member.objects.get(number="9").is_listed


def test_a_reading_that_was_cut_short_begins_again() -> None:
    batch_id = uploaded(listing(person(), person(number="?")))
    ImportBatch.objects.filter(pk=batch_id).update(state="reading")
    staging.make(batch_id)
    RefusedRow.objects.create(batch_id=batch_id, line=3, column="number", trouble="too_long")

    services.preview_import(batch_id, now=NOW)

    batch = ImportBatch.objects.get()
    assert counts(batch) == {"rows_new": 1, "rows_refused": 1}
    assert troubles(batch) == [(3, "number", "number_malformed")]


def test_a_preview_of_a_list_that_has_changed_since_is_made_again() -> None:
    stale = previewed(person(email="new@example.org"))
    imported(person())
    services.request_apply(stale.pk, by=None, now=NOW)

    with pytest.raises(Refusal) as refusal:
        services.apply_import(stale.pk, now=NOW)

    stale.refresh_from_db()
    assert refusal.value.code == "import.stale"
    assert stale.state == "uploaded"
    assert Member.objects.get().email == "carys@example.org"

    services.preview_import(stale.pk, now=NOW)
    stale.refresh_from_db()
    assert counts(stale) == {"rows_changed": 1}
    services.request_apply(stale.pk, by=None, now=NOW)
    services.apply_import(stale.pk, now=NOW)
    assert Member.objects.get().email == "new@example.org"


def test_an_import_that_was_settled_meanwhile_is_not_compared_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    batch = previewed(person())
    services.request_apply(batch.pk, by=None, now=NOW)

    def overtaken(*args: object, **named: object) -> None:
        ImportBatch.objects.filter(pk=batch.pk).update(state="applied")
        raise service("apply_import")._Stale

    monkeypatch.setattr(service("apply_import"), "_apply", overtaken)
    with pytest.raises(Refusal):
        services.apply_import(batch.pk, now=NOW)

    batch.refresh_from_db()
    assert batch.state == "applied"


def test_staged_rows_that_a_fall_of_the_database_emptied_are_read_again() -> None:
    for empty in ("TRUNCATE {staged}", "DROP TABLE {staged}"):
        batch = previewed(person())
        services.request_apply(batch.pk, by=None, now=NOW)
        staging.run(empty, batch.pk)

        with pytest.raises(Refusal) as refusal:
            services.apply_import(batch.pk, now=NOW)

        assert refusal.value.code == "import.stale"
        services.preview_import(batch.pk, now=NOW)
        batch.refresh_from_db()
        assert batch.state == "previewed"


def test_an_applied_import_keeps_its_hash_and_its_file_and_not_its_staged_rows() -> None:
    batch = imported(person(), person(number="?"))

    assert len(batch.sha256) == 64
    assert ImportPiece.objects.exists()
    assert not staging.is_there(batch.pk)
    assert RefusedRow.objects.count() == 1


def test_only_a_previewed_import_can_be_applied() -> None:
    waiting = uploaded(listing(person()))
    discarded = previewed(person())
    services.discard_import(discarded.pk, by=None, now=NOW)

    for batch_id in (waiting, discarded.pk):
        with pytest.raises(Refusal) as refusal:
            services.request_apply(batch_id, by=None, now=NOW)
        assert refusal.value.code == "import.not-previewed"
    with pytest.raises(Refusal) as refusal:
        services.apply_import(waiting, now=NOW)
    assert refusal.value.code == "import.not-previewed"
    with pytest.raises(Refusal) as refusal:
        services.request_apply(0, by=None, now=NOW)
    assert refusal.value.code == "import.unknown"
    assert not Member.objects.exists()


# --- who is gone -------------------------------------------------------------------------------


def test_somebody_gone_is_marked_and_comes_back_with_a_later_list() -> None:
    imported(person(), *people(1))
    imported(*people(1))
    assert not Member.objects.get(number="0000123").is_listed

    batch = imported(person(), *people(1))

    assert counts(batch) == {"rows_changed": 1, "rows_unchanged": 1}
    assert Member.objects.get(number="0000123").is_listed


def test_somebody_whose_row_is_refused_is_not_gone() -> None:
    imported(person(), *people(1))

    batch = imported(person(joined_on="1/2/14"), *people(1))

    assert counts(batch) == {"rows_unchanged": 1, "rows_refused": 1}
    assert Member.objects.get(number="0000123").is_listed


def test_a_list_of_some_people_makes_nobody_gone() -> None:
    imported(person(), *people(2))

    batch = imported(person(number="9"), scope="part")

    assert counts(batch) == {"rows_new": 1}
    assert Member.objects.filter(is_listed=True).count() == 4


def test_a_list_of_one_section_makes_only_its_own_people_gone() -> None:
    imported(person(), person(number="1", section="affiliated"),
             person(number="2", section="affiliated"))  # fmt: skip

    batch = imported(
        person(number="1", section="affiliated"), scope="section",
        section_id=section("affiliated"),
    )  # fmt: skip

    assert counts(batch) == {"rows_unchanged": 1, "members_gone": 1}
    assert not Member.objects.get(number="2").is_listed
    assert Member.objects.get(number="0000123").is_listed


# --- discarding --------------------------------------------------------------------------------


def test_a_discarded_import_leaves_no_personal_data() -> None:
    batch = previewed(person(), person(number="?", email="secret@example.org"))

    for _ in range(2):
        services.discard_import(batch.pk, by=None, now=NOW)

    batch.refresh_from_db()
    assert batch.state == "discarded"
    assert not RefusedRow.objects.exists()
    assert not ImportPiece.objects.exists()
    assert not staging.is_there(batch.pk)
    assert not Member.objects.exists()


def test_a_reading_or_an_application_that_nobody_finishes_can_be_discarded() -> None:
    batch = previewed(person())
    services.request_apply(batch.pk, by=None, now=NOW)
    unread = uploaded(listing(person()))
    ImportBatch.objects.filter(pk=unread).update(state="reading")

    for batch_id in (batch.pk, unread):
        services.discard_import(batch_id, by=None, now=NOW)
        services.preview_import(batch_id, now=NOW)
        assert ImportBatch.objects.get(pk=batch_id).state == "discarded"
    with pytest.raises(Refusal):
        services.apply_import(batch.pk, now=NOW)
    assert not Member.objects.exists()


def test_a_failed_import_can_be_discarded_and_an_applied_one_cannot() -> None:
    failed = uploaded(b"nothing,known\n1,2\n")
    with pytest.raises(Refusal):
        services.preview_import(failed, now=NOW)
    applied = imported(person())

    services.discard_import(failed, by=None, now=NOW)

    assert "found" not in ImportBatch.objects.get(pk=failed).failure
    with pytest.raises(Refusal) as refusal:
        services.discard_import(applied.pk, by=None, now=NOW)
    assert refusal.value.code == "import.not-discardable"
    with pytest.raises(Refusal) as refusal:
        services.discard_import(0, by=None, now=NOW)
    assert refusal.value.code == "import.unknown"


# --- sections and search -----------------------------------------------------------------------


def test_a_section_can_be_added_and_is_known_to_lists_by_code_and_name() -> None:
    services.add_section("youth", name="Youth  section", by=None, now=NOW)

    batch = imported(person(number="1", section="youth"), person(number="2",
                     section="Youth Section"))  # fmt: skip

    assert counts(batch) == {"rows_new": 2}
    assert [each.code for each in selectors.people.sections()][-1] == "youth"


@pytest.mark.parametrize(
    ("code", "name", "expected"),
    [
        ("Youth", "Youth", "section.malformed"),
        ("", "Youth", "section.malformed"),
        ("youth", " ", "section.malformed"),
        ("youth", "You\u00adth", "section.malformed"),
        ("youth", "Youth\u200b", "section.malformed"),
        ("youth", "\ufdfa" * 61, "section.malformed"),
        ("member", "Others", "section.taken"),
        ("y" * 33, "Youth", "section.malformed"),
        ("others", "MEMBERS", "section.taken"),
    ],
)
def test_a_section_without_a_good_code_and_name_of_its_own_is_refused(
    code: str, name: str, expected: str
) -> None:
    with pytest.raises(Refusal) as refusal:
        services.add_section(code, name=name, by=None, now=NOW)

    assert refusal.value.code == expected


def test_members_are_found_by_number_and_by_the_beginning_of_their_name() -> None:
    imported(
        person(number="007", given_name="Siân", family_name="O’Neill"),
        person(number="8", given_name="Una", family_name="ONeill"),
        person(number="9", given_name="Mei", family_name="Blackmore-Hale"),
    )

    def found(words: str) -> list[str]:
        return [each.number for each in selectors.people.find_members(words).members]

    assert found("7") == found("0007") == ["007"]
    assert found("o'neill") == ["007", "8"]
    assert found("O’Neill, Sian") == found("oneill s") == ["007"]
    assert found("blackmore hale") == ["9"]
    assert found("nobody") == []
    assert len(found("")) == 3


def test_the_list_is_paged_by_key_to_its_end_without_gap_or_repeat() -> None:
    imported(*people(120, given_name="Same"))
    seen: list[str] = []
    after = 0
    while True:
        page = selectors.people.find_members(after=after)
        seen += [each.number for each in page.members]
        after = page.next_after
        if not after:
            break

    assert len(seen) == 120
    assert len(set(seen)) == 120


