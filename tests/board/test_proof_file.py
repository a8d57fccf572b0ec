"""Proof files. Spec: board §8.1, §8.2."""

from __future__ import annotations

import pytest

from ballot.board.cosignature import Cosigned
from ballot.board.proof_file import ProofFile, Proved, check_proof_file, read_proof_file
from tests.board.making import (
    MOMENT_S,
    board_key,
    board_of,
    flips,
    refusal,
    some_entries,
    witness_key,
)

BOARD = board_of(300)
INDEX = 257
ENTRY = BOARD.entries[INDEX]
WITNESS = witness_key()
KEYS = {"keys": [board_key().public()]}
WITNESSED = {**KEYS, "witnesses": [WITNESS.public()], "quorum": 1}
COSIGNED = BOARD.signed().with_signatures(
    [WITNESS.cosign(BOARD.signed().text, moment_s=MOMENT_S)]
)
FILE = ProofFile(INDEX, tuple(BOARD.inclusion(INDEX)), COSIGNED)
GOOD = FILE.octets()


def test_a_proof_file_shows_the_entry_the_checkpoint_and_who_cosigned_when():
    assert read_proof_file(GOOD) == FILE

    assert check_proof_file(GOOD, entry=ENTRY, **WITNESSED) == Proved(
        INDEX, BOARD.checkpoint(), (Cosigned(WITNESS.public(), MOMENT_S),)
    )


def test_its_first_lines_are_those_of_tlog_proof():
    first, index, *_ = GOOD.decode().split("\n")

    assert first == "c2sp.org/tlog-proof@v1"
    assert index == "index 257"


def test_every_entry_of_a_board_has_a_proof_file_that_holds_for_it_alone():
    board = board_of(20)
    note = board.signed()

    for index, entry in enumerate(board.entries):
        octets = ProofFile(index, tuple(board.inclusion(index)), note).octets()
        assert check_proof_file(octets, entry=entry, **KEYS).index == index
        for other in board.entries[:index]:
            assert refusal(check_proof_file, octets, entry=other, **KEYS) == "proof.root"


def test_a_board_of_one_entry_needs_no_hash():
    board = board_of(1)
    octets = ProofFile(0, (), board.signed()).octets()

    assert check_proof_file(octets, entry=board.entries[0], **KEYS).index == 0


@pytest.mark.parametrize("extra", [b"", b"\0", b"a note to oneself"])
def test_extra_bytes_are_read_and_vouched_for_by_nothing(extra):
    octets = ProofFile(INDEX, FILE.proof, COSIGNED, extra).octets()

    assert read_proof_file(octets).extra == extra
    assert check_proof_file(octets, entry=ENTRY, **WITNESSED)


def test_without_the_quorum_the_board_or_the_entry_it_proves_nothing():
    plain = ProofFile(INDEX, FILE.proof, BOARD.signed()).octets()
    assert check_proof_file(plain, entry=ENTRY, **KEYS)

    assert refusal(check_proof_file, plain, entry=ENTRY, **WITNESSED) == "cosignature.quorum"
    assert refusal(check_proof_file, GOOD, entry=ENTRY + b".", **WITNESSED) == "proof.root"
    other = {"keys": [board_key("other").public()]}
    assert refusal(check_proof_file, GOOD, entry=ENTRY, **other) == "checkpoint.other-origin"
    fork = board_of(300, mark="fork")
    forked = ProofFile(INDEX, FILE.proof, fork.signed()).octets()
    assert refusal(check_proof_file, forked, entry=ENTRY, **KEYS) == "proof.root"


def test_a_flipped_bit_anywhere_is_refused():
    assert check_proof_file(GOOD, entry=ENTRY, **WITNESSED)

    for changed in flips(GOOD):
        assert refusal(check_proof_file, changed, entry=ENTRY, **WITNESSED)


HASH = b"PlRNCrwHpqhGrupue0L7gxbjbMiKA9temvuZZDDpkaw=\n"


@pytest.mark.parametrize(
    ("octets", "condition"),
    [
        (b"", "proof-file.form"),
        (b"c2sp.org/tlog-proof@v1\n", "proof-file.form"),
        (b"c2sp.org/tlog-proof@v1\n\n" + COSIGNED.octets(), "proof-file.form"),
        (GOOD.replace(b"@v1", b"@v2", 1), "proof-file.form"),
        (GOOD.replace(b"index 257", b"Index 257", 1), "proof-file.form"),
        (GOOD.replace(b"index 257", b"index 0257", 1), "proof-file.index"),
        (GOOD.replace(b"index 257", b"index -1", 1), "proof-file.index"),
        (GOOD.replace(b"index", b"extra A\nindex", 1), "proof-file.extra"),
        (GOOD.replace(b"index", b"extra AA==\nextra AA==\nindex", 1), "proof-file.form"),
        (GOOD.replace(b"=\n", b"\n", 1), "proof-file.hash"),
        (GOOD.replace(b"257\n", b"257\nAAAA\n", 1), "proof-file.hash"),
        (GOOD.replace(b"257\n", b"257\n" + HASH * 64, 1), "proof-file.hash"),
        (GOOD.replace(b"\n300\n", b"\n0300\n"), "checkpoint.size"),
        (GOOD[:-1], "note.form"),
        (b"x\n" * 500_000, "proof-file.form"),
        (b"x\n" * 500_001, "proof-file.size"),
    ],
)
def test_a_malformed_proof_file_is_refused_by_its_condition(octets, condition):
    assert read_proof_file(GOOD)
    most = ProofFile(INDEX, (bytes(32),) * 63, COSIGNED)
    assert read_proof_file(most.octets()) == most

    assert refusal(read_proof_file, octets) == condition


def test_a_proof_of_another_entry_at_the_same_height_is_refused():
    board = board_of(8, mark="eight")
    wrong = ProofFile(2, tuple(board.inclusion(3)), board.signed()).octets()

    assert refusal(check_proof_file, wrong, entry=some_entries(8, mark="eight")[2], **KEYS) == (
        "proof.root"
    )
