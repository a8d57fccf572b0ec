"""The issuer's folder: the card, which is public, and the keys, which a passphrase guards.

Spec: issuer §7.  The passphrase is stretched by argon2id (RFC 9106, its second recommended option)
as that of a share file is; with the keys comes one that everything else in the folder that must
not be read is encrypted with.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

from ballot.canonical import LABEL, canonical, read_canonical
from ballot.issuance.card import Card, read_card
from ballot.issuance.errors import FileRefused
from ballot.issuance.reading import read_object
from ballot.sealing.issuing import IssuerKey, issuer_key, make_issuer_key
from ballot.sealing.letterbox import public_half
from ballot.sealing.scalars import Rng
from ballot.sealing.sharefile import SHORTEST_PASSPHRASE, stretched

FORM: Final = LABEL + "issuer-key"
CARD, KEYS, STORE, LETTERS = "issuer.json", "issuer.key", "codes.sqlite", "letters"
_NONCE: Final = bytes(12)  # The key is fresh: every file has a salt of its own.


@dataclass(frozen=True, slots=True)
class Secrets:
    """signs: the key of the notice; reads: X25519; stores: what codes and contacts rest under."""

    signs: IssuerKey
    reads: bytes = field(repr=False)
    stores: bytes = field(repr=False)


def make_folder(path: Path, *, name: str, passphrase: str, rng: Rng) -> Card:
    """Make an issuer's keys and card in a new folder.

    Raises: FileRefused "issuer-folder.taken", "issuer-folder.passphrase-short".
    """
    if (path / KEYS).exists() or (path / CARD).exists():
        raise FileRefused("issuer-folder.taken", f"{path} holds an issuer's keys already.")
    if len(passphrase) < SHORTEST_PASSPHRASE:
        raise FileRefused(
            "issuer-folder.passphrase-short",
            f"A passphrase has at least {SHORTEST_PASSPHRASE} characters.",
        )
    signs, reads, stores = make_issuer_key(rng=rng), rng(32), rng(32)
    card = read_card(Card(name, signs.public, public_half(reads)).to_bytes())
    kept = {"reads": reads.hex(), "signs": signs.secret.hex(), "stores": stores.hex()}
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    write_whole(path / KEYS, _seal(canonical(kept), passphrase=passphrase, salt=rng(16)))
    open_folder(path, passphrase=passphrase)  # What does not open is no key: found now, not later.
    write_whole(path / CARD, card.to_bytes())
    return card


def open_folder(path: Path, *, passphrase: str) -> Secrets:
    """Open the keys of a folder.

    Raises: FileRefused "issuer-folder.none", "issuer-folder.passphrase"; "issuer-file.form" for a
            file that is no key file.
    """
    try:
        octets = (path / KEYS).read_bytes()
    except OSError as error:
        raise FileRefused(
            "issuer-folder.none", f"{path} holds no issuer's keys: {error.strerror}."
        ) from error
    read = read_object(octets, "salt", "sealed", form=FORM, what="the key file of an issuer")
    salt, sealed = read.octets("salt", 16), bytes.fromhex(read.line("sealed", longest=2000))
    try:
        opened = ChaCha20Poly1305(stretched(passphrase, salt)).decrypt(_NONCE, sealed, _head(salt))
    except InvalidTag as error:
        raise FileRefused(
            "issuer-folder.passphrase",
            "The passphrase is not the one of this folder, or its key file is damaged.",
        ) from error
    value = read_canonical(opened)
    signs, reads, stores = (bytes.fromhex(value[name]) for name in ("signs", "reads", "stores"))
    return Secrets(issuer_key(signs), reads, stores)


def card_of(path: Path) -> Card:
    """Read the folder's card."""
    return read_card((path / CARD).read_bytes())


def write_whole(path: Path, content: bytes) -> None:
    """Write a file that is there whole and on the disk, or not at all; for its owner alone."""
    beside = path.with_name(path.name + ".part")
    beside.unlink(missing_ok=True)
    beside.touch(mode=0o600, exist_ok=False)
    with beside.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)
    _settle(path.parent)


def _settle(folder: Path) -> None:
    """Bring a folder's own list of names to the disk, where the system can."""
    if not hasattr(os, "O_DIRECTORY"):
        return
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _seal(plain: bytes, *, passphrase: str, salt: bytes) -> bytes:
    sealed = ChaCha20Poly1305(stretched(passphrase, salt)).encrypt(_NONCE, plain, _head(salt))
    return canonical({"format": FORM, "salt": salt.hex(), "sealed": sealed.hex()}) + b"\n"


def _head(salt: bytes) -> bytes:
    return canonical({"format": FORM, "salt": salt.hex()})
