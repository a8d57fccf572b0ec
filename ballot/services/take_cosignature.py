"""Cosignatures come in: from a witness that was asked, or handed in by one that cannot be reached.

None is stored that does not hold, nor one of a key that the installation does not name.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

from django.conf import settings

from ballot.board.checkpoint import read_checkpoint
from ballot.board.cosignature import WitnessKey
from ballot.board.errors import BoardError, Malformed
from ballot.board.note import Note, Signature, known_signatures, read_note
from ballot.models import Checkpoint, Cosignature, Election
from office.refusal import Refusal

_TIME_BYTES: Final = 8


def take_cosignature(election: Election, *, octets: bytes) -> Checkpoint:
    """Take what a witness hands in: a signed state of this board with the witness's line below it.

    octets: the note (board §9.3). Lines of keys that are not named here are passed over.
    """
    try:
        note = read_note(octets)
        size = read_checkpoint(note.text).size
    except Malformed as error:
        raise Refusal(
            "cosignature.malformed",
            f"This is no signed state of a board ({error.condition}). Send the board’s checkpoint "
            "with your own signature line below it.",
            status=400,
        ) from error
    checkpoint = _published(election, size, note)
    for key, signature in _checked(note):
        store_cosignature(checkpoint, signature, witness=key.name)
    return checkpoint


def store_cosignature(checkpoint: Checkpoint, signature: Signature, *, witness: str) -> None:
    """Store a line that was checked; the first of a witness for a state stays.

    Raises: Malformed `cosignature.time` for a time that no calendar has.
    """
    Cosignature.objects.get_or_create(
        checkpoint=checkpoint, witness=witness,
        defaults={"line": signature.line(), "cosigned_at": _moment(signature)},
    )  # fmt: skip


def _moment(signature: Signature) -> datetime:
    moment_s = int.from_bytes(signature.content[:_TIME_BYTES], "big")
    try:
        return datetime.fromtimestamp(moment_s, UTC)
    except (ValueError, OverflowError, OSError) as error:
        raise Malformed("cosignature.time", moment_s=moment_s) from error


def _published(election: Election, size: int, note: Note) -> Checkpoint:
    # Past what a number of ours can be, no question is put to the database.
    row = Checkpoint.objects.filter(election=election, size=size).first() if size < 2**31 else None
    if row is None or read_note(row.note.encode()).text != note.text:
        raise Refusal(
            "cosignature.no-such-state",
            "This board has signed no such state here. If its key is below it all the same, keep "
            "what you have: it proves a fork.",
            status=404,
        )
    return row


def _checked(note: Note) -> list[tuple[WitnessKey, Signature]]:
    """The lines of witnesses that are named, all of them true and at times that can be shown."""
    try:
        found = known_signatures(note, [one.key for one in settings.WITNESSES])
        for _, signature in found:
            _moment(signature)
    except BoardError as error:
        raise Refusal(
            "cosignature.false",
            "The signature does not hold, or names a time that no calendar has.",
            status=403,
        ) from error
    if not found:
        raise Refusal(
            "cosignature.unknown-witness",
            "No line is by a witness that this board names. Send the returning officer your "
            "public key, so that it is named.",
            status=403,
        )
    return found
