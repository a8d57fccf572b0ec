"""Signed notes: a text, and below it the signatures of any number of keys.

Source: C2SP signed-note. Spec: board §5.

    Ognuno sta solo sul cuor della terra
    ⏎
    — quasimodo.example/salvatore NnugSzTjtVAewIS+Z/iJ…

A signature line names its key by a name and four bytes of a hash, the key's id. Lines of keys that
the reader does not know are passed over; a false line of a key that the reader knows condemns the
whole note.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Final, Protocol, TypeVar

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from ballot.board.errors import Malformed, NoteRejected
from ballot.board.spelling import read_base64, write_base64

ED25519: Final = 0x01
"""The type of a key that signs the text itself."""

LARGEST_NOTE: Final = 1_000_000
MOST_SIGNATURES: Final = 100
KEY_BYTES: Final = 32
_ID_BYTES: Final = 4
_DASH: Final = "— "  # U+2014 and a space
# Control characters but the newline, and halves of surrogate pairs, which no UTF-8 holds.
_NOT_IN_A_TEXT: Final = re.compile("[\x00-\x09\x0b-\x1f\ud800-\udfff]")
_NOT_IN_A_NAME: Final = re.compile("[\\s+\x00-\x1f\ud800-\udfff]")


class Verifier(Protocol):
    """A public key that a reader knows: its name and id, and how its signatures are checked."""

    @property
    def name(self) -> str: ...

    @property
    def key_id(self) -> bytes: ...

    def holds(self, text: str, signature: bytes) -> bool:
        """Say whether these are this key's bytes for this text."""


Key = TypeVar("Key", bound=Verifier)


@dataclass(frozen=True, slots=True)
class Signature:
    """One signature line. content: what follows the four bytes of the key's id."""

    name: str
    key_id: bytes
    content: bytes

    def line(self) -> str:
        """Write the line, with its newline (board §5.3)."""
        return f"{_DASH}{self.name} {write_base64(self.key_id + self.content)}\n"


@dataclass(frozen=True, slots=True)
class Note:
    """A text that ends in a newline, and its signatures. Nothing has been checked but the form."""

    text: str
    signatures: tuple[Signature, ...]

    def octets(self) -> bytes:
        """Write the note (board §5.1)."""
        return (self.text + "\n" + "".join(one.line() for one in self.signatures)).encode()

    def with_signatures(self, signatures: Iterable[Signature]) -> Note:
        """Add signatures below those that are there; a key's later line takes its earlier's place.

        So a note does not grow without end by keys that sign it again and again.
        """
        by_key = {(one.name, one.key_id): one for one in (*self.signatures, *signatures)}
        return Note(self.text, tuple(by_key.values()))


@dataclass(frozen=True, slots=True)
class VerifierKey:
    """An Ed25519 public key, of 32 bytes, with the name under which it signs (board §5.2)."""

    name: str
    public_key: bytes

    def __post_init__(self) -> None:
        check_name(self.name)
        check_key_bytes(self.public_key)

    @property
    def key_id(self) -> bytes:
        return key_id(self.name, ED25519, self.public_key)

    def text(self) -> str:
        """Write the key as people hand it on: `name+id+key`."""
        return key_text(self.name, ED25519, self.public_key)

    def holds(self, text: str, signature: bytes) -> bool:
        return is_signed(self.public_key, text.encode(), signature)


@dataclass(frozen=True, slots=True, repr=False)
class SigningKey:
    """An Ed25519 secret key: a seed of 32 bytes, and a name. Its form in print shows the name."""

    name: str
    seed: bytes

    def __post_init__(self) -> None:
        check_name(self.name)
        check_key_bytes(self.seed)

    def __repr__(self) -> str:
        return f"SigningKey({self.name!r})"

    def public(self) -> VerifierKey:
        """Give the public half."""
        return VerifierKey(self.name, public_bytes(self.seed))

    def sign(self, text: str) -> Signature:
        """Sign a text that ends in a newline (board §5.3)."""
        check_text(text)
        return Signature(self.name, self.public().key_id, sign_octets(self.seed, text.encode()))


def read_key(text: str) -> VerifierKey:
    """Read a public key as people hand it on.

    Raises: Malformed `key.form`, `key.type`, `key.id`, `key.length`, `name`.
    """
    name, public_key = read_key_text(text, kind=ED25519)
    return VerifierKey(name, public_key)


def read_note(octets: bytes) -> Note:
    """Read a note's form, of up to 1,000,000 bytes and 100 signatures (board §5.1).

    Raises: Malformed `note.size`, `note.characters`, `note.form`, `note.signatures`,
            `note.signature-line`, `name`.
    """
    if len(octets) > LARGEST_NOTE:
        raise Malformed("note.size", octets=len(octets))
    try:
        whole = octets.decode()
    except UnicodeDecodeError as error:
        raise Malformed("note.characters") from error
    _check_characters(whole)
    above, empty_line, below = whole.rpartition("\n\n")
    if not empty_line or not below.endswith("\n"):
        raise Malformed("note.form")
    return Note(above + "\n", tuple(read_signatures(below)))


