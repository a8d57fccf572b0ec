"""Receipts (board §8.3): the board's promise, and nothing that is taken for another thing."""

from __future__ import annotations

import pytest

from ballot.board.checkpoint import open_checkpoint
from ballot.board.note import Note
from ballot.board.receipt import check_receipt, sign_receipt
from tests.board.making import board_key, flips, refusal

KEY = board_key("leader")
KEYS = {"keys": [KEY.public()]}
TRACKER = bytes(range(32))
RECEIPT = sign_receipt(TRACKER, key=KEY)


def signed(text: str) -> bytes:
    return Note(text, (KEY.sign(text),)).octets()


def test_a_receipt_gives_the_tracker_that_the_board_signed_and_is_the_same_each_time():
    assert check_receipt(RECEIPT.octets(), **KEYS) == TRACKER
    assert sign_receipt(TRACKER, key=KEY) == RECEIPT


def test_a_flipped_bit_anywhere_is_refused():
    for changed in flips(RECEIPT.octets()):
        assert refusal(check_receipt, changed, **KEYS)


def test_a_receipt_is_no_checkpoint_and_a_checkpoint_no_receipt():
    assert refusal(open_checkpoint, RECEIPT.octets(), **KEYS) == "checkpoint.size"
    root = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="
    assert refusal(check_receipt, signed(f"{KEY.name}\n0\n{root}\n"), **KEYS) == "receipt.form"


def test_another_boards_receipt_is_refused():
    other = {"keys": [board_key("other").public()]}

    assert refusal(check_receipt, RECEIPT.octets(), **other) == "receipt.other-origin"
    text = f"hustings/v1/receipt\nother.example\n{TRACKER.hex()}\n"
    assert refusal(check_receipt, signed(text), **KEYS) == "receipt.other-origin"


@pytest.mark.parametrize(
    "text",
    [
        f"hustings/v2/receipt\n{KEY.name}\n{TRACKER.hex()}\n",
        f"hustings/v1/receipt\n{KEY.name}\n{TRACKER.hex().upper()}\n",
        f"hustings/v1/receipt\n{KEY.name}\n{TRACKER.hex()}00\n",
        f"hustings/v1/receipt\n{KEY.name}\n{TRACKER.hex()}\nmore\n",
        f"hustings/v1/receipt\n{KEY.name}\n",
    ],
)
def test_a_receipt_of_another_form_is_refused(text):
    assert refusal(check_receipt, signed(text), **KEYS) == "receipt.form"
