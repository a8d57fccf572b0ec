"""Cosignatures, version 1. Spec: board §7.1."""

from __future__ import annotations

import pytest

from ballot.board.cosignature import (
    Cosigned,
    WitnessKey,
    WitnessSigningKey,
    check_cosignatures,
    read_witness_key,
)
from ballot.board.note import ED25519, Note, Signature, SigningKey, read_note
from tests.board.making import MOMENT_S, board_of, flips, refusal, seed, witness_key

NOTE = board_of(5).signed()
ONE, TWO, THREE = (witness_key(f"{name}.example") for name in ("one", "two", "three"))
KEYS = [key.public() for key in (ONE, TWO, THREE)]


def cosigned(*keys: WitnessSigningKey, moment_s: int = MOMENT_S) -> Note:
    return NOTE.with_signatures(key.cosign(NOTE.text, moment_s=moment_s) for key in keys)


def test_a_cosignature_is_eight_bytes_of_time_and_a_signature_over_time_and_text():
    content = ONE.cosign(NOTE.text, moment_s=1_679_315_147).content

    assert content[:8] == (1_679_315_147).to_bytes(8, "big")
    # The plain Ed25519 key of the same seed signs the same bytes.
    message = "cosignature/v1\ntime 1679315147\n" + NOTE.text
    assert content[8:] == SigningKey("x", ONE.seed).sign(message).content


def test_the_witnesses_who_cosigned_are_told_with_the_time_of_each():
    note = read_note(cosigned(TWO, ONE).octets())

    assert check_cosignatures(note, KEYS, quorum=2) == [
        Cosigned(KEYS[0], MOMENT_S),
        Cosigned(KEYS[1], MOMENT_S),
    ]


def test_a_quorum_short_of_one_is_refused():
    assert check_cosignatures(cosigned(ONE, TWO), KEYS, quorum=2)
    assert check_cosignatures(NOTE, KEYS, quorum=0) == []

    assert refusal(check_cosignatures, cosigned(ONE), KEYS, quorum=2) == "cosignature.quorum"
    assert refusal(check_cosignatures, NOTE, KEYS, quorum=1) == "cosignature.quorum"
    strangers = [witness_key("four.example").public()]
    assert refusal(check_cosignatures, cosigned(ONE), strangers, quorum=1) == "cosignature.quorum"


def test_one_witness_who_cosigns_twice_is_counted_once_with_the_later_time():
    later = ONE.cosign(NOTE.text, moment_s=MOMENT_S + 5)
    note = Note(NOTE.text, (later, *cosigned(ONE).signatures))

    assert check_cosignatures(note, KEYS, quorum=1) == [Cosigned(KEYS[0], MOMENT_S + 5)]
    assert refusal(check_cosignatures, note, KEYS, quorum=2) == "cosignature.quorum"


def test_two_names_of_one_key_are_one_witness():
    other = WitnessSigningKey("alias.example", ONE.seed)
    keys = [KEYS[0], other.public()]
    assert len(check_cosignatures(cosigned(ONE, other), keys, quorum=1)) == 2

    assert refusal(check_cosignatures, cosigned(ONE, other), keys, quorum=2) == "cosignature.quorum"


def test_a_flipped_bit_anywhere_is_refused():
    octets = Note(NOTE.text, (ONE.cosign(NOTE.text, moment_s=MOMENT_S),)).octets()
    assert check_cosignatures(read_note(octets), KEYS, quorum=1)

    for changed in flips(octets):
        assert refusal(lambda one: check_cosignatures(read_note(one), KEYS, quorum=1), changed)


@pytest.mark.parametrize("moment_s", [0, -1, 2**63])
def test_a_time_outside_the_rules_is_neither_signed_nor_believed(moment_s):
    for good in (1, 2**63 - 1):
        assert check_cosignatures(cosigned(ONE, moment_s=good), KEYS, quorum=1)

    assert refusal(ONE.cosign, NOTE.text, moment_s=moment_s) == "cosignature.time"
    octets = (moment_s % 2**64).to_bytes(8, "big")
    message = f"cosignature/v1\ntime {moment_s % 2**64}\n{NOTE.text}"
    forged = octets + SigningKey("x", ONE.seed).sign(message).content
    false = Note(NOTE.text, (Signature(ONE.name, KEYS[0].key_id, forged),))
    assert refusal(check_cosignatures, false, KEYS, quorum=0) == "note.signature"


def test_a_cosignature_is_no_signature_of_the_text_and_the_reverse():
    plain = SigningKey(ONE.name, ONE.seed)
    as_cosignature = Note(
        NOTE.text, (Signature(ONE.name, KEYS[0].key_id, plain.sign(NOTE.text).content),)
    )

    assert refusal(check_cosignatures, as_cosignature, KEYS, quorum=0) == "note.signature"
    assert plain.public().key_id != KEYS[0].key_id
    for content in (b"", bytes(7), ONE.cosign(NOTE.text, moment_s=MOMENT_S).content[:-1]):
        assert not KEYS[0].holds(NOTE.text, content)
    content = ONE.cosign(NOTE.text, moment_s=MOMENT_S).content
    assert KEYS[0].holds(NOTE.text, content)
    assert not KEYS[0].holds(NOTE.text, content + b"\0")
    assert not plain.public().holds(NOTE.text, content)
    assert not plain.public().holds(NOTE.text, content[8:])


def test_a_witnesss_key_is_handed_on_under_its_own_type():
    key = KEYS[0]
    assert read_witness_key(key.text()) == key

    plain = SigningKey(ONE.name, ONE.seed).public()
    assert refusal(read_witness_key, plain.text()) == "key.type"
    assert ED25519 == 1
    assert refusal(WitnessKey, "a b", bytes(32)) == "name"
    assert refusal(WitnessKey, "a", bytes(31)) == "key.length"
    assert refusal(WitnessSigningKey, "a b", bytes(32)) == "name"
    assert refusal(WitnessSigningKey, "a", bytes(31)) == "key.length"


def test_what_is_no_text_of_a_note_is_not_cosigned():
    assert refusal(ONE.cosign, "no newline", moment_s=1) == "note.form"


def test_a_secret_key_does_not_print_its_seed():
    assert repr(WitnessSigningKey("one", seed("one"))) == "WitnessSigningKey('one')"