def read_signatures(lines: str) -> list[Signature]:
    """Read signature lines, each with its newline."""
    read = [_read_signature(line) for line in lines.removesuffix("\n").split("\n")]
    if len(read) > MOST_SIGNATURES:
        raise Malformed("note.signatures", signatures=len(read))
    return read


def check_note(note: Note, keys: Sequence[Key]) -> list[tuple[Key, Signature]]:
    """Check that a note is signed by a key that the reader knows (board §5.4).

    Gives:  each signature of a known key, with the key, in the order of the note.
    Raises: NoteRejected `note.signature` when one of them is false, `note.unsigned` when there is
            none.
    """
    found = known_signatures(note, keys)
    if not found:
        raise NoteRejected("note.unsigned", names=[one.name for one in note.signatures])
    return found


def known_signatures(note: Note, keys: Sequence[Key]) -> list[tuple[Key, Signature]]:
    """Check the signatures of the keys that the reader knows, be there any or none (board §5.4).

    Raises: NoteRejected `note.signature` when one of them is false.
    """
    known = {(key.name, key.key_id): key for key in keys}
    found = []
    for signature in note.signatures:
        key = known.get((signature.name, signature.key_id))
        if key is None:
            continue
        if not key.holds(note.text, signature.content):
            raise NoteRejected("note.signature", name=signature.name)
        found.append((key, signature))
    return found


# --- what cosignatures share ---


def check_name(name: str) -> None:
    """Refuse a key's name that is empty, or holds a space, a plus or a control character."""
    if not name or _NOT_IN_A_NAME.search(name):
        raise Malformed("name", name=name[:80])


def check_key_bytes(octets: bytes) -> None:
    """Refuse a key that is not 32 bytes."""
    if len(octets) != KEY_BYTES:
        raise Malformed("key.length", octets=len(octets))


def check_text(text: str) -> None:
    """Refuse a text that cannot be a note's."""
    if not text.endswith("\n"):
        raise Malformed("note.form")
    _check_characters(text)


def key_id(name: str, kind: int, public_key: bytes) -> bytes:
    """Give a key's id: the first four bytes of a hash over its name, type and bytes (§5.2)."""
    return sha256(name.encode() + b"\n" + bytes([kind]) + public_key).digest()[:_ID_BYTES]


def key_text(name: str, kind: int, public_key: bytes) -> str:
    """Write a public key as people hand it on."""
    written = write_base64(bytes([kind]) + public_key)
    return f"{name}+{key_id(name, kind, public_key).hex()}+{written}"


def read_key_text(text: str, *, kind: int) -> tuple[str, bytes]:
    """Read a public key of a type; give its name and its 32 bytes."""
    pieces = text.split("+", 2)
    if len(pieces) != 3:
        raise Malformed("key.form", text=text[:80])
    name, named_id, written = pieces
    check_name(name)
    octets = read_base64(written, condition="key.form")
    if octets[:1] != bytes([kind]):
        raise Malformed("key.type", text=text[:80])
    public_key = octets[1:]
    check_key_bytes(public_key)
    if named_id != key_id(name, kind, public_key).hex():
        raise Malformed("key.id", text=text[:80])
    return name, public_key


def public_bytes(seed: bytes) -> bytes:
    """Give the public key of a seed (RFC 8032 §5.1.5)."""
    return Ed25519PrivateKey.from_private_bytes(seed).public_key().public_bytes_raw()


def sign_octets(seed: bytes, message: bytes) -> bytes:
    """Sign bytes (RFC 8032 §5.1.6); the same bytes give the same signature."""
    return Ed25519PrivateKey.from_private_bytes(seed).sign(message)


def is_signed(public_key: bytes, message: bytes, signature: bytes) -> bool:
    """Say whether a signature of 64 bytes is this key's for these bytes (RFC 8032 §5.1.7)."""
    try:
        Ed25519PublicKey.from_public_bytes(public_key).verify(signature, message)
    except (InvalidSignature, ValueError):  # ValueError: bytes that are no key at all
        return False
    return True


def _check_characters(text: str) -> None:
    if _NOT_IN_A_TEXT.search(text):
        raise Malformed("note.characters")


def _read_signature(line: str) -> Signature:
    name, _, written = line.removeprefix(_DASH).partition(" ")
    if not line.startswith(_DASH):
        raise Malformed("note.signature-line", line=line[:80])
    check_name(name)
    octets = read_base64(written, condition="note.signature-line")
    if len(octets) <= _ID_BYTES:
        raise Malformed("note.signature-line", line=line[:80])
    return Signature(name, octets[:_ID_BYTES], octets[_ID_BYTES:])
