"""Checkpoints: their text, and that the board signed them. Spec: board §2.1, §6.1, §6.2, §6.3."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ballot.board.checkpoint import Checkpoint, open_checkpoint, read_checkpoint, sign_checkpoint
from ballot.board.note import Note, SigningKey
from ballot.board.tree import EMPTY_ROOT
from tests.board.making import ORIGIN, board_key, board_of, flips, refusal, seed, witness_key

ROOT = "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I="
GOOD = f"example.com/behind-the-sofa\n20852163\n{ROOT}\n"
LINES = st.text(st.characters(codec="utf-8", exclude_categories=("Cc",)), min_size=1)


def test_the_example_of_tlog_checkpoint_is_read():
    checkpoint = read_checkpoint(GOOD)

    assert checkpoint.origin == "example.com/behind-the-sofa"
    assert checkpoint.size == 20_852_163
    assert checkpoint.root.hex().startswith("0ac5186a")
    assert checkpoint.text() == GOOD


@given(LINES, st.integers(1, 2**63 - 1), st.binary(min_size=32, max_size=32), st.lists(LINES))
def test_any_checkpoint_is_read_as_it_is_written(origin, size, root, extensions):
    checkpoint = Checkpoint(origin, size, root, tuple(extensions))

    assert read_checkpoint(checkpoint.text()) == checkpoint


@pytest.mark.parametrize(
    ("text", "condition"),
    [
        ("", "checkpoint.lines"),
        (GOOD[:-1], "checkpoint.lines"),
        ("origin\n1\n", "checkpoint.lines"),
        (f"\n1\n{ROOT}\n", "checkpoint.origin"),
        (f"origin\n\n{ROOT}\n", "checkpoint.size"),
        (f"origin\n01\n{ROOT}\n", "checkpoint.size"),
        (f"origin\n-1\n{ROOT}\n", "checkpoint.size"),
        (f"origin\n1 \n{ROOT}\n", "checkpoint.size"),
        (f"origin\n{2**63}\n{ROOT}\n", "checkpoint.size"),
        (f"origin\n1\n{ROOT[:-1]}\n", "checkpoint.root"),
        (f"origin\n1\n{ROOT[:40]}\n", "checkpoint.root"),
        (f"origin\n1\n {ROOT}\n", "checkpoint.root"),
        (f"origin\n0\n{ROOT}\n", "checkpoint.root"),  # nothing has but one root
        (f"{GOOD}\n", "checkpoint.extension"),
        (f"{GOOD}more\n\nmore\n", "checkpoint.extension"),
    ],
)
def test_a_malformed_checkpoint_is_refused_by_its_condition(text, condition):
    assert read_checkpoint(GOOD)
    assert read_checkpoint(f"{GOOD}more\n")

    assert refusal(read_checkpoint, text) == condition


def test_what_would_be_read_otherwise_than_it_was_meant_is_not_made():
    root = bytes(32)
    assert Checkpoint("origin", 1, root)

    assert refusal(Checkpoint, "evil\n9", 1, root) == "checkpoint.origin"
    assert refusal(Checkpoint, "evil\t9", 1, root) == "note.characters"
    assert refusal(Checkpoint, "origin", -1, root) == "checkpoint.size"
    assert refusal(Checkpoint, "origin", 2**63, root) == "checkpoint.size"
    assert refusal(Checkpoint, "origin", 1, root[:-1]) == "checkpoint.root"
    assert refusal(Checkpoint, "origin", 1, root, ("a\nb",)) == "checkpoint.extension"


def test_the_checkpoint_of_an_empty_board_has_the_root_of_nothing():
    assert read_checkpoint(Checkpoint(ORIGIN, 0, EMPTY_ROOT).text()).size == 0


def test_a_signed_checkpoint_opens_with_the_boards_key_whoever_else_signed():
    board = board_of(5)
    note = board.signed()
    other = witness_key().cosign(note.text, moment_s=1)

    for signed in (note, note.with_signatures([other])):
        checkpoint, opened = open_checkpoint(signed.octets(), keys=[board_key().public()])
        assert checkpoint == board.checkpoint()
        assert opened == signed


def test_a_board_signs_under_its_own_origin_alone():
    checkpoint = board_of(5).checkpoint()
    assert sign_checkpoint(checkpoint, key=board_key())

    assert refusal(sign_checkpoint, checkpoint, key=board_key("other")) == "checkpoint.origin"


def test_a_checkpoint_of_another_board_is_refused_though_a_known_key_signed_it():
    mine = board_key().public()
    other = board_key("votes.example/board/other")
    foreign = Checkpoint("votes.example/board/other", 5, bytes(32))
    signed = sign_checkpoint(foreign, key=other).octets()
    by_mine = Note(foreign.text(), (board_key().sign(foreign.text()),)).octets()
    assert open_checkpoint(signed, keys=[mine, other.public()])

    assert refusal(open_checkpoint, signed, keys=[mine]) == "checkpoint.other-origin"
    assert refusal(open_checkpoint, by_mine, keys=[mine]) == "checkpoint.other-origin"
    assert refusal(open_checkpoint, by_mine, keys=[mine, other.public()]) == "note.unsigned"


def test_a_checkpoint_signed_by_another_key_of_the_same_name_is_refused():
    note = board_of(5).signed()
    stranger = SigningKey(ORIGIN, seed("stranger")).public()

    assert refusal(open_checkpoint, note.octets(), keys=[stranger]) == "note.unsigned"


def test_a_flipped_bit_anywhere_in_a_signed_checkpoint_is_refused():
    signed = board_of(5).signed().octets()
    keys = [board_key().public()]
    assert open_checkpoint(signed, keys=keys)

    for changed in flips(signed):
        assert refusal(open_checkpoint, changed, keys=keys)
