"""Checkpoints: what a board signs to say how long it is and what stands on it.

Source: C2SP tlog-checkpoint. Spec: board §6.

    example.com/board/leader-2026          origin
    20852163                               entries
    CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA…   root
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from ballot.board.errors import Malformed, NoteRejected
from ballot.board.note import Note, SigningKey, VerifierKey, check_note, check_text, read_note
from ballot.board.spelling import (
    HASH_BYTES,
    LARGEST,
    read_decimal,
    read_hash,
    text_lines,
    write_base64,
)
from ballot.board.tree import EMPTY_ROOT

_LINES: Final = 3


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The state of a board at one moment, not yet signed.

    origin:     the board's name, a line of text.
    size:       how many entries it has, 0 to 2**63 - 1.
    root:       the root of the tree over them, 32 bytes.
    extensions: further lines, none of them empty. A board of ours has none.
    """

    origin: str
    size: int
    root: bytes
    extensions: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not self.origin or "\n" in self.origin:
            raise Malformed("checkpoint.origin", origin=self.origin[:80])
        if not 0 <= self.size <= LARGEST:
            raise Malformed("checkpoint.size", size=self.size)
        if len(self.root) != HASH_BYTES or (not self.size and self.root != EMPTY_ROOT):
            raise Malformed("checkpoint.root", size=self.size, octets=len(self.root))
        if any(not line or "\n" in line for line in self.extensions):
            raise Malformed("checkpoint.extension")
        check_text(self.text())

    def text(self) -> str:
        """Write what is signed (board §6.1)."""
        lines = (self.origin, str(self.size), write_base64(self.root), *self.extensions)
        return "".join(f"{line}\n" for line in lines)


def read_checkpoint(text: str) -> Checkpoint:
    """Read the text of a checkpoint.

    Raises: Malformed `checkpoint.lines`, and one of those of `Checkpoint`.
    """
    lines = text_lines(text, condition="checkpoint.lines")
    if len(lines) < _LINES:
        raise Malformed("checkpoint.lines", lines=len(lines))
    origin, size, root, *extensions = lines
    return Checkpoint(
        origin,
        read_decimal(size, condition="checkpoint.size"),
        read_hash(root, condition="checkpoint.root"),
        tuple(extensions),
    )


def sign_checkpoint(checkpoint: Checkpoint, *, key: SigningKey) -> Note:
    """Sign a checkpoint with the board's key, whose name is its origin (board §2.1, §6.2)."""
    if key.name != checkpoint.origin:
        raise Malformed("checkpoint.origin", origin=checkpoint.origin, name=key.name)
    return Note(checkpoint.text(), (key.sign(checkpoint.text()),))


def open_checkpoint(octets: bytes, *, keys: Sequence[VerifierKey]) -> tuple[Checkpoint, Note]:
    """Read a signed checkpoint, and check that the board signed it (board §6.3).

    keys:   those of the board; all bear its origin as their name.
    Raises: Malformed; NoteRejected `checkpoint.other-origin` when it is another board's, and those
            of `check_note`.
    """
    note = read_note(octets)
    checkpoint = read_checkpoint(note.text)
    own = [key for key in keys if key.name == checkpoint.origin]
    if not own:
        raise NoteRejected("checkpoint.other-origin", origin=checkpoint.origin)
    check_note(note, own)
    return checkpoint, note
