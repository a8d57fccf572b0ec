"""Canonical JSON, transcripts and streams (sealing §2)."""

from __future__ import annotations

from typing import Any

import pytest

from tests.verifier.given import failure, vectors
from verifier.canonical import digest, read, stream, wide_reduction, write

GIVEN = vectors("sealing")


@pytest.mark.parametrize("case", GIVEN["canonical"], ids=lambda case: case["hex"][:16])
def test_json_is_written_as_the_vectors_have_it_and_read_back(case: dict[str, Any]) -> None:
    expected = bytes.fromhex(case["hex"])

    assert write(case["value"]) == expected
    assert read(expected, "here") == case["value"]


@pytest.mark.parametrize(
    "text",
    [
        *(b'{"a": 1}', b'{"b":1,"a":2}', b'{"a":1,"a":1}', b"[1.0]", b"[1e3]", b"[-0]", b"[01]"),
        *(
            b"9007199254740992",
            b"NaN",
            b'"\\u0041"',
            b'"\\ud800"',
            b'"\\u2028"',
            b"\xff",
            b"",
            b"1 ",
        ),
        *(b"\xef\xbb\xbf1", b"[" * 100_000, b"9" * 5000),
    ],
)
def test_json_that_is_written_otherwise_is_refused(text: bytes) -> None:
    assert read(b'{"a":2,"b":1}', "here") == {"a": 2, "b": 1}

    failed = failure(read, text, "here")

    assert (failed.check, failed.where) == ("json", "here")


@pytest.mark.parametrize("value", [1.0, 2**53, "\ud800", {"\ud800": 1}, (1,), b"1", {1: 2}])
def test_what_json_of_the_spec_cannot_hold_is_not_written(value: object) -> None:
    assert write([2**53 - 1, "a"]) == b'[9007199254740991,"a"]'

    assert failure(write, value).check == "json"


@pytest.mark.parametrize("case", GIVEN["transcripts"], ids=lambda case: case["hash"][:8])
def test_a_transcript_is_hashed_as_the_vectors_have_it(case: dict[str, Any]) -> None:
    def part(given: dict[str, Any]) -> bytes | str | int:
        ((kind, value),) = given.items()
        return bytes.fromhex(value) if kind == "hex" else value

    assert digest(case["use"], *map(part, case["parts"])).hex() == case["hash"]


@pytest.mark.parametrize("case", GIVEN["streams"], ids=lambda case: case["seed"][:8])
def test_a_stream_and_its_reduction_are_those_of_the_vectors(case: dict[str, Any]) -> None:
    seed, expected = bytes.fromhex(case["seed"]), bytes.fromhex(case["first_80_bytes"])

    assert stream(seed, 0, 80) == expected
    assert wide_reduction(seed).to_bytes(32, "big").hex() == case["scalar"]


@pytest.mark.parametrize(("start", "length"), [(0, 0), (31, 2), (32, 32), (33, 47), (79, 1)])
def test_any_part_of_a_stream_is_had_without_the_rest(start: int, length: int) -> None:
    seed = bytes(32)

    assert stream(seed, start, length) == stream(seed, 0, 80)[start : start + length]
