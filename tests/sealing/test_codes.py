"""Voting codes and their keys (sealing §5)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ballot.sealing import codes as codes_module
from ballot.sealing.codes import (
    ALPHABET,
    CHECK_SYMBOLS,
    check_identity,
    credentials_of,
    make_code,
    make_codes,
    read_code,
    secrets_of,
    show_code,
    sign_identity,
    voting_key,
)
from tests.sealing.making import ELECTION, refusal, rng

made = st.binary(min_size=13, max_size=13).map(lambda octets: make_code(rng=lambda _: octets))


@given(made)
def test_a_code_is_read_as_shown_and_as_people_type_it(code):
    # sealing §5.1 and §5.2
    assert read_code(code) == read_code(show_code(code)) == code
    slurred = show_code(code).lower().replace("0", "o").replace("1", "l").replace("-", " – ")
    assert read_code(slurred + "\u00a0\n") == code
    assert read_code(code.replace("1", "I").replace("0", "O")) == code


@given(made, st.integers(0, 19), st.sampled_from(ALPHABET))
def test_a_single_slip_is_caught(code, at, slip):
    changed = code[:at] + slip + code[at + 1 :]
    if changed != code:
        assert refusal(read_code, changed).condition == "code.check"


@given(made, st.integers(0, 18))
def test_a_swap_of_neighbours_is_caught(code, at):
    swapped = code[:at] + code[at + 1] + code[at] + code[at + 2 :]
    if swapped != code:
        assert refusal(read_code, swapped).condition == "code.check"


@given(made, st.sampled_from(CHECK_SYMBOLS))
def test_only_one_check_symbol_fits(code, symbol):
    if symbol != code[20]:
        assert refusal(read_code, code[:20] + symbol).condition == "code.check"


@pytest.mark.parametrize(
    ("change", "condition"),
    [
        (lambda code: code[:20], "code.length"),
        (lambda code: code + "0", "code.length"),
        (lambda code: "", "code.length"),
        (lambda code: "U" + code[1:], "code.character"),
        (lambda code: "*" + code[1:], "code.character"),
        (lambda code: code[:20] + "é", "code.character"),
        (lambda code: "ß" + code[1:], "code.length"),
    ],
)
def test_what_cannot_be_a_code_says_why(change, condition):
    code = make_code(rng=rng())
    assert read_code(code) == code
    assert refusal(read_code, change(code)).condition == condition


def test_codes_are_all_different_even_if_the_source_repeats_itself():
    drawn = iter([b"a" * 13, b"b" * 13, b"a" * 13, b"c" * 13])
    assert len(set(make_codes(3, rng=lambda _: next(drawn)))) == 3
    assert len(set(make_codes(500, rng=rng()))) == 500


def test_a_key_belongs_to_one_code_in_one_election():
    # sealing §5.3
    code, other = make_codes(2, rng=rng())
    key = voting_key(show_code(code).lower(), election_id=ELECTION)
    assert key == voting_key(code, election_id=ELECTION)
    assert key.credential != voting_key(other, election_id=ELECTION).credential
    assert key.credential != voting_key(code, election_id=bytes(16)).credential
    assert key.secret.hex() not in repr(key)
    assert refusal(voting_key, code, election_id=b"short").condition == "code.election"
    assert refusal(voting_key, code[:20], election_id=ELECTION).condition == "code.length"


def test_who_holds_a_code_can_show_it_and_nobody_else_can():
    # sealing §5.4
    key, other = (voting_key(code, election_id=ELECTION) for code in make_codes(2, rng=rng()))
    signature = sign_identity(key, election_id=ELECTION, rng=rng())
    check_identity(key.credential, signature, election_id=ELECTION)
    no_key = bytes(31) + b"\x05"
    for credential, signed, election in [
        (other.credential, signature, ELECTION),
        (key.credential, signature, bytes(16)),
        (key.credential, signature[:-1] + bytes([signature[-1] ^ 1]), ELECTION),
        (key.credential, signature[:-1], ELECTION),
        (no_key, signature, ELECTION),
    ]:
        refused = refusal(check_identity, credential, signed, election_id=election)
        assert refused.condition == "code.signature"


@pytest.mark.parametrize("processes", [1, 2])
def test_many_credentials_are_those_of_each_code(monkeypatch, processes):
    monkeypatch.setattr(codes_module, "FEWEST_FOR_WORKERS", 10)
    monkeypatch.setattr(codes_module, "_BLOCK", 16)
    codes = make_codes(60, rng=rng())
    told = []
    credentials = credentials_of(
        codes,
        election_id=ELECTION,
        processes=processes,
        progress=lambda *at: told.append(at),
    )
    secrets = secrets_of(codes, election_id=ELECTION)
    keys = [voting_key(code, election_id=ELECTION) for code in codes]
    assert [row.tobytes() for row in credentials] == [key.credential for key in keys]
    assert [row.tobytes() for row in secrets] == [key.secret for key in keys]
    assert told[-1] == (60, 60)
