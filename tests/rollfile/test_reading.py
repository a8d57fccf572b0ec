"""Rows come out of bytes whole, or are refused with line, column, value and reason."""

from __future__ import annotations

import csv
import io
import re
import tracemalloc
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from members.rollfile import (
    COLUMNS,
    FileRefused,
    FileTrouble,
    Problem,
    RefusedLine,
    Row,
    Trouble,
    open_roll,
)
from members.rollfile.columns import COLUMN_NAMES
from members.rollfile.errors import FILE_WORDS, TROUBLE_WORDS
from tests.rollfile.lists import HEADER, LINE, SECTIONS, TODAY, line, opened, read, read_one


def trouble(**cells: str) -> Problem:
    """The one problem of an otherwise good line; that it is good is checked first."""
    assert isinstance(read_one(), Row)
    refused = read_one(**cells)
    assert isinstance(refused, RefusedLine)
    (problem,) = refused.problems
    return problem


# --- what is read ------------------------------------------------------------------------------


def test_a_row_is_read_with_its_line_and_its_normal_forms() -> None:
    (row,) = read(LINE)

    assert isinstance(row, Row)
    assert row.line == 2
    assert (row.number, row.number_key) == ("0012345", "12345")
    assert (row.family_name, row.name_key) == ("Fallowes", "fallowes carys")
    assert (row.unit, row.unit_key) == ("North Aldermoor", "north aldermoor")
    assert row.joined_on == "2014-05-01"
    assert (row.address_1, row.country) == ("", "")


def test_a_byte_order_mark_and_any_line_ending_are_read_alike() -> None:
    for start in ("", "\ufeff"):
        for ending in ("\n", "\r\n", "\r"):
            rows = list(opened(f"{start}{HEADER}{ending}{LINE}{ending}{LINE}"))
            assert [type(row) for row in rows] == [Row, Row]
            assert [row.line for row in rows] == [2, 3]


def test_blank_lines_are_passed_over_and_lines_keep_their_numbers() -> None:
    rows = read(LINE, "", ",,,,,,,,,,,", LINE)

    assert [row.line for row in rows] == [2, 5]


def test_trailing_blank_columns_are_no_columns() -> None:
    (row,) = read(LINE + ",,", header=HEADER + ",,")
    (same,) = read(LINE + ", ,")

    assert isinstance(row, Row)
    assert isinstance(same, Row)


def test_column_names_match_without_case_spaces_or_hyphens_in_any_order() -> None:
    (row,) = read("member,Zed,7", header="SECTION,Family Name,Number")

    assert isinstance(row, Row)
    assert (row.section, row.family_name, row.number) == ("member", "Zed", "7")


def test_other_columns_are_dropped_and_named() -> None:
    file = opened("number,Sort Code,family_name,section\n7,00-00-00,Zed,member\n")
    (row,) = file

    assert file.header.dropped == ("Sort Code",)
    assert isinstance(row, Row)
    assert "00-00-00" not in row


def test_words_for_nothing_are_blank() -> None:
    for word in ("NULL", "n/a", "-", "#N/A", "none", "1900-01-01", "1899-12-31"):
        row = read_one(paid_until=word)
        assert isinstance(row, Row), word
        assert row.paid_until == ""


def test_null_is_a_name_and_capital_null_is_none() -> None:
    row = read_one(family_name="Null", given_name="None")

    assert isinstance(row, Row)
    assert (row.family_name, row.given_name) == ("Null", "None")
    assert trouble(family_name="NULL").trouble is Trouble.NAME_MISSING


def test_spaces_around_and_within_values_are_tidied() -> None:
    for spaced in ("  Fallowes", "Fallowes ", "\u00a0Fallowes\u00a0"):
        row = read_one(family_name=spaced)
        assert isinstance(row, Row)
        assert row.family_name == "Fallowes"
    row = read_one(unit="North   Aldermoor", date_of_birth="1980-02-29 ", number=" 0012345")
    assert isinstance(row, Row)
    assert (row.unit, row.date_of_birth, row.number) == (
        "North Aldermoor", "1980-02-29", "0012345",
    )  # fmt: skip


def test_letters_are_composed_and_kept_as_given() -> None:
    row = read_one(given_name="Sia\u0302n", family_name="O’Neill")

    assert isinstance(row, Row)
    assert (row.given_name, row.family_name) == ("Siân", "O’Neill")
    assert row.name_key == "oneill sian"


