"""The quirks of real exports, each in a file of its own, through the real reader."""

from __future__ import annotations

import pytest

from members.rollfile import DateOrder, MappingRefused, RefusedLine, Row
from tests.rollfile.foreign import (
    QUIRKS,
    content_of,
    good,
    looked,
    opened_quirk,
    proposed,
    read_quirk,
    troubles,
)


def test_every_file_of_the_folder_is_explained_beside_it() -> None:
    explained = (QUIRKS / "README.md").read_text()
    files = {path.name for path in QUIRKS.iterdir()} - {"README.md"}

    assert len(files) > 25
    assert [name for name in sorted(files) if f"`{name}`" not in explained] == []


# --- 1: encodings ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "encoding"),
    [
        ("01-windows-1252.csv", "windows-1252"),
        ("01-utf-16-excel.txt", "utf-16-le"),
        ("01-utf-16-without-mark.txt", "utf-16-be"),
        ("01-utf-8-with-mark.csv", "utf-8"),
    ],
)
def test_names_come_out_whole_in_every_encoding(name: str, encoding: str) -> None:
    look = looked(content_of(name))
    (row,) = good(name)

    assert look.shape.encoding == encoding
    assert (row.given_name, row.family_name) == ("Siân", "O’Neill")
    assert (row.number, row.joined_on, row.standing) == ("17", "2016-01-13", "good")


def test_where_the_encoding_is_not_proved_each_candidate_shows_what_the_names_become() -> None:
    shape = looked(content_of("01-windows-1252.csv")).shape
    chosen = looked(content_of("01-windows-1252.csv"), encoding="mac-roman").shape

    assert [each.encoding for each in shape.candidates] == ["windows-1252", "mac-roman", "dos-850"]
    assert "Siân" in shape.candidates[0].samples[0]
    assert "Siân" not in shape.candidates[1].samples[0]
    assert chosen.encoding == "mac-roman"
    assert looked(content_of("01-utf-8-with-mark.csv")).shape.candidates == ()


def test_damaged_accents_are_refused_and_the_others_read() -> None:
    assert [row.number for row in good("01-mojibake.csv")] == ["18"]
    assert {trouble for _, _, trouble in troubles("01-mojibake.csv")} == {"garbled"}


# --- 2: shapes ---------------------------------------------------------------------------------


def test_titles_are_skipped_and_totals_at_the_foot_are_passed_over_and_told() -> None:
    file = opened_quirk("02-sep-title-totals.csv")
    rows = list(file)

    assert [row.line for row in rows] == [5, 7]
    assert all(isinstance(row, Row) for row in rows)
    assert isinstance(rows[0], Row)
    assert (rows[0].family_name, rows[0].unit) == ("Fallowes; the younger", "North Aldermoor")
    assert file.rows_read == 2
    assert [(note.kind, note.line, note.found) for note in file.notes] == [
        ("total_passed_over", 8, "Total, 2")
    ]


@pytest.mark.parametrize(("name", "sign"), [("02-tabs.tsv", "\t"), ("02-pipes.txt", "|")])
def test_other_separators_are_found(name: str, sign: str) -> None:
    assert looked(content_of(name)).shape.delimiter == sign
    assert [row.family_name for row in good(name)] == ["Fallowes"]


# --- 3: dates ----------------------------------------------------------------------------------


def test_one_day_above_twelve_proves_the_order_of_the_whole_column() -> None:
    day = good("03-day-first.csv")
    month = good("03-month-first.csv")

    assert [row.joined_on for row in day] == ["2016-04-03", "2016-04-13"]
    assert [row.joined_on for row in month] == ["2016-03-04", "2016-04-13"]
    assert (day[0].date_of_birth, month[0].date_of_birth) == ("1980-02-29", "1980-02-29")


def test_a_spreadsheets_beginning_of_time_is_a_blank() -> None:
    row = good("03-day-first.csv")[1]

    assert (row.paid_until, row.date_of_birth) == ("", "")


