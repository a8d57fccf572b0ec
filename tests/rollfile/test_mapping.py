"""A mapping is parsed or refused; what a file shows is proposed, and only what is sure is sure."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from members.rollfile import (
    DateOrder,
    FileRefused,
    FileTrouble,
    MappingRefused,
    RefusedLine,
    Row,
    Trouble,
    look_at,
    mapping_from_json,
    mapping_to_json,
    open_roll,
    sniff,
)
from members.rollfile.dates import date_in_order, is_summer_time, is_without_century
from members.rollfile.mapping import plain
from members.rollfile.recognising import propose_columns, propose_section, propose_standing
from members.rollfile.sniffing import Shape
from tests.rollfile.foreign import looked
from tests.rollfile.lists import SECTIONS, TODAY

BODY: dict[str, Any] = {
    "format": 1, "encoding": "utf-8", "delimiter": ",", "header_line": 1,
    "headers": ["urn", "surname", "type", "joined", "status"],
    "columns": {"number": "urn", "family_name": "surname", "section": "type",
                "joined_on": "joined", "standing": "status"},
    "dates": {"joined_on": "day_first"}, "standings": {"current": "good", "unknown": ""},
    "sections": {"full": "member"}, "section": "", "deletes": [],
}  # fmt: skip
WITH_MAIL: dict[str, Any] = {
    **BODY, "headers": [*BODY["headers"], "mail"], "columns": {**BODY["columns"], "email": "mail"},
    "deletes": ["email"],
}  # fmt: skip


def read(*lines: str, header: str = "URN,Surname,Type,Joined,Status", **changes: Any
         ) -> list[Row | RefusedLine]:  # fmt: skip
    mapping = mapping_from_json({**BODY, **changes})
    content = "\n".join([header, *lines, ""]).encode()
    return list(open_roll([content], sections=SECTIONS, today=TODAY, mapping=mapping))


def test_a_mapping_is_the_same_after_it_was_saved_and_read_again() -> None:
    for body in (BODY, WITH_MAIL):
        assert mapping_to_json(mapping_from_json(body)) == body


@pytest.mark.parametrize(
    ("changes", "part"),
    [
        ({"format": 2}, "format"),
        ({"encoding": "ebcdic"}, "encoding"),
        ({"encoding": None}, "encoding"),
        ({"delimiter": "x"}, "delimiter"),
        ({"header_line": 0}, "header_line"),
        ({"header_line": True}, "header_line"),
        ({"headers": "urn"}, "headers"),
        ({"headers": [1]}, "headers"),
        ({"columns": []}, "columns"),
        ({"columns": {"number": 1}}, "columns"),
        ({"columns": {**BODY["columns"], "bank": "urn"}}, "columns"),
        ({"columns": {**BODY["columns"], "email": "mail"}}, "columns"),
        ({"columns": {**BODY["columns"], "email": "urn"}}, "columns"),
        ({"columns": {"number": "urn"}}, "columns"),
        ({"section": "member"}, "section"),
        ({"dates": {}}, "dates"),
        ({"dates": {"joined_on": "backwards"}}, "dates"),
        ({"standings": {"current": "fine"}}, "standings"),
        ({"deletes": ["standing"]}, "deletes"),
        ({"deletes": ["email"]}, "deletes"),
    ],
)
def test_what_does_not_fit_together_is_refused_by_its_part(
    changes: dict[str, Any], part: str
) -> None:
    assert mapping_from_json(BODY)

    with pytest.raises(MappingRefused) as refused:
        mapping_from_json({**BODY, **changes})

    assert refused.value.part == part
    assert refused.value.sentence


def test_no_mapping_at_all_is_refused() -> None:
    with pytest.raises(MappingRefused):
        mapping_from_json([])


def test_a_file_without_a_mapped_header_or_with_two_of_one_is_refused() -> None:
    assert isinstance(read("1,Aa,full,13/04/2016,current")[0], Row)

    for header, trouble in (("URN,Name,Type,Joined,Status", FileTrouble.MISSING_COLUMNS),
                            ("URN,Surname,Type,Joined,URN,,", FileTrouble.REPEATED_COLUMN),
                            ("URN,Surname,Type,Joined,Status,urn", FileTrouble.REPEATED_COLUMN)):
        with pytest.raises(FileRefused) as refused:
            read(header=header)
        assert refused.value.trouble in (trouble, FileTrouble.MISSING_COLUMNS)


def test_a_file_that_ends_above_its_header_is_empty() -> None:
    with pytest.raises(FileRefused) as refused:
        read("1,Aa,full,13/04/2016,current", header_line=9)

    assert refused.value.trouble is FileTrouble.EMPTY


def test_words_mean_what_the_mapping_says_and_others_are_refused() -> None:
    good, blank, own, empty, refused = read(
        "1,Aa,full,13/04/2016,Current", "2,Bb,FULL,,unknown", "3,Cc,member,n/a,lapsed",
        "4,Dd,,,", "5,Ee,full,,Pending",
    )  # fmt: skip

    assert [row.standing for row in (good, blank, own, empty) if isinstance(row, Row)] == [
        "good", "", "lapsed", "",
    ]  # fmt: skip
    assert isinstance(refused, RefusedLine)
    assert refused.problems[0].trouble is Trouble.WORD_UNKNOWN
    # As a blank it would come in again, unmended, as no news.
    assert "Pending" in refused.cells


def test_a_date_out_of_order_is_given_back_as_it_stood() -> None:
    (refused,) = read("1,Aa,full,04/13/2016,current")

    assert isinstance(refused, RefusedLine)
    assert refused.problems[0].trouble is Trouble.DATE_IMPOSSIBLE
    assert "04/13/2016" in refused.cells


def test_a_row_that_is_cut_short_gives_back_what_there_was() -> None:
    (wide, narrow, _) = read("1,Aa,full,,current,more", "2,Bb", "3,Cc,full,,")

    assert isinstance(wide, RefusedLine)
    assert isinstance(narrow, RefusedLine)
    assert (wide.cells[0], narrow.cells[3], narrow.cells[11]) == ("1", "Bb", "")


def test_totals_in_the_middle_are_refused_and_at_the_foot_passed_over() -> None:
    mapping = mapping_from_json(BODY)
    text = "URN,Surname,Type,Joined,Status\n1,Aa,full,,\nTotal,1,,,\n2,Bb,full,,\n , ,,,\n"
    text += "Total,Aa,full,,\n,,2,,\n"

    file = open_roll([text.encode()], sections=SECTIONS, today=TODAY, mapping=mapping)
    rows = list(file)

    # Somebody numbered “Total” who has a name is somebody.
    assert [type(row) for row in rows] == [Row, RefusedLine, Row, RefusedLine, Row]
    assert [note.line for note in file.notes] == [7]


def test_only_so_many_letters_are_noted_and_all_are_counted() -> None:
    mapping = mapping_from_json(BODY)
    lines = "".join(f"1O{n},Aa,full,,\n" for n in range(30)) + "LO77,Aa,full,,\n"

    file = open_roll([f"URN,Surname,Type,Joined,Status\n{lines}".encode()], sections=SECTIONS,
                     today=TODAY, mapping=mapping)  # fmt: skip
    list(file)

    assert (len(file.notes), file.letters_o) == (20, 30)


# --- dates -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "order", "read_as"),
    [
        ("03/04/2016", DateOrder.DAY_FIRST, "2016-04-03"),
        ("03/04/2016", DateOrder.MONTH_FIRST, "2016-03-04"),
        ("3.4.16", DateOrder.DAY_FIRST, "2016-04-03"),
        ("03/04/2016 00:00:00", DateOrder.DAY_FIRST, "2016-04-03"),
        ("2016/04/03", DateOrder.MONTH_FIRST, "2016-04-03"),
        ("2016-04-03T10:00:00+01:00", DateOrder.ISO, "2016-04-03"),
        ("12 Sept 2016", DateOrder.ISO, "2016-09-12"),
        ("January 12, 2016", DateOrder.DAY_FIRST, "2016-01-12"),
        ("42381", DateOrder.EXCEL_SERIAL, "2016-01-12"),
        ("42381.5", DateOrder.EXCEL_SERIAL, "2016-01-12"),
        ("1", DateOrder.EXCEL_SERIAL, ""),
        ("31/12/1899", DateOrder.DAY_FIRST, ""),
        ("1899-12-30", DateOrder.DAY_FIRST, ""),
    ],
)
def test_dates_are_read_in_the_order_that_is_stated(
    given: str, order: DateOrder, read_as: str
) -> None:
    assert date_in_order(given, order, 2016) == (read_as, None)


@pytest.mark.parametrize(
    ("given", "order", "trouble"),
    [
        ("03/04/2016", DateOrder.ISO, Trouble.DATE_UNLIKE),
        ("42381", DateOrder.DAY_FIRST, Trouble.DATE_UNLIKE),
        ("99999", DateOrder.EXCEL_SERIAL, Trouble.DATE_UNLIKE),
        ("soon", DateOrder.EXCEL_SERIAL, Trouble.DATE_UNLIKE),
        ("31/02/2016", DateOrder.DAY_FIRST, Trouble.DATE_IMPOSSIBLE),
        ("2016-02-31T23:00Z", DateOrder.ISO, Trouble.DATE_IMPOSSIBLE),
        ("12 Foo 2016", DateOrder.ISO, Trouble.DATE_IMPOSSIBLE),
    ],
)
def test_what_is_no_date_in_that_order_is_refused(
    given: str, order: DateOrder, trouble: Trouble
) -> None:
    assert date_in_order(given, order, 2016) == ("", trouble)


@pytest.mark.parametrize(
    "given", ["05/03/25", "5.3.25", "05-Mar-25", "5 March 25", "05/03/25 00:00"]
)
def test_a_year_of_two_digits_has_no_century_and_one_of_four_has(given: str) -> None:
    assert is_without_century(given)
    assert not is_without_century(given.replace("25", "1925"))


@pytest.mark.parametrize(
    ("given", "read_as"),
    [
        ("2016-05-01T23:00:00Z", "2016-05-02"),
        ("2016-05-01T23:00:00.000+00:00", "2016-05-02"),
        ("2016-05-01T23:00Z", "2016-05-02"),
        ("2016-05-01T23:00:01Z", "2016-05-01"),
        ("2016-05-01T23:00:00.5Z", "2016-05-01"),
        ("2016-05-01T23:01:00Z", "2016-05-01"),
        ("2016-05-01T23:00:00+01:00", "2016-05-01"),
        ("2016-01-11T23:00:00Z", "2016-01-11"),
        ("2016-03-26T23:00:00Z", "2016-03-26"),
        ("2016-03-27T23:00:00Z", "2016-03-28"),
        ("2016-10-29T23:00:00Z", "2016-10-30"),
        ("2016-10-30T23:00:00Z", "2016-10-30"),
        ("1970-01-14T23:00:00Z", "1970-01-15"),
        ("9999-12-31T23:00:00Z", "9999-12-31"),
    ],
)
def test_eleven_at_night_is_the_next_day_where_the_clocks_at_home_are_ahead(
    given: str, read_as: str
) -> None:
    assert date_in_order(given, DateOrder.ISO, 2016) == (read_as, None)


def test_summer_time_is_that_of_the_clocks_in_london_on_every_day_since_1972() -> None:
    london = ZoneInfo("Europe/London")
    days = [date(1972, 1, 1) + timedelta(days=n) for n in range(365 * 65)]

    wrong = [
        day for day in days
        if is_summer_time(day)
        != bool(datetime(day.year, day.month, day.day, 23, tzinfo=UTC).astimezone(london).dst())
    ]  # fmt: skip

    assert days[-1].year == 2036
    assert wrong == []


# --- looking -----------------------------------------------------------------------------------


def look_column(values: list[str]) -> Any:
    rows = "\n".join(f"{n},{value}" for n, value in enumerate(values))
    return looked(f"urn,joined\n{rows}\n\n".encode()).columns[1]


def test_samples_are_ten_and_words_are_dropped_where_they_are_many() -> None:
    few = look_column(["a", "b", "a", "", " a "])
    many = look_column([f"v{n}" for n in range(1_500)])

    assert (few.samples, few.words) == (["a", "b"], {"a", "b"})
    assert len(many.samples) == 10
    assert many.words is None
    assert many.dates is None


def test_every_form_of_a_date_is_evidence_with_its_line() -> None:
    both = look_column(["2016-01-01", "42381"]).dates
    same = look_column(["03/03/2016"]).dates
    wrong = look_column(["13/04/2016", "14/04/2016", "15/04/2016", "33/33/2016"]).dates
    many = look_column([f"{1 + n % 28:02d}/{1 + n % 12:02d}/2015" for n in range(3_000)]).dates

    assert both.contradiction == ((3, "42381"), (2, "2016-01-01"))
    assert same.proved is None
    assert wrong.proved is DateOrder.DAY_FIRST
    assert wrong.other == (5, "33/33/2016")
    assert many.proved is DateOrder.DAY_FIRST


def test_more_different_dates_than_are_remembered_are_examined_all_the_same(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("members.rollfile.looking._MOST_SEEN", 5)
    many = look_column([f"{1 + n % 12:02d}/{1 + n % 12:02d}/2015" for n in range(2_500)]
                       + ["13/04/2016"])  # fmt: skip

    assert many.dates.day_first == (2502, "13/04/2016")


def test_a_file_of_nothing_or_of_too_many_columns_is_refused() -> None:
    for content, trouble in ((b"", FileTrouble.EMPTY), (b",,\n", FileTrouble.UNKNOWN_HEADER),
                             (b"a," * 400 + b"b\n", FileTrouble.UNKNOWN_HEADER)):
        with pytest.raises(FileRefused) as refused:
            look_at([content], sniff([content]))
        assert refused.value.trouble is trouble


def test_a_byte_that_the_encoding_does_not_have_is_refused_by_its_line() -> None:
    content = b"urn,surname\n1,\x81\n"

    with pytest.raises(FileRefused) as refused:
        look_at([content], Shape("windows-1252", ",", 1, ()))

    assert refused.value.trouble is FileTrouble.BROKEN_ENCODING


def test_the_sign_of_nought_in_a_header_is_no_text_and_in_a_cell_is_shown_and_not_asked() -> None:
    with pytest.raises(FileRefused) as refused:
        looked(b"urn,sur\x00name\n1,Aa\n")
    assert refused.value.trouble is FileTrouble.NOT_TEXT

    look = looked(b'urn,status\n1,go\x00od\n2,lapsed\n3,"in\tarrears"\n4,M\x00\xfcller\n')

    assert look.columns[1].words == {"lapsed", "in arrears"}
    assert "\x00" not in "".join(look.columns[1].samples)
    assert look.shape.candidates
    assert "\x00" not in "".join(s for each in look.shape.candidates for s in each.samples)


# --- sniffing and recognising --------------------------------------------------------------------


def test_a_file_whose_names_are_all_unknown_is_cut_where_it_has_most_cells() -> None:
    shape = sniff([b"List\nRhif;Cyfenw;Adran\n1;Aa;x\n"])

    assert (shape.delimiter, shape.header_line) == (";", 2)
    assert sniff([b"one\ntwo\n"]).header_line == 1
    assert sniff([b""]).header_line == 1


@pytest.mark.parametrize(
    ("name", "codec", "encoding", "others"),
    [
        ("Molière", "mac_roman", "mac-roman", ["mac-roman", "dos-850"]),
        ("Müller", "cp850", "dos-850", ["mac-roman", "dos-850"]),
        ("Siân", "cp1252", "windows-1252", ["windows-1252", "mac-roman", "dos-850"]),
    ],
)
def test_only_encodings_that_have_every_byte_of_the_file_are_offered(
    name: str, codec: str, encoding: str, others: list[str]
) -> None:
    # Far down, where no beginning of the file shows it.
    content = ("urn,surname\n" + "1,Aa\n" * 20_000 + f"2,{name}\n").encode(codec)

    shape = looked(content).shape

    assert [each.encoding for each in shape.candidates] == others
    (right,) = [each for each in shape.candidates if each.encoding == encoding]
    assert name in right.samples[0]
    assert looked(content, encoding=encoding).columns[1].words == {"Aa", name}


def test_utf_16_is_known_by_its_mark_or_its_noughts() -> None:
    text = "urn,surname\n1,Siân\n"

    for codec, name in (("utf-16-le", "utf-16-le"), ("utf-16-be", "utf-16-be")):
        assert sniff([text.encode(codec)]).encoding == name
        assert sniff([("\ufeff" + text).encode(codec)]).encoding == name


def test_only_the_first_forty_lines_are_looked_at_for_the_headers() -> None:
    titles = b"title\n" * 60 + b"urn,surname\n" + b"1,a\n" * 40_000

    assert sniff([titles[:40_000], titles[40_000:90_000], titles[90_000:]]).header_line == 1
    assert sniff([b"urn,surname\n1," + b"x" * 200_000]).header_line == 1


def test_a_separator_is_stated_only_by_one_that_is_read() -> None:
    assert sniff([b"sep=;\nurn;surname\n"]).header_line == 2
    assert sniff([b"sep=x\nurn;surname\n"]).delimiter == ";"


def test_several_headers_for_one_column_are_asked_where_no_order_is_known() -> None:
    both = propose_columns([plain(name) for name in ("Contact ID", "Membership ID", "Surname")])
    dates = propose_columns([plain("Membership Start Date"), plain("Member Since")])
    lines = propose_columns([plain(f"Address {n}") for n in range(1, 7)])

    assert [(each.column, each.sure) for each in both] == [
        ("", True), ("number", False), ("family_name", True),
    ]  # fmt: skip
    assert [(each.column, each.sure) for each in dates] == [("", True), ("joined_on", True)]
    assert [each.column for each in lines][4:] == ["", ""]
    assert not any(each.sure for each in lines)


def test_words_are_proposed_and_pending_is_left_to_a_person() -> None:
    assert [propose_standing(w) for w in ("Grace", "Cancelled", "Pending")] == [
        "good", "resigned", "",
    ]  # fmt: skip
    assert propose_section("Affiliated Supporters", SECTIONS) == "affiliated"
    assert propose_section("Full Member", SECTIONS) == "member"
    assert propose_section("Patron", SECTIONS) == ""
