"""What the reader knows from outside the bundle, and the first check, which is made with it.

The board's key, witnesses, receipts, proof files, an older checkpoint: none of them is the server's
to choose, and they are what a false board cannot answer.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from verifier.bundle import Bundle
from verifier.failure import Failed
from verifier.log import TILE_WIDTH, Log, object_of, read_entries, read_log
from verifier.notes import (
    BOARD,
    LARGEST_NOTE_BYTES,
    Checkpoint,
    Note,
    VerifierKey,
    check_quorum,
    open_checkpoint,
    read_checkpoint,
    read_key,
    read_note,
)
from verifier.receipts import read_proof, read_receipt
from verifier.report import count_of
from verifier.tree import Inclusion, check_inclusion, root_of


@dataclass(slots=True)
class Outside:
    """key: the board's, if the reader has it. quorum: how many of the witnesses must have signed.

    since, proofs, receipts: files, as (name, bytes).
    trackers: what the receipts name, once they have been read; figures: what to say of all this.
    """

    key: VerifierKey | None = None
    witnesses: Sequence[VerifierKey] = ()
    quorum: int = 0
    since: tuple[str, bytes] | None = None
    proofs: Sequence[tuple[str, bytes]] = ()
    receipts: Sequence[tuple[str, bytes]] = ()
    trackers: list[tuple[str, bytes]] = field(default_factory=list, init=False)
    figures: list[str] = field(default_factory=list, init=False)

    def board_key(self, bundle: Bundle) -> VerifierKey:
        """Return the board's key: the reader's, or else the one that the notice names."""
        return self.key or _key_in_notice(bundle)


def _key_in_notice(bundle: Bundle) -> VerifierKey:
    """Read the key that entry 0 names, before anything is known to be signed by it."""
    where = "the notice, board"
    named = _first_content(bundle).get("board")
    if not isinstance(named, str):
        raise Failed("key.form", where, "The first entry names no key of the board.")
    return read_key(named, BOARD, where)


def _first_content(bundle: Bundle) -> dict[str, object]:
    """Return what entry 0 holds, as far as it can be read."""
    size = read_checkpoint(_read_checkpoint_note(bundle), "checkpoint").size
    if not size:
        raise Failed("checkpoint.size", "checkpoint", "The board has no entry.")
    first = read_entries(bundle, 0, min(TILE_WIDTH, size))[0]
    content = object_of(first).get("content")
    return content if isinstance(content, dict) else {}


def says_rehearsal(bundle: Bundle) -> bool:
    """Say whether entry 0 says so, before anything is checked, to be told before all else.

    Where it cannot be read it says nothing, and the checks say what is wrong.
    """
    try:
        return _first_content(bundle).get("rehearsal") is True
    except Failed:
        return False


def _read_checkpoint_note(bundle: Bundle) -> Note:
    return read_note(bundle.read("checkpoint", LARGEST_NOTE_BYTES), "checkpoint")


def check_log(bundle: Bundle, outside: Outside, notes: list[str]) -> Log:
    """Check the checkpoint, the whole log under it, and what the reader brought.

    notes:  what the reader is to be told besides.
    Raises: Failed (note.*, checkpoint.*, cosignature.*, tile.*, bundle.*, proof*, receipt.*,
            stand-in, file.*).
    """
    key = outside.board_key(bundle)
    if outside.key is None:
        notes.append(
            "The board's key was taken from the bundle itself. Compare it with a receipt, the "
            f"printed notice or a witness, and check again with that key given: {key.text}"
        )
    content = bundle.read("checkpoint", LARGEST_NOTE_BYTES)
    checkpoint, note = open_checkpoint(content, key, "checkpoint")
    cosigned = check_quorum(note, outside.witnesses, outside.quorum, "checkpoint")
    log = read_log(bundle, checkpoint)
    if outside.since:
        _check_continues(log, key, outside.since)
    for name, proof in outside.proofs:
        _check_proof(log, key, outside, name, proof)
    outside.trackers = [(name, read_receipt(it, key, name)) for name, it in outside.receipts]
    outside.figures = [
        f"{cosigned} of {count_of(len(outside.witnesses), 'witness', 'witnesses')}"
        if outside.witnesses
        else "",
        f"continues {outside.since[0]}" if outside.since else "",
        count_of(len(outside.proofs), "proof file") if outside.proofs else "",
    ]
    return log


def _require_begins(log: Log, older: Checkpoint, where: str) -> None:
    """Check that the log begins with what a checkpoint was signed over."""
    if older.size > log.checkpoint.size:
        why = f"It is of {older.size} entries: this bundle is older, or the board was cut short."
        raise Failed("checkpoint.size", where, why)
    if root_of(log.leaves[: older.size]) != older.root:
        why = "The board does not begin with it: what was signed has been rewritten, or forked."
        raise Failed("proof.old-root", where, why)


def _check_continues(log: Log, key: VerifierKey, since: tuple[str, bytes]) -> None:
    older, _ = open_checkpoint(since[1], key, since[0])
    _require_begins(log, older, since[0])


def _check_proof(log: Log, key: VerifierKey, outside: Outside, name: str, content: bytes) -> None:
    """Check a proof file (board §8): its entry is on the board that it was made of, and on this."""
    proof = read_proof(content, name)
    checkpoint, note = open_checkpoint(proof.checkpoint, key, name)
    check_quorum(note, outside.witnesses, outside.quorum, name)
    if proof.index >= len(log.leaves):
        raise Failed("proof.index", name, f"This board has no entry {proof.index}.")
    said = Inclusion(log.leaves[proof.index], proof.index, checkpoint.size, checkpoint.root)
    check_inclusion(said, proof.hashes, name)
    _require_begins(log, checkpoint, name)
