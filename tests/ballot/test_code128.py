"""The barcode of an envelope, as a scanner reads it: Code 128, set B."""

from __future__ import annotations

import pytest
from reportlab.graphics.barcode.code128 import Code128  # type: ignore[import-untyped]

from ballot.showing.code128 import QUIET, bars_of, values_of

BARCODE = "C4PM30PPZYDZ92R1X3MPR"


def test_the_values_are_those_that_another_program_makes_of_the_same_text():
    theirs = Code128(BARCODE)
    theirs.validate()
    theirs.encode()

    assert values_of(BARCODE) == theirs.encoded
    assert values_of(BARCODE)[-2:] == [86, 106]


def test_the_bars_are_those_that_another_program_draws():
    theirs = Code128(BARCODE)
    theirs.validate()
    theirs.encode()
    theirs.decompose()
    at, drawn = QUIET, []
    for letter in theirs.decomposed:
        width = ord(letter.lower()) - ord("a") + 1
        if letter.isupper():
            drawn.append((at, width))
        at += width

    assert bars_of(BARCODE).bars == tuple(drawn)
    assert bars_of(BARCODE).width == at + QUIET


def test_a_character_that_the_set_has_not_is_refused():
    assert values_of("~")
    with pytest.raises(ValueError, match="Code 128"):
        values_of("é")
