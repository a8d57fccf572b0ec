"""CSV files of papers. Spec: counting §9."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ballot.counting import parse_profile
from ballot.counting.errors import CsvRefused
from ballot.counting.papers_csv import parse_papers_csv

GOOD = b"""\
section,papers,ranking
members,3,Ann > Bob
members,2,Bob
registered,4,"Smith, Jo > Ann"
members,1,Ann>Bob
registered,5,
"""


def test_a_file_becomes_a_profile_by_section():
    expected = {
        "members": {(0, 1): 4, (1,): 2},
        "registered": {(2, 0): 4, (): 5},
    }

    assert parse_papers_csv(GOOD) == parse_profile(("Ann", "Bob", "Smith, Jo"), expected)


def test_a_mark_of_byte_order_other_line_ends_and_empty_lines_are_understood():
    data = b"\xef\xbb\xbf" + GOOD.replace(b"\n", b"\r\n") + b"\r\n"

    assert parse_papers_csv(data) == parse_papers_csv(GOOD)


def test_candidates_given_keep_the_order_of_the_paper_and_no_other_may_occur():
    names = ("Zed", "Smith, Jo", "Bob", "Ann")

    profile = parse_papers_csv(GOOD, candidates=names, title="Chair")

    assert profile.candidates == names
    assert profile.title == "Chair"
    assert profile.sections[0].papers == (((2,), 2), ((3, 2), 4))
    with pytest.raises(CsvRefused) as refusal:
        parse_papers_csv(GOOD, candidates=names[:3])
    assert (refusal.value.line, refusal.value.reason) == (2, "Ann is not on the paper")


@pytest.mark.parametrize(
    ("old", "new", "line", "reason"),
    [
        (GOOD, b"", 1, "the first line is not section,papers,ranking"),
        (b"section,", b"part,", 1, "the first line is not section,papers,ranking"),
        (b"members,2,Bob", b"members,2", 3, "2 cells instead of 3"),
        (b"members,2,Bob", b"members,2,Bob,x", 3, "4 cells instead of 3"),
        (b"members,2,Bob", b",2,Bob", 3, "a name is empty, or begins or ends with a space"),
        (b"members,2,Bob", b"members,two,Bob", 3, "not a number of papers: 'two'"),
        (b"members,2,Bob", b"members,-2,Bob", 3, "not a number of papers: '-2'"),
        (b"members,2,Bob", "members,²,Bob".encode(), 3, "not a number of papers: '²'"),
        (b"members,2,Bob", b"members,%s,Bob" % (b"9" * 5000), 3, "not a number of papers"),
        (b"members,2,Bob", b"members,2,Bob > Bob", 3, "Bob is ranked twice"),
        (b"members,2,Bob", b"members,2,Bob >", 3, "a name is empty"),
        (b"members,2,Bob", b'members,2,"Bob"x', 3, "',' expected after"),
        (b"members,2,Bob", b"members,2,B\xffb", 3, "the text is not UTF-8"),
        (GOOD[23:], b"", 1, "there is no candidate"),
    ],
)
def test_a_broken_file_is_refused_with_its_line_and_the_reason(old, new, line, reason):
    assert parse_papers_csv(GOOD).valid == 10

    with pytest.raises(CsvRefused) as refusal:
        parse_papers_csv(GOOD.replace(old, new))

    assert refusal.value.line == line
    assert refusal.value.reason.startswith(reason)
    assert str(refusal.value) == f"line {line}: {refusal.value.reason}"


@given(st.binary(max_size=100), st.text('AB ,">\n0123', max_size=60))
def test_any_bytes_are_read_whole_or_refused(raw, text):
    for data in (raw, b"section,papers,ranking\n" + text.encode(), GOOD + raw):
        try:
            profile = parse_papers_csv(data)
        except CsvRefused as refusal:
            assert refusal.line >= 1
        else:
            assert profile.sections
