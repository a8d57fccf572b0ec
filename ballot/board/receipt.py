"""Receipts: the board's signed promise that a ballot will stand on it. Spec: board §8.3.

    hustings/v1/receipt
    example.com/board/leader-2026         origin
    6f1c…                                 the tracker, 64 hexadecimal digits
    ⏎
    — example.com/board/leader-2026 …     the board's signature

The first line is no board's name, so that no receipt is ever taken for a checkpoint.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from ballot.board.errors import Malformed, NoteRejected
from ballot.board.note import Note, SigningKey, VerifierKey, check_note, read_note
from ballot.board.spelling import text_lines

_FIRST_LINE: Final = "hustings/v1/receipt"
_TRACKER = re.compile("[0-9a-f]{64}")


def sign_receipt(tracker: bytes, *, key: SigningKey) -> Note:
    """Sign the receipt of a ballot with the key of the board on which it will stand.

    tracker: 32 bytes, by which an elector finds the ballot.
    """
    text = f"{_FIRST_LINE}\n{key.name}\n{tracker.hex()}\n"
    return Note(text, (key.sign(text),))


def check_receipt(octets: bytes, *, keys: Sequence[VerifierKey]) -> bytes:
    """Check that the board of these keys signed a receipt, and give its tracker.

    Raises: Malformed `receipt.form` and those of a note; NoteRejected `receipt.other-origin`, and
            those of `check_note`.
    """
    note = read_note(octets)
    lines = text_lines(note.text, condition="receipt.form")
    if len(lines) != 3 or lines[0] != _FIRST_LINE or not _TRACKER.fullmatch(lines[2]):
        raise Malformed("receipt.form", lines=len(lines))
    own = [key for key in keys if key.name == lines[1]]
    if not own:
        raise NoteRejected("receipt.other-origin", origin=lines[1])
    check_note(note, own)
    return bytes.fromhex(lines[2])
