"""What a witness decides: whether a new checkpoint continues the last one that it cosigned.

Source: C2SP tlog-witness, add-checkpoint. Spec: board §7. A witness keeps, for each board it
watches, the size and the root of the last checkpoint that it cosigned, and nothing else. Reading
them, deciding, and storing the new ones MUST be one step: else two requests at once roll it back.

    old 20852014
    PlRNCrwHpqhGrupue0L7gxbjbMiKA9temvuZZDDpkaw=
    …                                             the consistency proof
    ⏎
    example.com/board/leader-2026                 the signed checkpoint
    …
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from ballot.board.checkpoint import Checkpoint, read_checkpoint
from ballot.board.cosignature import WitnessKey
from ballot.board.errors import BoardError, Malformed, NoteRejected, ProofRejected, WitnessRefused
from ballot.board.note import (
    Note,
    Signature,
    VerifierKey,
    check_note,
    read_note,
    read_signatures,
)
from ballot.board.spelling import read_decimal, read_hash, write_base64
from ballot.board.tree import EMPTY_ROOT, check_consistency

MOST_PROOF_LINES: Final = 63
LARGEST_REQUEST: Final = 256 * 1024

_OLD: Final = "old "


@dataclass(frozen=True, slots=True)
class AddCheckpoint:
    """A request: the size from which it goes on, the proof, and the signed checkpoint."""

    old_size: int
    proof: tuple[bytes, ...]
    note: Note
    checkpoint: Checkpoint

    def octets(self) -> bytes:
        """Write the body of the request (board §7.2)."""
        lines = [f"{_OLD}{self.old_size}", *map(write_base64, self.proof), ""]
        return "".join(f"{line}\n" for line in lines).encode() + self.note.octets()


@dataclass(frozen=True, slots=True)
class Watched:
    """A board that a witness watches: its keys, and the last checkpoint that was cosigned."""

    keys: Sequence[VerifierKey]
    size: int = 0
    root: bytes = EMPTY_ROOT


def request_to_add(note: Note, *, old_size: int, proof: Iterable[bytes]) -> AddCheckpoint:
    """Make a request for a checkpoint of the board's own.

    Raises: Malformed `request.proof` for more than 63 hashes, and those of `read_checkpoint`.
    """
    hashes = tuple(proof)
    if len(hashes) > MOST_PROOF_LINES:
        raise Malformed("request.proof", lines=len(hashes))
    return AddCheckpoint(old_size, hashes, note, read_checkpoint(note.text))


def read_request(octets: bytes) -> AddCheckpoint:
    """Read the body of a request, of up to 256 KiB (board §7.2).

    Raises: Malformed `request.size`, `request.form`, `request.old`, `request.proof`, and those of a
            note and of a checkpoint.
    """
    if len(octets) > LARGEST_REQUEST:
        raise Malformed("request.size", octets=len(octets))
    above, empty_line, below = octets.partition(b"\n\n")
    first, *lines = above.decode("ascii", "replace").split("\n")
    if not empty_line or not first.startswith(_OLD):
        raise Malformed("request.form", line=first[:80])
    if len(lines) > MOST_PROOF_LINES:
        raise Malformed("request.proof", lines=len(lines))
    note = read_note(below)
    return AddCheckpoint(
        read_decimal(first.removeprefix(_OLD), condition="request.old"),
        tuple(read_hash(line, condition="request.proof") for line in lines),
        note,
        read_checkpoint(note.text),
    )


def decide(octets: bytes, *, watched: Callable[[str], Watched | None]) -> AddCheckpoint:
    """Decide on the body of an add-checkpoint request; give it read when it is to be cosigned.

    watched: gives the board of an origin, or None when the witness does not watch it.
    Then:    the caller stores the checkpoint's size and root, and only after that cosigns its text.
    Spec:    board §7.3, whose order is that of the checks here.
    Raises:  WitnessRefused with status 400 (`witness.request`, `witness.old-size`), 404
             (`witness.origin`), 403 (`witness.signature`), 409 with the known size
             (`witness.stale`; `witness.fork`: another root for the same size) or 422
             (`witness.proof`). The evidence of the last two holds what the board signed, and is
             to be kept (board §7.5).
    """
    try:
        request = read_request(octets)
    except BoardError as error:
        raise WitnessRefused("witness.request", status=400, cause=error.condition) from error
    checkpoint = request.checkpoint
    board = watched(checkpoint.origin)
    if board is None:
        raise WitnessRefused("witness.origin", status=404, origin=checkpoint.origin)
    try:
        check_note(request.note, board.keys)
    except NoteRejected as error:
        raise WitnessRefused("witness.signature", status=403, cause=error.condition) from error
    _check_continues(request, board)
    return request


def _check_continues(request: AddCheckpoint, board: Watched) -> None:
    """Check a request that the board signed against what was cosigned before."""
    checkpoint = request.checkpoint
    sizes: dict[str, Any] = {"old": request.old_size, "size": checkpoint.size}
    if request.old_size > checkpoint.size:
        raise WitnessRefused("witness.old-size", status=400, **sizes)
    if request.old_size != board.size:
        raise WitnessRefused("witness.stale", status=409, known_size=board.size, **sizes)
    signed = {"known": board.root.hex(), "note": request.note.octets(), **sizes}
    if checkpoint.size == board.size and checkpoint.root != board.root:
        raise WitnessRefused("witness.fork", status=409, known_size=board.size, **signed)
    try:
        check_consistency(
            old=board.size,
            old_root=board.root,
            size=checkpoint.size,
            root=checkpoint.root,
            proof=request.proof,
        )
    except ProofRejected as error:
        raise WitnessRefused(
            "witness.proof", status=422, cause=error.condition, **signed
        ) from error


def write_answer(signatures: Iterable[Signature]) -> bytes:
    """Write what a witness answers with 200: its signature lines (board §7.4)."""
    return "".join(one.line() for one in signatures).encode()


def take_answer(note: Note, octets: bytes, *, witness: WitnessKey) -> Note:
    """Add to a signed checkpoint the cosignature that a witness answered (board §7.4).

    Lines of other keys are passed over; of several of the witness's own, the latest is taken.
    Raises: Malformed when these are no signature lines; NoteRejected `note.signature` for a false
            one, `note.unsigned` when none is the witness's.
    """
    try:
        lines = octets.decode()
    except UnicodeDecodeError as error:
        raise Malformed("note.characters") from error
    if not lines.endswith("\n"):
        raise Malformed("note.form")
    answered = Note(note.text, tuple(read_signatures(lines)))
    found = [signature for _, signature in check_note(answered, [witness])]
    return note.with_signatures([max(found, key=lambda one: one.content)])  # the time stands first


def read_known_size(octets: bytes) -> int:
    """Read what a witness answers with 409 (board §7.3).

    Raises: Malformed `answer.size`.
    """
    text = octets.decode("ascii", "replace")
    if not text.endswith("\n"):
        raise Malformed("answer.size", text=text[:80])
    return read_decimal(text[:-1], condition="answer.size")
