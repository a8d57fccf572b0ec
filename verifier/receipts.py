"""What an elector kept: a receipt, and the proof file that it becomes (board §8)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from verifier.ballots import Cast, Paper, tracker
from verifier.board import Board
from verifier.failure import Failed, raise_all
from verifier.notes import (
    LARGEST_NOTE_BYTES,
    VerifierKey,
    read_base64,
    read_hash,
    read_note,
    read_number,
    signers,
)

MOST_HASHES = 63
_TRACKER = re.compile("[0-9a-f]{64}")


def read_receipt(content: bytes, board: VerifierKey, where: str) -> bytes:
    """Return the tracker of a receipt that the board's key signed (§8.3).

    Raises: Failed (note.*, receipt.form, receipt.other-origin).
    """
    note = read_note(content, where)
    lines = note.text.split("\n")
    if len(lines) != 4 or lines[0] != "hustings/v1/receipt" or not _TRACKER.fullmatch(lines[2]):
        raise Failed("receipt.form", where, "It is no receipt.")
    if lines[1] != board.name:
        raise Failed("receipt.other-origin", where, f"It is of the board {lines[1]}.")
    if not signers(note, [board], where):
        raise Failed("note.unsigned", where, "The board's key has not signed it.")
    return bytes.fromhex(lines[2])


def check_receipts(
    board: Board, paper: Paper, trackers: Sequence[tuple[str, bytes]], notes: list[str]
) -> None:
    """Check that the ballot of each receipt is on the board; before the close, say if it is not.

    Raises: ExceptionGroup of Failed (receipt.missing).
    """
    if not trackers:
        return
    found = {
        tracker(paper.setting, Cast(ballot.wire, ""), len(paper.contests)): ballot.number
        for ballot in board.ballots
    }
    missing = []
    for name, wanted in trackers:
        if wanted in found:
            notes.append(f"{name}: the ballot is entry {found[wanted]} of the board.")
        elif board.has("close"):
            why = "Its ballot is not on the board, though the board's key promised it."
            missing.append(Failed("receipt.missing", name, why))
        else:
            notes.append(f"{name}: the ballot is not on the board yet; it must be by the close.")
    raise_all(missing, "receipts")


@dataclass(frozen=True, slots=True)
class Proof:
    """A proof file, read: the entry's index, the hashes beside its way, a signed checkpoint."""

    index: int
    hashes: list[bytes]
    checkpoint: bytes


def read_proof(content: bytes, where: str) -> Proof:
    """Read a proof file (§8.1).

    Raises: Failed (proof-file.size, .form, .extra, .index, .hash).
    """
    if len(content) > LARGEST_NOTE_BYTES:
        raise Failed("proof-file.size", where, "It has more than 1,000,000 bytes.")
    head, parted, checkpoint = content.partition(b"\n\n")
    try:
        lines = head.decode().split("\n")
    except UnicodeDecodeError:
        lines = []
    if not parted or len(lines) < 2 or lines.pop(0) != "c2sp.org/tlog-proof@v1":
        raise Failed("proof-file.form", where, "It is no proof file.")
    if lines[0].startswith("extra "):
        read_base64(lines.pop(0)[len("extra ") :], "proof-file.extra", where)
    if not lines or not lines[0].startswith("index "):
        raise Failed("proof-file.form", where, "It has no line with an index.")
    index = read_number(lines.pop(0)[len("index ") :], "proof-file.index", where)
    if len(lines) > MOST_HASHES:
        raise Failed("proof-file.form", where, "It has more than 63 hashes.")
    return Proof(index, [read_hash(line, "proof-file.hash", where) for line in lines], checkpoint)
