"""BLT files. Spec: counting §8.1, §8.2, §8.3, §8.4, §8.5."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ballot.counting import parse_profile
from ballot.counting.blt import BLT_SECTION, parse_blt, write_blt
from ballot.counting.errors import BltRefused

GOOD = b"""\
3 1
-2
5 1 3 0
5 1 3 0
2 3 0
4 0
0
"Ann"
"Bob"
"Carol"
"Chair"
"""


def test_a_file_becomes_a_profile():
    profile = parse_blt(GOOD)

    assert profile == parse_profile(
        ("Ann", "Bob", "Carol"),
        {BLT_SECTION: {(0, 2): 10, (2,): 2, (): 4}},
        withdrawn={1},
        title="Chair",
    )


def test_marks_comments_quotes_identifiers_and_line_ends_are_understood():
    data = (
        "\ufeff# A comment\r\n\r\n2 1 # two candidates\r\n-1\r\n"
        "(p1) 3 2 1 0\r\n3 2 1 0 # again\r\n0\r\n"
        '"Ann \\"A\\\\B\\" #1" # a name\r\nBob\r\n"Chair"\r\n"source"\r\n"comment"'
    )

    profile = parse_blt(data.encode())

    assert profile.candidates == ('Ann "A\\B" #1', "Bob")
    assert profile.sections[0].papers == (((1, 0), 6),)
    assert profile.withdrawn == {0}
    assert profile.title == "Chair"


def test_a_title_may_be_missing():
    assert parse_blt(GOOD.replace(b'"Chair"\n', b"")).title == ""
    assert parse_blt(GOOD.replace(b'"Chair"', b'""')).title == ""


@pytest.mark.parametrize(
    ("old", "new", "line", "reason"),
    [
        (GOOD, b"", 1, "the first line gives the number of candidates and of places"),
        (b"3 1\n", b"3\n", 1, "the first line gives the number of candidates and of places"),
        (b"3 1\n", b"3 one\n", 1, "the first line gives the number of candidates and of places"),
        (b"3 1\n", b"0 1\n", 1, "there is no candidate or no place"),
        (b"3 1\n", b"3 0\n", 1, "there is no candidate or no place"),
        (b"-2\n", b"-2 3\n", 2, "a line of withdrawn candidates has numbers such as -2 only"),
        (b"-2\n", b"-4\n", 2, "there is no candidate 4"),
        (b"4 0\n", b"-3\n", 6, "withdrawn candidates come before the papers"),
        (b"2 3 0\n", b"2 3\n", 5, "a line of papers ends with 0"),
        (b"2 3 0\n", b"2\n", 5, "a line of papers ends with 0"),
        (b"2 3 0\n", b"0 3 0\n", 5, "a line of papers begins with how many they are, not '0'"),
        (b"2 3 0\n", b"(p)\n", 5, "a line of papers begins with how many they are, not ''"),
        (b"2 3 0\n", b"2(1) 3 0\n", 5, "a line of papers begins with how many they are"),
        (b"2 3 0\n", b"2 1 (3) 0\n", 5, "not the number of a candidate: '(3)'"),
        (b"2 3 0\n", b"2 (1 3) 0\n", 5, "not the number of a candidate: '(1'"),
        (b"2 3 0\n", b"1.5 3 0\n", 5, "a line of papers begins with how many they are, not '1.5'"),
        (b"2 3 0\n", b"2 3 0 1 0\n", 5, "there is no candidate 0"),
        (b"2 3 0\n", b"2 4 0\n", 5, "there is no candidate 4"),
        (b"2 3 0\n", b"2 x 0\n", 5, "not the number of a candidate: 'x'"),
        (b"2 3 0\n", b"2 - 0\n", 5, "not the number of a candidate: '-'"),
        (b"2 3 0\n", "2 ٣ 0\n".encode(), 5, "not the number of a candidate: '٣'"),
        (b"2 3 0\n", b"2 3 1 3 0\n", 5, "a candidate is ranked twice"),
        (b"2 3 0\n", b"2 1=3 0\n", 5, "two candidates share a preference"),
        (b"2 3 0\n", b"9" * 5000 + b" 3 0\n", 5, "a line of papers begins"),
        (GOOD[GOOD.index(b"0\n\"Ann") :], b"", 6, "the file ends before the line 0"),
        (b'"Carol"\n"Chair"\n', b"", 11, "3 candidates, but 2 names"),
        (b'"Carol"\n', b'"Carol\n', 10, "a quotation mark is missing or out of place"),
        (b'"Carol"\n', b'"Carol" x\n', 10, "a quotation mark is missing or out of place"),
        (b'"Carol"\n', b'"Ann"\n', 10, "two candidates have the same name: Ann"),
        (b'"Carol"\n', b'""\n', 10, "a name is empty, or begins or ends with a space"),
        (b'"Chair"\n', b'"a\tb"\n', 11, "a name is too long or has an unprintable character"),
        (b'"Chair"\n', b'"Chair"\na\nb\nc\n', 14, "there is more after the title"),
        (b'"Bob"', b'"B\xff"', 9, "the text is not UTF-8"),
    ],
)
def test_a_broken_file_is_refused_with_its_line_and_the_reason(old, new, line, reason):
    assert parse_blt(GOOD).valid == 12

    with pytest.raises(BltRefused) as refusal:
        parse_blt(GOOD.replace(old, new))

    if reason != "3 candidates, but 2 names":
        assert refusal.value.line == line
    assert refusal.value.reason.startswith(reason)
    assert str(refusal.value) == f"line {refusal.value.line}: {refusal.value.reason}"


NAME = st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]), min_size=1, max_size=9)


@st.composite
def profiles(draw):
    names = draw(st.lists(NAME, min_size=1, max_size=5, unique=True))
    ranking = st.lists(st.sampled_from(range(len(names))), unique=True).map(tuple)
    papers = draw(st.dictionaries(ranking, st.integers(0, 10**12)))
    withdrawn = draw(st.sets(st.sampled_from(range(len(names)))))
    title = draw(st.just("") | NAME)
    return parse_profile(names, {BLT_SECTION: papers}, withdrawn=withdrawn, title=title)


@given(profiles())
def test_what_is_written_reads_back_as_the_same_papers(profile):
    assert parse_blt(write_blt(profile)) == profile


def test_sections_are_written_added_together():
    profile = parse_profile(("Ann",), {"a": {(0,): 1, (): 2}, "b": {(0,): 3}})

    assert write_blt(profile) == b'1 1\n2 0\n4 1 0\n0\n"Ann"\n""\n'


@given(st.binary(max_size=200) | st.text('0123456789 \n-"#=()A', max_size=80).map(str.encode))
def test_any_bytes_are_read_whole_or_refused(data):
    try:
        profile = parse_blt(data)
    except BltRefused as refusal:
        assert 1 <= refusal.line <= data.count(b"\n") + 1
    else:
        assert parse_blt(write_blt(profile)) == profile


@given(st.data())
def test_any_change_to_a_good_file_is_read_whole_or_refused(data):
    start = data.draw(st.integers(0, len(GOOD)))
    stop = data.draw(st.integers(start, len(GOOD)))
    middle = data.draw(st.text('0123 \n-"=', max_size=6)).encode()
    changed = GOOD[:start] + middle + GOOD[stop:]

    try:
        profile = parse_blt(changed)
    except BltRefused as refusal:
        assert 1 <= refusal.line <= changed.count(b"\n") + 1
    else:
        assert parse_blt(write_blt(profile)) == profile