def test_a_comma_and_a_line_break_in_quotation_marks_stay_in_their_cell() -> None:
    rows = read(line(unit='"North\nAldermoor, Upper"'), LINE)

    assert isinstance(rows[0], Row)
    assert rows[0].unit == "North Aldermoor, Upper"
    assert rows[1].line == 4


def test_a_section_is_known_by_code_and_by_name() -> None:
    for given_as in ("affiliated", "AFFILIATED", "Affiliated  Supporters"):
        row = read_one(section=given_as)
        assert isinstance(row, Row)
        assert row.section == "affiliated"


def test_a_standing_is_known_in_capitals_too_and_blanks_stay_blank() -> None:
    row = read_one(standing="Good")
    blank = read_one(standing="", section="", email="", joined_on="")

    assert isinstance(row, Row)
    assert row.standing == "good"
    assert isinstance(blank, Row)
    assert (blank.standing, blank.section, blank.email, blank.joined_on) == ("", "", "", "")


def test_a_day_to_come_is_allowed_for_payment_only() -> None:
    row = read_one(paid_until="2030-01-01", joined_on="2016-08-22")

    assert isinstance(row, Row)
    assert trouble(joined_on="2016-08-23").trouble is Trouble.DATE_IN_FUTURE
    assert trouble(date_of_birth="2030-01-01").trouble is Trouble.DATE_IN_FUTURE


# --- what is refused ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cells", "column", "expected"),
    [
        ({"number": ""}, "number", Trouble.NUMBER_MISSING),
        ({"number": "n° 12"}, "number", Trouble.NUMBER_MALFORMED),
        ({"number": "-"}, "number", Trouble.NUMBER_MISSING),
        ({"number": "1.23457E+11"}, "number", Trouble.NUMBER_ROUNDED),
        ({"family_name": ""}, "family_name", Trouble.NAME_MISSING),
        ({"email": "carys at example.org"}, "email", Trouble.EMAIL_MALFORMED),
        ({"email": "carys@@example.org"}, "email", Trouble.EMAIL_MALFORMED),
        ({"email": "carys@example"}, "email", Trouble.EMAIL_MALFORMED),
        ({"email": "a.@example.org"}, "email", Trouble.EMAIL_MALFORMED),
        ({"joined_on": "12/01/2016"}, "joined_on", Trouble.DATE_MALFORMED),
        ({"joined_on": "42381"}, "joined_on", Trouble.DATE_MALFORMED),
        ({"joined_on": "12-Jan-16"}, "joined_on", Trouble.DATE_MALFORMED),
        ({"paid_until": "2016-02-30"}, "paid_until", Trouble.DATE_IMPOSSIBLE),
        ({"date_of_birth": "0980-02-28"}, "date_of_birth", Trouble.DATE_TOO_EARLY),
        ({"section": "friend"}, "section", Trouble.SECTION_UNKNOWN),
        ({"standing": "current"}, "standing", Trouble.STANDING_UNKNOWN),
        ({"postcode": "Q" * 17}, "postcode", Trouble.TOO_LONG),
        ({"given_name": "Ali\u202ece"}, "given_name", Trouble.HIDDEN_CHARACTER),
        ({"given_name": "Ali\u200bce"}, "given_name", Trouble.HIDDEN_CHARACTER),
        ({"given_name": "Ali\x07ce"}, "given_name", Trouble.HIDDEN_CHARACTER),
        ({"given_name": "Ali\x00ce"}, "given_name", Trouble.HIDDEN_CHARACTER),
        ({"given_name": "SiÃ¢n"}, "given_name", Trouble.GARBLED),
        ({"given_name": "O\ufffdNeill"}, "given_name", Trouble.GARBLED),
        ({"given_name": "=1+1"}, "given_name", Trouble.FORMULA),
    ],
)
def test_a_cell_that_cannot_be_kept_refuses_its_row_with_column_and_value(
    cells: dict[str, str], column: str, expected: Trouble
) -> None:
    problem = trouble(**cells)

    assert (problem.column, problem.trouble) == (column, expected)
    shown = re.sub(r"[\x00\x07]", "�", cells[column].strip())
    assert problem.value == ("" if expected is Trouble.NUMBER_MISSING else shown)
    assert problem.reason
    assert problem.remedy


def test_a_refused_row_names_every_column_at_fault_once_and_whose_it_is() -> None:
    refused = read_one(email="=nobody", joined_on="?", standing="?")

    assert isinstance(refused, RefusedLine)
    assert [problem.column for problem in refused.problems] == ["email", "joined_on", "standing"]
    assert refused.number_key == "12345"
    assert refused.line == 2