def test_where_nothing_proves_the_order_it_is_never_guessed() -> None:
    look = looked(content_of("03-either.csv"))

    with pytest.raises(MappingRefused) as refused:
        proposed(look)
    asked = {"joined_on": "day_first", "paid_until": "month_first", "date_of_birth": "day_first"}
    (row,) = good("03-either.csv", dates=asked)

    assert refused.value.part == "dates"
    assert (row.joined_on, row.paid_until) == ("2016-04-03", "2016-05-06")


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("03-contradicting.csv", [(2, "13/04/2016"), (3, "04/13/2016")]),
        ("03-half-spoilt.csv", [(2, "13/01/2016"), (3, "42381")]),
    ],
)
def test_dates_that_contradict_one_another_are_shown_with_both_lines(
    name: str, values: list[tuple[int, str]]
) -> None:
    joined, paid = looked(content_of(name)).columns[3:5]

    assert joined.dates is not None
    assert list(joined.dates.contradiction or ()) == values
    assert joined.dates.proved is None
    assert paid.dates is not None
    assert paid.dates.proved is DateOrder.DAY_FIRST


def test_a_spreadsheets_day_numbers_are_days() -> None:
    first, second = good("03-serials.csv")

    assert (first.joined_on, first.paid_until, first.date_of_birth) == (
        "2016-01-12", "2016-12-31", "1980-02-29",
    )  # fmt: skip
    assert (second.joined_on, second.paid_until) == ("2016-01-13", "")


def test_months_by_name_need_no_order_and_two_digits_have_a_stated_pivot() -> None:
    first, second, third = good("03-named-two-digits.csv")

    assert (first.joined_on, first.date_of_birth) == ("2016-01-12", "1980-02-29")
    assert second.joined_on == "2015-09-01"
    # Read in 2016, 26 is still ahead and 27 is past.
    assert (second.paid_until, third.joined_on) == ("2026-12-31", "1927-01-12")


def test_a_birth_in_a_year_of_two_digits_is_refused_and_never_put_in_a_century() -> None:
    """25 is a child of today or a centenarian: both are on lists, and age decides who votes."""
    assert troubles("03-named-two-digits.csv") == [
        (4, "date_of_birth", "date_without_century"),
        (5, "date_of_birth", "date_without_century"),
    ]
    assert [row.date_of_birth for row in good("03-named-two-digits.csv")] == [
        "1980-02-29", "1927-03-03", "1925-03-05",
    ]  # fmt: skip


def test_midnight_shown_in_another_zone_is_the_day_that_was_meant() -> None:
    (row,) = good("03-midnight-shift.csv")

    assert (row.joined_on, row.paid_until, row.date_of_birth) == (
        "2016-05-02", "2016-12-31", "1980-02-29",
    )  # fmt: skip


# --- 4 to 11 -----------------------------------------------------------------------------------


def test_numbers_keep_their_zeros_and_spoilt_ones_are_refused() -> None:
    file = opened_quirk("04-numbers.csv")
    rows = list(file)

    assert [row.number for row in rows if isinstance(row, Row)] == ["0012345", "12 34 56", "12O45"]
    assert [row.number_key for row in rows if isinstance(row, Row)] == ["12345", "123456", "12O45"]
    assert troubles("04-numbers.csv") == [
        (3, "number", "number_rounded"),
        (6, "number", "number_decimal"),
        (7, "number", "number_missing"),
    ]


def test_a_letter_o_among_digits_is_read_as_it_stands_and_told() -> None:
    file = opened_quirk("04-numbers.csv")
    list(file)

    assert [(note.kind, note.line, note.found) for note in file.notes] == [("letter_o", 5, "12O45")]
    assert file.letters_o == 1


def test_postcodes_are_kept_as_given() -> None:
    assert [row.postcode for row in good("05-postcodes.csv")] == [
        "qa12bd", "QAI 2BD", "BFPO 12", "GY1 1AA", "", "75008",
    ]  # fmt: skip


