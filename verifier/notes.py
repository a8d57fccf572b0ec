"""Signed notes, the keys that sign them, checkpoints and their cosignatures (board §5 to §7)."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256

from verifier.ed25519 import KEY_BYTES, SIGNATURE_BYTES, check_signature
from verifier.failure import Failed
from verifier.tree import EMPTY_ROOT, HASH_BYTES

BOARD, WITNESS = 1, 4
LARGEST_NOTE_BYTES = 1_000_000
MOST_SIGNATURES = 100
LARGEST_NUMBER = 2**63 - 1
_NUMBER = re.compile("0|[1-9][0-9]*", re.ASCII)
_LINE = re.compile("— ([^ ]+) ([^ ]+)")
_ID_BYTES = 4
_TIME_BYTES = 8


@dataclass(frozen=True, slots=True)
class VerifierKey:
    """A key that signs notes, as `name+id+key`. kind: 1 of a board, 4 of a witness (§5.2)."""

    name: str
    kind: int
    key: bytes

    @property
    def id(self) -> bytes:
        """Return equation (7)."""
        hashed = sha256(self.name.encode() + b"\n" + bytes([self.kind]) + self.key)
        return hashed.digest()[:_ID_BYTES]

    @property
    def text(self) -> str:
        """Return the key as it is handed on."""
        encoded = base64.b64encode(bytes([self.kind]) + self.key).decode()
        return f"{self.name}+{self.id.hex()}+{encoded}"


def read_key(text: str, kind: int, where: str) -> VerifierKey:
    """Read a key as it is handed on.

    Raises: Failed (key.form, key.type, key.length, key.id, name).
    """
    match = re.fullmatch(r"([^+]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/=]+)", text)
    content = read_base64(match[3], "key.form", where) if match else b""
    if not match or not content:
        raise Failed("key.form", where, "A key is written name+identifier+key.")
    check_key_name(match[1], where)
    if content[0] != kind:
        raise Failed("key.type", where, f"It is of type {content[0]}, and {kind} is meant.")
    if len(content) != 1 + KEY_BYTES:
        raise Failed("key.length", where, "A key has 32 bytes behind its type.")
    key = VerifierKey(match[1], kind, content[1:])
    if key.id.hex() != match[2]:
        raise Failed("key.id", where, "Its identifier is another key's.")
    return key


def check_key_name(name: str, where: str) -> None:
    """Refuse a name that no key may have (§5.2)."""
    if not name or "+" in name or any(c.isspace() or _is_control(c) for c in name):
        raise Failed("name", where, "No key may have this name.")


def _is_control(character: str) -> bool:
    return ord(character) < 0x20 or 0x7F <= ord(character) < 0xA0


def read_base64(text: str, check: str, where: str) -> bytes:
    """Read padded base64 in its one spelling (§5.1)."""
    try:
        content = base64.b64decode(text, validate=True)
    except (ValueError, binascii.Error):
        content = b""
    if not content or base64.b64encode(content).decode() != text:
        raise Failed(check, where, "This is no base64 in its one spelling.")
    return content


def read_number(text: str, check: str, where: str) -> int:
    """Read a decimal number in its one spelling (§5.1)."""
    if len(text) > 19 or not _NUMBER.fullmatch(text) or int(text) > LARGEST_NUMBER:
        raise Failed(check, where, "This is no number in its one spelling.")
    return int(text)


def read_hash(text: str, check: str, where: str) -> bytes:
    """Read a hash of 32 bytes."""
    content = read_base64(text, check, where)
    if len(content) != HASH_BYTES:
        raise Failed(check, where, "A hash has 32 bytes.")
    return content


@dataclass(frozen=True, slots=True)
class Line:
    """A signature line: whose, the key's id, and what it holds."""

    name: str
    id: bytes
    content: bytes

    def is_by(self, key: VerifierKey) -> bool:
        return (self.name, self.id) == (key.name, key.id)


@dataclass(frozen=True, slots=True)
class Note:
    """A note that has been read and not yet checked. text: with its last newline."""

    text: str
    lines: tuple[Line, ...]


