"""What the log holds of an entry. Spec: board §2.3, §2.4."""

from __future__ import annotations

from hashlib import sha256

import pytest

from ballot.board.logged import logged, stand_in
from ballot.board.tiles import LARGEST_ENTRY
from ballot.canonical import canonical, read_canonical
from tests.board.making import refusal


def body(content, **changed) -> bytes:
    """An entry as ballot.mapping writes it."""
    fields = {
        "at": "2026-11-26T09:00:00Z",
        "content": content,
        "election": "8c5d2a4b-e1f0-4c6f-9a7d-e3b1c0ffee01",
        "kind": "set-aside",
        "number": 7,
        "version": "hustings/v1",
    }
    return canonical({**fields, **changed})


def padded(octets: int) -> bytes:
    """An entry of so many bytes."""
    return body("x" * (octets - len(body(""))))


def test_an_entry_of_up_to_65535_bytes_is_logged_as_it_is():
    for entry in (body({"reason": "a"}), padded(LARGEST_ENTRY)):
        assert logged(entry, is_withheld=False) == entry


def test_a_larger_entry_is_logged_by_its_stand_in():
    entry = padded(LARGEST_ENTRY + 1)

    assert logged(entry, is_withheld=False) == stand_in(entry)


def test_an_entry_that_waits_for_the_declaration_is_logged_by_its_stand_in():
    entry = body({"sheet": {}})

    assert logged(entry, is_withheld=True) == stand_in(entry)
    assert logged(entry, is_withheld=False) == entry


def test_a_stand_in_has_hash_and_size_in_place_of_the_content():
    entry = body({"sheet": {}})

    fields = read_canonical(stand_in(entry))

    named = {"sha256": sha256(entry).hexdigest(), "size_bytes": len(entry)}
    assert fields.pop("body") == named
    assert fields == {k: v for k, v in read_canonical(entry).items() if k != "content"}


def test_no_two_entries_have_one_stand_in():
    entries = [body(1), body(2), body(1, number=8), body(1, kind="mix"), body(1, at=None)]

    assert len({stand_in(entry) for entry in entries}) == len(entries)


@pytest.mark.parametrize(
    "octets",
    [
        b"",
        b"{}",
        b"[]",
        b"not JSON",
        canonical({"content": 1}),
        body(1)[:-1],
        body(1) + b" ",
        body(1, more=2),
    ],
)
def test_what_is_no_entry_has_no_stand_in(octets):
    assert stand_in(body(1))

    assert refusal(stand_in, octets) == "entry.form"


def test_an_entry_too_large_without_its_content_is_refused():
    many = 20_000  # so that the size that a stand-in names has five digits, as at the limit
    spare = many + LARGEST_ENTRY - len(stand_in(body(1, kind="x" * many)))
    assert len(stand_in(body(1, kind="x" * spare))) == LARGEST_ENTRY

    assert refusal(stand_in, body(1, kind="x" * (spare + 1))) == "entry.size"