def test_a_row_whose_number_is_refused_is_nobodys() -> None:
    for number in ("n° 12", "1" * 33, "1.2E+5", ""):
        refused = read_one(number=number, email="?")
        assert isinstance(refused, RefusedLine)
        assert refused.number_key == ""
        assert len(refused.problems) == 2


def test_a_row_that_is_too_wide_or_too_narrow_is_refused_and_the_next_is_read() -> None:
    wide, narrow, totals, good = read(LINE + ",more", "77,Ms,Only", "Total: 3", LINE)

    assert isinstance(wide, RefusedLine)
    assert wide.problems == (Problem("", "more", Trouble.CELLS_TOO_MANY),)
    assert wide.number_key == "12345"
    assert isinstance(narrow, RefusedLine)
    assert narrow.problems == (Problem("", "77,Ms,Only", Trouble.CELLS_TOO_FEW),)
    assert narrow.number_key == "77"
    assert isinstance(totals, RefusedLine)
    assert totals.number_key == ""
    assert isinstance(good, Row)


def test_a_number_longer_than_any_is_nobodys_in_a_row_of_the_wrong_width_too() -> None:
    longest, longer = read(line(number="1" * 32) + ",more", line(number="1" * 33) + ",more")

    assert isinstance(longest, RefusedLine)
    assert longest.number_key == "1" * 32
    assert isinstance(longer, RefusedLine)
    assert longer.number_key == ""


def test_a_number_out_of_reach_of_a_narrow_row_is_not_guessed() -> None:
    (refused,) = read("Zed", header="family_name,section,number")

    assert isinstance(refused, RefusedLine)
    assert refused.number_key == ""


def test_a_long_value_is_shown_cut() -> None:
    problem = trouble(unit="U" * 200)

    assert problem.trouble is Trouble.TOO_LONG
    assert len(problem.value) == 80
    assert problem.value.endswith("…")


def test_control_characters_are_shown_by_a_sign_wherever_a_value_is_shown() -> None:
    (wide,) = read(LINE + ",mo\x00re")
    header = opened(HEADER + ",sort\x07code\n").header
    with pytest.raises(FileRefused) as refused:
        opened("nothing\x07known\n")

    assert isinstance(wide, RefusedLine)
    assert wide.problems[0].value == "mo�re"
    assert header.dropped == ("sort�code",)
    assert refused.value.found == "nothing�known"


# --- whole files -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"", FileTrouble.EMPTY),
        (b"PK\x03\x04rest of a spreadsheet", FileTrouble.NOT_TEXT),
        (f"{HEADER}\n{LINE}\n".encode("utf-16"), FileTrouble.NOT_UTF8),
        (f"{HEADER}\n{LINE}\n".encode("utf-16-le"), FileTrouble.NOT_TEXT),
        (f"{HEADER}\n{LINE}\n".encode("utf-16-be"), FileTrouble.NOT_TEXT),
        (f"{HEADER}\n{line(given_name='Si')}\n".encode() + "â,".encode("cp1252"),
         FileTrouble.NOT_UTF8),
        (HEADER.replace(",", ";").encode(), FileTrouble.NOT_COMMAS),
        (HEADER.replace(",", "\t").encode(), FileTrouble.NOT_COMMAS),
        (b"sep=,\n" + HEADER.encode(), FileTrouble.UNKNOWN_HEADER),
        (LINE.encode(), FileTrouble.UNKNOWN_HEADER),
        (b"number,family_name\n1,Zed\n", FileTrouble.MISSING_COLUMNS),
        (b"number,family_name,section,Number\n", FileTrouble.REPEATED_COLUMN),
        (f'{HEADER}\n{LINE}\n"{LINE}\n'.encode() + f"{LINE}\n".encode() * 20,
         FileTrouble.BROKEN_QUOTES),
        (f'{HEADER}\n"{LINE}\n'.encode() + f"{LINE}\n".encode() * 14 + b'"\n',
         FileTrouble.BROKEN_QUOTES),
    ],
)  # fmt: skip
def test_a_file_that_cannot_be_read_is_refused_as_a_whole(
    content: bytes, expected: FileTrouble
) -> None:
    assert len(list(opened(f"{HEADER}\n{LINE}\n"))) == 1

    with pytest.raises(FileRefused) as refused:
        list(opened(content))

    assert refused.value.trouble is expected
    assert refused.value.reason
    assert refused.value.remedy


