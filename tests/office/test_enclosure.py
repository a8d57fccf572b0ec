"""Enclosures: what is sealed opens for the letter it belongs to, and for no other."""

from __future__ import annotations

import secrets

import pytest
from django.test import override_settings
from hypothesis import given
from hypothesis import strategies as st

from office.enclosure import (
    EnclosureDoesNotOpen,
    open_enclosure,
    open_piece,
    open_staff_secret,
    seal_enclosure,
    seal_enclosures,
    seal_piece,
    seal_staff_secret,
)

LETTER = {"purpose": "ballot.code", "recipient": "7f3c", "attempt": 1}


@given(plain=st.binary(max_size=200))
def test_what_is_sealed_opens(plain: bytes) -> None:
    sealed = seal_enclosure(plain, **LETTER)

    assert open_enclosure(sealed, **LETTER) == plain
    assert plain not in sealed or len(plain) < 4


@pytest.mark.parametrize(
    "other", [{"purpose": "ballot.cod"}, {"recipient": "7f3d"}, {"attempt": 2}], ids=str
)
def test_on_another_letter_it_does_not_open(other: dict[str, str | int]) -> None:
    sealed = seal_enclosure(b"7K3M", **LETTER)
    assert open_enclosure(sealed, **LETTER) == b"7K3M"

    with pytest.raises(EnclosureDoesNotOpen):
        open_enclosure(sealed, **{**LETTER, **other})


def test_letters_whose_parts_run_together_alike_are_told_apart() -> None:
    sealed = seal_enclosure(b"7K3M", purpose="ab", recipient="c", attempt=1)

    with pytest.raises(EnclosureDoesNotOpen):
        open_enclosure(sealed, purpose="a", recipient="bc", attempt=1)


@given(place=st.integers(min_value=0, max_value=32), flip=st.integers(min_value=1, max_value=255))
def test_any_changed_byte_is_refused(place: int, flip: int) -> None:
    sealed = bytearray(seal_enclosure(b"7K3M", **LETTER))
    sealed[place] ^= flip

    with pytest.raises(EnclosureDoesNotOpen):
        open_enclosure(bytes(sealed), **LETTER)


@pytest.mark.parametrize("sealed", [b"", b"\x01", b"\x01" + bytes(27)])
def test_what_is_too_short_is_refused(sealed: bytes) -> None:
    with pytest.raises(EnclosureDoesNotOpen):
        open_enclosure(sealed, **LETTER)


def test_another_key_opens_nothing() -> None:
    sealed = seal_enclosure(b"7K3M", **LETTER)

    with override_settings(SEALING_KEY=secrets.token_bytes(32)), pytest.raises(
        EnclosureDoesNotOpen
    ):
        open_enclosure(sealed, **LETTER)

    assert open_enclosure(sealed, **LETTER) == b"7K3M"


def test_many_are_sealed_lazily_and_each_for_its_recipient() -> None:
    taken: list[str] = []

    def rows() -> object:
        for name in ("a", "b"):
            taken.append(name)
            yield name, name.encode()

    sealed = seal_enclosures(rows(), purpose="ballot.code", attempt=1)  # type: ignore[arg-type]
    assert taken == []

    assert {
        name: open_enclosure(raw, purpose="ballot.code", recipient=name, attempt=1)
        for name, raw in sealed
    } == {"a": b"a", "b": b"b"}


def test_a_staff_secret_is_sealed_under_another_key_than_enclosures() -> None:
    sealed = seal_staff_secret("JBSWY3DP")

    assert open_staff_secret(sealed) == "JBSWY3DP"
    assert "JBSWY3DP" not in sealed
    with pytest.raises(EnclosureDoesNotOpen):
        open_enclosure(bytes.fromhex(sealed), **LETTER)
    with pytest.raises(EnclosureDoesNotOpen):
        open_staff_secret("JBSWY3DP")


def test_a_piece_of_a_file_opens_in_its_own_file_and_place_alone() -> None:
    sealed = seal_piece(b"number,family_name", file="import 7", place=3)
    assert open_piece(sealed, file="import 7", place=3) == b"number,family_name"
    assert b"family" not in sealed

    for other in ({"file": "import 8", "place": 3}, {"file": "import 7", "place": 4}):
        with pytest.raises(EnclosureDoesNotOpen):
            open_piece(sealed, **other)  # type: ignore[arg-type]