def read_note(content: bytes, where: str) -> Note:
    """Read a note's form (§5.1, §5.3).

    Raises: Failed (note.size, note.characters, note.form, note.signatures, note.signature-line).
    """
    if len(content) > LARGEST_NOTE_BYTES:
        raise Failed("note.size", where, "It has more than 1,000,000 bytes.")
    try:
        note = content.decode()
    except UnicodeDecodeError:
        raise Failed("note.characters", where, "It is not UTF-8.") from None
    if any(_is_control(character) and character != "\n" for character in note):
        raise Failed("note.characters", where, "It holds a control character.")
    text, parted, signatures = note.rpartition("\n\n")
    if not parted or not signatures.endswith("\n") or not text:
        raise Failed("note.form", where, "It is no text, empty line and signatures.")
    rows = signatures[:-1].split("\n")
    if len(rows) > MOST_SIGNATURES:
        raise Failed("note.signatures", where, "It has more than 100 signatures.")
    return Note(text + "\n", tuple(_read_line(row, where) for row in rows))


def _read_line(row: str, where: str) -> Line:
    match = _LINE.fullmatch(row)
    if not match:
        raise Failed("note.signature-line", where, "A line below it is no signature.")
    check_key_name(match[1], where)
    content = read_base64(match[2], "note.signature-line", where)
    if len(content) <= _ID_BYTES:
        raise Failed("note.signature-line", where, "A signature below it is empty.")
    return Line(match[1], content[:_ID_BYTES], content[_ID_BYTES:])


def signers(note: Note, keys: Sequence[VerifierKey], where: str) -> set[VerifierKey]:
    """Return which of the keys signed; a false line of one of them condemns the note (§5.4).

    Raises: Failed (note.signature, cosignature.time).
    """
    found = set()
    for line in note.lines:
        for key in keys:
            if line.is_by(key):
                _check_line(note, line, key, where)
                found.add(key)
    return found


def _check_line(note: Note, line: Line, key: VerifierKey, where: str) -> None:
    where = f"{where}, signature of {key.name}"
    signed, signature = note.text, line.content
    if key.kind == WITNESS:
        if len(signature) != _TIME_BYTES + SIGNATURE_BYTES:
            raise Failed("note.signature", where, "It is no cosignature: time and signature.")
        time = int.from_bytes(signature[:_TIME_BYTES], "big")
        if not 1 <= time <= LARGEST_NUMBER:
            raise Failed("cosignature.time", where, "It bears no time that may be.")
        signed, signature = f"cosignature/v1\ntime {time}\n{signed}", signature[_TIME_BYTES:]
    check_signature(key.key, signed.encode(), signature, "note.signature", where)


# --- checkpoints (§6, §7.1) ---


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The signed state of a board: how many entries, and the root of their tree."""

    origin: str
    size: int
    root: bytes


def read_checkpoint(note: Note, where: str) -> Checkpoint:
    """Read a checkpoint's text (§6.1).

    Raises: Failed (checkpoint.lines, .origin, .size, .root, .extension).
    """
    lines = note.text[:-1].split("\n")
    if len(lines) < 3:
        raise Failed("checkpoint.lines", where, "It has fewer than three lines.")
    if not lines[0]:
        raise Failed("checkpoint.origin", where, "It names no board.")
    size = read_number(lines[1], "checkpoint.size", where)
    root = read_hash(lines[2], "checkpoint.root", where)
    if not size and root != EMPTY_ROOT:
        raise Failed("checkpoint.root", where, "It has another root than that of no entries.")
    if "" in lines[3:]:
        raise Failed("checkpoint.extension", where, "It has an empty line.")
    return Checkpoint(lines[0], size, root)


def open_checkpoint(content: bytes, board: VerifierKey, where: str) -> tuple[Checkpoint, Note]:
    """Read a checkpoint, and check that the board's key signed it (§6.3).

    Raises: Failed (note.*, checkpoint.*).
    """
    note = read_note(content, where)
    checkpoint = read_checkpoint(note, where)
    if checkpoint.origin != board.name:
        why = f"It is of the board {checkpoint.origin}, and the key is of {board.name}."
        raise Failed("checkpoint.other-origin", where, why)
    if not signers(note, [board], where):
        raise Failed("note.unsigned", where, "The board's key has not signed it.")
    return checkpoint, note


def check_quorum(note: Note, witnesses: Sequence[VerifierKey], quorum: int, where: str) -> int:
    """Return how many of the reader's witnesses cosigned; as many as the quorum must have (§7.1).

    Raises: Failed (note.signature, cosignature.*).
    """
    found = len({key.key for key in signers(note, witnesses, where)})
    if found < quorum:
        why = f"{found} of the {len(witnesses)} witnesses cosigned it, and {quorum} are to have."
        raise Failed("cosignature.quorum", where, why)
    return found
