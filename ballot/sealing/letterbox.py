"""A file that one party alone can read: what the server hands to an outside issuer.

Source: RFC 7748 (X25519), RFC 5869 (HKDF), RFC 8439 (ChaCha20-Poly1305), and STREAM (Hoang,
Reyhanitabar, Rogaway and Vizar 2015): the file is cut into chunks, each with its place in the
nonce and a mark on the last, so that it can be written and read in one pass and none can be left
out, moved or cut off.  Whoever knows the recipient's public key can make one: it tells nothing of
who wrote it.  The file's mark, the sender's one-time key, does: people compare it (issuer §3).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import BinaryIO, Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from ballot.canonical import LABEL
from ballot.sealing.errors import Malformed, ShareFileRejected
from ballot.sealing.scalars import Rng

CHUNK_BYTES: Final = 1 << 16
KEY: Final = 32
_TAG: Final = 16


def public_half(secret: bytes) -> bytes:
    """Give the key to be written to (32 bytes) of a secret to be read with (32 bytes)."""
    return X25519PrivateKey.from_private_bytes(secret).public_key().public_bytes_raw()


class Sender:
    """Writes one file to one reader; `mark` is known before the first byte."""

    def __init__(self, use: str, *, reader: bytes, rng: Rng) -> None:
        """use: the file's label without its prefix.  reader: their key, 32 bytes.

        Raises: Malformed "letterbox.key" where the key is none.
        """
        secret = X25519PrivateKey.from_private_bytes(rng(KEY))
        self.mark = secret.public_key().public_bytes_raw()
        self._use = use
        self._key = _file_key(use, secret, reader, mark=self.mark, reader=reader)

    def write(self, pieces: Iterable[bytes]) -> Iterator[bytes]:
        """Give the file's bytes, a chunk at a time, for pieces of any size."""
        yield _head(self._use) + self.mark
        cipher = ChaCha20Poly1305(self._key)
        held, number = bytearray(), 0
        for piece in pieces:
            held += piece
            while len(held) > CHUNK_BYTES:
                yield cipher.encrypt(_nonce(number), bytes(held[:CHUNK_BYTES]), None)
                del held[:CHUNK_BYTES]
                number += 1
        yield cipher.encrypt(_nonce(number, is_last=True), bytes(held), None)


class Reader:
    """Reads one file; `mark` is known once it is opened."""

    def __init__(self, use: str, file: BinaryIO, *, secret: bytes) -> None:
        """Raises: ShareFileRejected "letterbox.format" where it is no such file."""
        head = _head(use)
        begun = file.read(len(head) + KEY)
        if len(begun) != len(head) + KEY or begun[: len(head)] != head:
            raise ShareFileRejected("letterbox.format", expected=use)
        self.mark = begun[len(head) :]
        own = X25519PrivateKey.from_private_bytes(secret)
        try:
            self._key = _file_key(
                use, own, self.mark, mark=self.mark, reader=own.public_key().public_bytes_raw()
            )
        except Malformed as wrong:
            raise ShareFileRejected("letterbox.format", expected=use) from wrong
        self._file = file

    def read(self) -> Iterator[bytes]:
        """Give what was written, a chunk at a time.

        Raises: ShareFileRejected "letterbox.closed": another's, changed or cut off, no telling
                which.  What came before belongs to the file, but only all of it is the file.
        """
        cipher = ChaCha20Poly1305(self._key)
        number, chunk = 0, self._file.read(CHUNK_BYTES + _TAG)
        while True:
            following = self._file.read(CHUNK_BYTES + _TAG)
            nonce = _nonce(number, is_last=not following)
            try:
                yield cipher.decrypt(nonce, chunk, None)
            except InvalidTag as error:
                raise ShareFileRejected("letterbox.closed", chunk=number) from error
            if not following:
                return
            number, chunk = number + 1, following


def _head(use: str) -> bytes:
    return (LABEL + use + "\n").encode()


def _nonce(number: int, *, is_last: bool = False) -> bytes:
    return number.to_bytes(11, "big") + bytes([is_last])


def _file_key(
    use: str, secret: X25519PrivateKey, other: bytes, *, mark: bytes, reader: bytes
) -> bytes:
    try:
        common = secret.exchange(X25519PublicKey.from_public_bytes(other))
    except ValueError as wrong:
        raise Malformed("letterbox.key") from wrong
    salt = mark + reader
    return HKDF(SHA256(), 32, salt=salt, info=(LABEL + use).encode()).derive(common)
