"""Proof files: that an entry is on the board, in one small text that is checked without a network.

Source: C2SP tlog-proof; the file's name ends in `.tlog-proof`. Spec: board §8.

    c2sp.org/tlog-proof@v1
    index 73894
    gSKyXoYZUgZ6jduWYrkDOARinOMGJveXjgMkBTcdPlQ=
    …                                             the inclusion proof
    ⏎
    example.com/board/leader-2026                 the signed checkpoint, with its cosignatures
    …
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from ballot.board.checkpoint import Checkpoint, open_checkpoint, read_checkpoint
from ballot.board.cosignature import Cosigned, WitnessKey, check_cosignatures
from ballot.board.errors import Malformed
from ballot.board.note import LARGEST_NOTE, Note, VerifierKey, read_note
from ballot.board.spelling import read_base64, read_decimal, read_hash, write_base64
from ballot.board.tree import check_inclusion, leaf_hash

_FIRST_LINE: Final = "c2sp.org/tlog-proof@v1"
_EXTRA: Final = "extra "
_INDEX: Final = "index "
_MOST_HASHES: Final = 63


@dataclass(frozen=True, slots=True)
class ProofFile:
    """A proof file as it is read. Nothing has been checked but the form.

    index: the entry's number on the board, from 0.
    proof: the inclusion proof, hashes of 32 bytes, the leaf's sibling first.
    note:  the signed checkpoint.
    extra: bytes that nothing vouches for; None when there are none. Ours have none.
    """

    index: int
    proof: tuple[bytes, ...]
    note: Note
    extra: bytes | None = None

    def octets(self) -> bytes:
        """Write the file (board §8.1)."""
        lines = [_FIRST_LINE]
        if self.extra is not None:
            lines.append(f"{_EXTRA}{write_base64(self.extra)}")
        lines += [f"{_INDEX}{self.index}", *map(write_base64, self.proof), ""]
        return "".join(f"{line}\n" for line in lines).encode() + self.note.octets()


@dataclass(frozen=True, slots=True)
class Proved:
    """What a proof file shows: the entry's number, the checkpoint, and who cosigned it when."""

    index: int
    checkpoint: Checkpoint
    cosigned: tuple[Cosigned, ...]


def read_proof_file(octets: bytes) -> ProofFile:
    """Read a proof file's form, of up to 1,000,000 bytes (board §8.1).

    Raises: Malformed `proof-file.size`, `proof-file.form`, `proof-file.extra`, `proof-file.index`,
            `proof-file.hash`, and those of a note and of a checkpoint.
    """
    if len(octets) > LARGEST_NOTE:
        raise Malformed("proof-file.size", octets=len(octets))
    above, empty_line, below = octets.partition(b"\n\n")
    first, *lines = above.decode("ascii", "replace").split("\n")
    extra = None
    if lines and lines[0].startswith(_EXTRA):
        written = lines.pop(0).removeprefix(_EXTRA)
        extra = read_base64(written, condition="proof-file.extra")
    if first != _FIRST_LINE or not empty_line or not lines or not lines[0].startswith(_INDEX):
        raise Malformed("proof-file.form", line=first[:80])
    index, *hashes = lines
    if len(hashes) > _MOST_HASHES:
        raise Malformed("proof-file.hash", lines=len(hashes))
    note = read_note(below)
    read_checkpoint(note.text)
    return ProofFile(
        read_decimal(index.removeprefix(_INDEX), condition="proof-file.index"),
        tuple(read_hash(line, condition="proof-file.hash") for line in hashes),
        note,
        extra,
    )


def check_proof_file(
    octets: bytes,
    *,
    entry: bytes,
    keys: Sequence[VerifierKey],
    witnesses: Sequence[WitnessKey] = (),
    quorum: int = 0,
) -> Proved:
    """Check that a proof file shows an entry to be on the board of these keys (board §8.2).

    entry:     its bytes as they stand in the log.
    keys:      those of the board; all bear its origin as their name.
    witnesses: those that the reader trusts, `quorum` of whom must have cosigned.
    Raises:    Malformed, NoteRejected, ProofRejected.
    """
    file = read_proof_file(octets)
    checkpoint, note = open_checkpoint(file.note.octets(), keys=keys)
    cosigned = check_cosignatures(note, witnesses, quorum=quorum)
    check_inclusion(
        leaf_hash(entry),
        index=file.index,
        size=checkpoint.size,
        proof=file.proof,
        root=checkpoint.root,
    )
    return Proved(file.index, checkpoint, tuple(cosigned))
