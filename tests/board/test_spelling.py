"""One spelling for each number, hash and stretch of bytes. Spec: board §5.1."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ballot.board.spelling import read_base64, read_decimal, read_hash, text_lines, write_base64
from tests.board.making import refusal


@given(st.integers(0, 2**63 - 1))
def test_a_number_is_read_as_it_is_written(number):
    assert read_decimal(str(number), condition="x") == number


@pytest.mark.parametrize(
    "text", ["", "-1", "+1", "01", "00", "1 ", " 1", "1_000", "1.0", "0x1", "١", "1\n", str(2**63)]
)
def test_another_spelling_of_a_number_is_refused(text):
    assert refusal(read_decimal, text, condition="x") == "x"


@given(st.binary())
def test_bytes_are_read_as_they_are_written(octets):
    assert read_base64(write_base64(octets), condition="x") == octets


@pytest.mark.parametrize("text", ["A", "AA", "AB==", "AA=", "AA==\n", "A A=", "_w==", "é", "AA==A"])
def test_another_spelling_of_bytes_is_refused(text):
    assert read_base64("AA==", condition="x") == b"\0"

    assert refusal(read_base64, text, condition="x") == "x"


def test_a_hash_has_32_bytes():
    assert read_hash(write_base64(bytes(32)), condition="x") == bytes(32)

    assert refusal(read_hash, write_base64(bytes(31)), condition="x") == "x"
    assert refusal(read_hash, write_base64(bytes(33)), condition="x") == "x"


def test_every_line_ends_in_a_newline():
    assert text_lines("a\n\nb\n", condition="x") == ["a", "", "b"]

    assert refusal(text_lines, "a\nb", condition="x") == "x"
    assert refusal(text_lines, "", condition="x") == "x"
