"""What rests unread in the database: voting codes until handed over, staff secrets, kept files.

AES-256-GCM (NIST SP 800-38D) under keys derived by HKDF-SHA256 (RFC 5869) from the one key of
the environment, HUSTINGS_SEALING_KEY. The purpose, recipient and attempt are associated data: a
row copied onto another recipient does not open. Nonces are 96 random bits: SP 800-38D allows
2³² messages under one key that way, which is 6,500 elections of 654,006 letters.

Form: version byte 01 | nonce 12 | ciphertext and tag.
"""

from __future__ import annotations

import os
import struct
from collections.abc import Iterable, Iterator
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

_VERSION = b"\x01"
_NONCE_BYTES = 12
_SHORTEST = 1 + _NONCE_BYTES + 16


class EnclosureDoesNotOpen(Exception):
    """The key, the associated data or the bytes are not those it was sealed with."""


@lru_cache(maxsize=8)
def _cipher(key: bytes, label: bytes) -> AESGCM:
    return AESGCM(HKDF(SHA256(), 32, salt=None, info=label).derive(key))


def _bound(*parts: str) -> bytes:
    """Associated data: each part with its length before it, so that no two lists are alike."""
    encoded = [part.encode() for part in parts]
    return b"".join(struct.pack(">I", len(part)) + part for part in encoded)


def _seal(label: bytes, plain: bytes, bound: bytes) -> bytes:
    nonce = os.urandom(_NONCE_BYTES)
    return _VERSION + nonce + _cipher(settings.SEALING_KEY, label).encrypt(nonce, plain, bound)


def _open(label: bytes, sealed: bytes, bound: bytes) -> bytes:
    if len(sealed) < _SHORTEST or sealed[:1] != _VERSION:
        raise EnclosureDoesNotOpen
    nonce, rest = sealed[1 : 1 + _NONCE_BYTES], sealed[1 + _NONCE_BYTES :]
    try:
        return _cipher(settings.SEALING_KEY, label).decrypt(nonce, rest, bound)
    except InvalidTag:
        raise EnclosureDoesNotOpen from None


_ENCLOSURE = b"hustings enclosure v1"
_STAFF_SECRET = b"hustings staff secret v1"
_KEPT_FILE = b"hustings kept file v1"


def seal_enclosure(plain: bytes, *, purpose: str, recipient: str, attempt: int) -> bytes:
    """Encrypt what goes into one letter, bound to that letter."""
    return _seal(_ENCLOSURE, plain, _bound(purpose, recipient, str(attempt)))


def open_enclosure(sealed: bytes, *, purpose: str, recipient: str, attempt: int) -> bytes:
    """Decrypt it again. Raises EnclosureDoesNotOpen."""
    return _open(_ENCLOSURE, bytes(sealed), _bound(purpose, recipient, str(attempt)))


def seal_enclosures(
    rows: Iterable[tuple[str, bytes]], *, purpose: str, attempt: int
) -> Iterator[tuple[str, bytes]]:
    """Encrypt for many recipients, lazily: rows of (recipient, plain) → (recipient, sealed)."""
    for recipient, plain in rows:
        yield recipient, seal_enclosure(
            plain, purpose=purpose, recipient=recipient, attempt=attempt
        )


def seal_staff_secret(text: str) -> str:
    """Encrypt a staff member's TOTP secret or recovery seed, as hexadecimal digits."""
    return _seal(_STAFF_SECRET, text.encode(), b"").hex()


def open_staff_secret(sealed: str) -> str:
    try:
        raw = bytes.fromhex(sealed)
    except ValueError:
        raise EnclosureDoesNotOpen from None
    return _open(_STAFF_SECRET, raw, b"").decode()


def seal_piece(plain: bytes, *, file: str, place: int) -> bytes:
    """Encrypt one piece of a file that is kept, bound to that file and to its place in it."""
    return _seal(_KEPT_FILE, plain, _bound(file, str(place)))


def open_piece(sealed: bytes, *, file: str, place: int) -> bytes:
    """Decrypt it again. Raises EnclosureDoesNotOpen."""
    return _open(_KEPT_FILE, sealed, _bound(file, str(place)))
