"""The one encoding and the one hash (sealing §2)."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ballot.canonical import (
    NotCanonical,
    XofRng,
    canonical,
    read_canonical,
    transcript,
    transcript_hash,
    wide_reduce,
    xof,
)
from tests.sealing import plain

texts = st.text(st.characters(codec="utf-8"), max_size=8)
values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=12,
)
parts = st.lists(st.binary(max_size=40) | texts | st.integers(0, 2**64 - 1), max_size=5)


@given(values)
def test_a_value_comes_back_from_its_canonical_form(value):
    # sealing §2.1
    assert read_canonical(canonical(value)) == value
    assert json.loads(canonical(value)) == value


def test_names_are_ordered_by_utf_16_units_and_texts_escaped_the_shortest_way():
    # RFC 8785 §3.2.3: U+1F600 is D83D DE00 in UTF-16, so it comes before U+FB33.
    assert canonical({"\ufb33": 1, "\U0001f600": 2}) == '{"\U0001f600":2,"\ufb33":1}'.encode()
    assert canonical("\u0007\n\u007f\u2028/") == b'"\\u0007\\n\x7f\xe2\x80\xa8/"'
    assert canonical((1, True)) == b"[1,true]"


@pytest.mark.parametrize(
    "value", [1.5, float("nan"), 2**53, -(2**53), b"bytes", {1: 2}, "\ud800", [1, {"a": 0.0}]]
)
def test_what_has_no_one_form_is_refused(value):
    assert canonical([1, {"a": 0}])
    with pytest.raises(NotCanonical):
        canonical(value)


@pytest.mark.parametrize(
    "data",
    [
        b'{"a": 1}',
        b'{"b":1,"a":2}',
        b'{"a":1,"a":1}',
        b"1.0",
        b"1e3",
        b"NaN",
        b'"\\u00e9"',
        b'"\xff"',
        b"[",
        b"9" * 5000,
        b"[" * 100_000,
        b"[" * 600 + b"]" * 600,
        b" 1",
    ],
)
def test_another_spelling_of_the_same_is_refused(data):
    assert read_canonical(b'{"a":1}') == {"a": 1}
    with pytest.raises(NotCanonical) as refused:
        read_canonical(data)
    assert refused.value.condition == "json"


@given(parts, parts)
def test_no_two_lists_of_parts_share_a_transcript(left, right):
    # sealing §2.2: text and bytes that spell the same are the same part, by design.
    def spelt(some):
        return [plain.frame(part) for part in some]

    assert (transcript_hash("x", *left) == transcript_hash("x", *right)) == (
        spelt(left) == spelt(right)
    )


def test_a_transcript_is_bound_to_its_use_and_can_be_continued():
    assert transcript_hash("one", b"a") != transcript_hash("two", b"a")
    begun = transcript("one", b"a")
    begun.update(plain.frame(b"b"))
    assert begun.digest() == transcript_hash("one", b"a", b"b") == plain.h("one", b"a", b"b")


@given(st.binary(min_size=32, max_size=32), st.integers(0, 200), st.integers(0, 100))
def test_any_part_of_a_stream_can_be_had_alone(seed, offset, size):
    # sealing §2.3
    assert xof(seed, size, offset=offset) == plain.stream(seed, 300)[offset : offset + size]


@given(st.binary(min_size=32, max_size=32))
def test_a_wide_reduction_is_512_bits_modulo_the_order(seed):
    # sealing §2.4
    assert wide_reduce(seed, plain.N) == plain.reduced(seed)


def test_a_deterministic_rng_gives_one_stream_however_it_is_asked():
    one, other = XofRng(b"seed"), XofRng(b"seed")
    assert one(10) + one(70) + one(0) == other(80)
    assert other(8) != XofRng(b"another seed")(8)
