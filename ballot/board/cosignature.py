"""Cosignatures: a witness says when it saw a checkpoint that continues all it saw before.

Source: C2SP tlog-cosignature, version 1 (Ed25519). Spec: board §7.1. What is signed is

    cosignature/v1
    time 1679315147
    … the text of the checkpoint
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from ballot.board.errors import Malformed, NoteRejected
from ballot.board.note import (
    Note,
    Signature,
    check_key_bytes,
    check_name,
    check_text,
    is_signed,
    key_id,
    key_text,
    known_signatures,
    public_bytes,
    read_key_text,
    sign_octets,
)
from ballot.board.spelling import LARGEST

COSIGNATURE: Final = 0x04
"""The type of a key that signs a text together with a time."""

_TIME_BYTES: Final = 8


@dataclass(frozen=True, slots=True)
class WitnessKey:
    """A witness's public key, of 32 bytes, with the name under which it cosigns."""

    name: str
    public_key: bytes

    def __post_init__(self) -> None:
        check_name(self.name)
        check_key_bytes(self.public_key)

    @property
    def key_id(self) -> bytes:
        return key_id(self.name, COSIGNATURE, self.public_key)

    def text(self) -> str:
        """Write the key as people hand it on: `name+id+key`."""
        return key_text(self.name, COSIGNATURE, self.public_key)

    def holds(self, text: str, signature: bytes) -> bool:
        moment = int.from_bytes(signature[:_TIME_BYTES], "big")
        if not 0 < moment <= LARGEST:
            return False
        return is_signed(self.public_key, _message(text, moment), signature[_TIME_BYTES:])


@dataclass(frozen=True, slots=True, repr=False)
class WitnessSigningKey:
    """A witness's secret key: a seed of 32 bytes, and a name. Its form in print shows the name.

    One seed is one witness's: what is signed does not say the name.
    """

    name: str
    seed: bytes

    def __post_init__(self) -> None:
        check_name(self.name)
        check_key_bytes(self.seed)

    def __repr__(self) -> str:
        return f"WitnessSigningKey({self.name!r})"

    def public(self) -> WitnessKey:
        """Give the public half."""
        return WitnessKey(self.name, public_bytes(self.seed))

    def cosign(self, text: str, *, moment_s: int) -> Signature:
        """Cosign the text of a checkpoint.

        moment_s: seconds since 1970, 1 to 2**63 - 1.
        Raises:   Malformed `cosignature.time`.
        """
        check_text(text)
        if not 0 < moment_s <= LARGEST:
            raise Malformed("cosignature.time", moment_s=moment_s)
        signed = sign_octets(self.seed, _message(text, moment_s))
        content = moment_s.to_bytes(_TIME_BYTES, "big") + signed
        return Signature(self.name, self.public().key_id, content)


@dataclass(frozen=True, slots=True)
class Cosigned:
    """Who cosigned a checkpoint, and when: seconds since 1970."""

    witness: WitnessKey
    moment_s: int


def read_witness_key(text: str) -> WitnessKey:
    """Read a witness's public key as people hand it on.

    Raises: Malformed `key.form`, `key.type`, `key.id`, `key.length`, `name`.
    """
    name, public_key = read_key_text(text, kind=COSIGNATURE)
    return WitnessKey(name, public_key)


def check_cosignatures(
    note: Note, witnesses: Sequence[WitnessKey], *, quorum: int
) -> list[Cosigned]:
    """Check that so many of the witnesses that the reader knows cosigned a checkpoint (board §7.1).

    Gives:  each once, with its latest time, in the order of `witnesses`.
    Raises: NoteRejected `note.signature` when one of theirs is false, `cosignature.quorum` when
            there are too few. Two names of one key are one witness.
    """
    latest: dict[WitnessKey, int] = {}
    for key, signature in known_signatures(note, witnesses):
        moment = int.from_bytes(signature.content[:_TIME_BYTES], "big")
        latest[key] = max(moment, latest.get(key, 0))
    found = [Cosigned(key, latest[key]) for key in witnesses if key in latest]
    if len({one.witness.public_key for one in found}) < quorum:
        raise NoteRejected("cosignature.quorum", cosigned=len(found), quorum=quorum)
    return found


def _message(text: str, moment_s: int) -> bytes:
    return f"cosignature/v1\ntime {moment_s}\n{text}".encode()
