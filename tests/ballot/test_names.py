from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ballot.names import TextRefused, clean_line, clean_text


@pytest.mark.parametrize(
    ("hidden", "named"),
    [
        ("Ann\u202eLee", "U+202E (right-to-left override)"),
        ("Ann\u200bLee", "U+200B (zero width space)"),
        ("Ann\x00Lee", "U+0000 (a character without a name)"),
        ("Ann\u2066Lee", "U+2066 (left-to-right isolate)"),
    ],
)
def test_a_hidden_character_is_refused_and_named(hidden: str, named: str) -> None:
    assert clean_line("Ann Lee") == "Ann Lee"

    with pytest.raises(TextRefused) as refused:
        clean_line(hidden)

    assert refused.value.found == named


def test_two_ways_to_write_an_accent_become_one() -> None:
    assert clean_line("Sia\u0302n") == clean_line("Si\u00e2n")


def test_a_text_keeps_its_lines_and_loses_their_outer_space() -> None:
    assert clean_text("  One. \r\n\r\n Two.\r") == "One.\n\nTwo."


@given(st.text())
def test_what_is_taken_is_taken_again_unchanged(text: str) -> None:
    try:
        clean = clean_text(text)
    except TextRefused:
        return
    assert clean_text(clean) == clean