def test_a_broken_byte_is_found_on_its_line() -> None:
    content = f"{HEADER}\n".encode() + f"{LINE}\n".encode() * 3 + b"\xff\n"

    with pytest.raises(FileRefused) as refused:
        list(opened(content, chunk_bytes=1))

    assert refused.value.trouble is FileTrouble.NOT_UTF8


def test_every_trouble_has_a_reason_and_what_to_do() -> None:
    assert set(FILE_WORDS) == set(FileTrouble)
    assert set(TROUBLE_WORDS) == set(Trouble)
    assert all(map(all, [*FILE_WORDS.values(), *TROUBLE_WORDS.values()]))


def test_how_far_the_reading_has_come_can_be_seen() -> None:
    file = opened(f"{HEADER}\n" + f"{LINE}\n" * 10)

    assert file.rows_read == 0
    assert len(list(file)) == 10
    assert file.rows_read == 10
    assert file.bytes_read == len(HEADER) + 1 + 10 * (len(LINE) + 1)


# --- properties --------------------------------------------------------------------------------

wild_text = st.text(max_size=40) | st.sampled_from(
    ["", " ", "NULL", "=1", "SiÃ¢n", "2016-01-12", "12/01/2016", "1.2E+5", "a@example.org"]
)


@given(st.lists(st.lists(wild_text, min_size=17, max_size=17), max_size=4))
def test_whatever_stands_in_the_cells_each_row_is_read_or_refused(rows: list[list[str]]) -> None:
    text = io.StringIO(newline="")
    csv.writer(text).writerows([COLUMN_NAMES, *rows])
    raw = text.getvalue().encode("utf-8", "replace")

    try:
        found = list(open_roll([raw], sections=SECTIONS, today=TODAY))
    except FileRefused:
        return

    assert len(found) <= len(rows)
    for row in found:
        if isinstance(row, Row):
            assert row.number_key
            assert row.family_name == row.family_name.strip() != ""
            assert "".join(map(str, row)).isprintable()
            for column, cell in zip(COLUMNS, (row[1], *row[3:6], *row[7:16]), strict=False):
                assert len(cell) <= max(column.longest, 254)
        else:
            assert row.problems


@given(st.binary(max_size=400), st.integers(1, 64))
def test_any_bytes_at_all_end_in_rows_or_in_a_refusal(raw: bytes, chunk_bytes: int) -> None:
    try:
        rows = list(opened(HEADER.encode() + b"\n" + raw, chunk_bytes=chunk_bytes))
    except FileRefused:
        return
    assert all(isinstance(row, Row | RefusedLine) for row in rows)


@given(st.integers(1, 700))
def test_how_the_bytes_are_cut_makes_no_difference(chunk_bytes: int) -> None:
    content = f"{HEADER}\r\n" + f"{line(given_name='Siân', unit='€')}\r\n{line(email='?')}\r\n" * 3

    assert list(opened(content, chunk_bytes=chunk_bytes)) == list(opened(content, chunk_bytes=9999))


@given(
    st.fixed_dictionaries(
        {
            "given_name": st.text(
                st.characters(categories=["L"], max_codepoint=0x17F), min_size=1, max_size=20
            ),
            "joined_on": st.dates(date(1901, 1, 1), TODAY).map(date.isoformat),
            "number": st.from_regex(r"[A-Z]{0,2}[0-9]{1,8}", fullmatch=True).filter(
                lambda number: "E" not in number
            ),
        }
    )
)
def test_a_good_row_is_read_as_it_was_written(cells: dict[str, str]) -> None:
    row = read_one(**cells)

    if isinstance(row, RefusedLine):
        assert [problem.trouble for problem in row.problems] == [Trouble.GARBLED]
        return
    assert row.number == cells["number"]
    assert row.joined_on == ("" if cells["joined_on"] in BLANK_DAYS else cells["joined_on"])


BLANK_DAYS = {"1900-01-01"}


def test_memory_stays_flat_however_long_the_list() -> None:
    def peak_bytes(pieces: int) -> int:
        piece = f"{LINE}\n".encode() * 500
        tracemalloc.start()
        source = (piece if n else f"{HEADER}\n".encode() for n in range(pieces + 1))
        for row in open_roll(source, sections=SECTIONS, today=TODAY):
            assert isinstance(row, Row)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return peak

    peak_bytes(6)

    # Rows that were kept would be 4 MB more.
    assert peak_bytes(12) < peak_bytes(6) + 200_000