def test_names_are_kept_as_given_and_folded_for_matching_only() -> None:
    rows = good("06-names.csv")

    assert [row.family_name for row in rows] == [
        "O’Neill", "O'NEILL", "van der Berg", "Sukarno", "D'Arcy",
    ]  # fmt: skip
    assert rows[0].name_key == rows[1].name_key == "oneill sian"


def test_two_people_of_one_household_stay_two() -> None:
    rows = good("07-household.csv")

    assert [(row.number, row.email) for row in rows] == [
        ("1", "home@example.org"), ("2", "home@example.org"),
    ]  # fmt: skip


def test_two_people_on_one_row_are_refused_and_names_with_and_in_them_are_not() -> None:
    assert troubles("08-joint.csv") == [
        (2, "title", "two_people"),
        (3, "given_name", "two_people"),
        (4, "given_name", "two_people"),
    ]  # fmt: skip
    assert [row.number for row in good("08-joint.csv")] == ["4", "5"]


def test_the_dead_and_those_at_risk_are_known_as_such() -> None:
    rows = good("09-deceased-withheld.csv")

    assert [(row.standing, row.address_withheld) for row in rows] == [
        ("deceased", "false"), ("good", "true"), ("good", "false"),
    ]  # fmt: skip
    assert rows[2].country == "France"


def test_formulas_are_refused_and_hidden_columns_are_never_read() -> None:
    rows = read_quirk("10-formulas-hidden-columns.csv")

    assert troubles("10-formulas-hidden-columns.csv") == [(2, "family_name", "formula")]
    assert opened_quirk("10-formulas-hidden-columns.csv").header.dropped == (
        "Sort code", "Account number",
    )  # fmt: skip
    assert "87654321" not in repr(rows)
    assert "12345678" not in repr(rows)


def test_a_blank_cell_is_a_blank() -> None:
    (row,) = good("11-blank-cells.csv")

    assert row.email == ""


# --- the systems that are known ------------------------------------------------------------------


def test_civicrm_is_recognised_and_member_since_is_the_day_of_joining() -> None:
    (row,) = good("civicrm.csv")

    assert (row.number, row.family_name, row.section) == ("17", "Fallowes", "member")
    assert (row.joined_on, row.paid_until, row.standing) == ("2014-05-01", "2016-12-31", "good")
    assert (row.address_1, row.address_2, row.postcode) == ("4 Inkle Row", "Aldermoor", "QA1 2BD")


def test_nationbuilder_is_recognised() -> None:
    (row,) = good("nationbuilder.csv")

    assert (row.number, row.title, row.email) == ("17", "Ms", "carys@example.org")
    assert (row.phone, row.country, row.standing) == ("07700900123", "GB", "good")
    assert (row.address_1, row.address_3) == ("4 Inkle Row", "Aldermoor")


def test_npsp_is_recognised_and_nobody_is_told_to_have_a_standing() -> None:
    (row,) = good("npsp.csv")

    assert (row.number, row.given_name) == ("003A000001aBcDeQAK", "Carys")
    assert (row.joined_on, row.paid_until, row.section) == ("2014-05-01", "2016-12-31", "member")
    assert (row.standing, row.address_2) == ("", "Aldermoor")


def test_a_partys_local_download_is_recognised_and_the_constituency_is_the_unit() -> None:
    (row,) = good("party-local.csv")

    assert (row.number, row.unit, row.phone) == ("L0012345", "North Aldermoor", "07700900123")
    assert (row.joined_on, row.standing) == ("2014-05-13", "good")


def test_a_register_has_no_sections_and_one_is_stated() -> None:
    (row,) = good("register.csv")

    assert (row.number, row.family_name, row.section) == ("AB123", "Fallowes", "member")
    assert [row.address_1, row.address_2] == ["4 Inkle Row", "Aldermoor"]


def test_a_refused_row_gives_its_cells_back_in_the_order_of_the_columns() -> None:
    refused = next(row for row in read_quirk("08-joint.csv") if isinstance(row, RefusedLine))

    assert refused.cells[:4] == ("1", "Mr & Mrs", "John", "Smith")
    assert refused.cells[11] == "member"
    assert len(refused.cells) == 20
