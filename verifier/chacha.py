"""ChaCha20-Poly1305 (RFC 8439), as a share is sealed under it in a dealing (§9.3): opening alone.

The key is used once, so the nonce is zeros; no other data is authenticated.
"""

from __future__ import annotations

import hmac
from struct import pack, unpack

KEY_BYTES = 32
TAG_BYTES = 16
NONCE = bytes(12)
WORD = 2**32 - 1
P1305 = 2**130 - 5
# r is clamped (RFC 8439 §2.5).
CLAMP = 0x0FFFFFFC0FFFFFFC0FFFFFFC0FFFFFFF
QUARTERS = (
    (0, 4, 8, 12), (1, 5, 9, 13), (2, 6, 10, 14), (3, 7, 11, 15),
    (0, 5, 10, 15), (1, 6, 11, 12), (2, 7, 8, 13), (3, 4, 9, 14),
)  # fmt: skip


def open_sealed(
    key: bytes, sealed: bytes, nonce: bytes = NONCE, other: bytes = b""
) -> bytes | None:
    """Return what was sealed under a key of 32 bytes; None, if it does not open (RFC 8439 §2.8)."""
    text, tag = sealed[:-TAG_BYTES], sealed[-TAG_BYTES:]
    one_time_key = _block(key, 0, nonce)[:32]
    authenticated = _padded(other) + _padded(text) + pack("<QQ", len(other), len(text))
    if not hmac.compare_digest(_poly1305(one_time_key, authenticated), tag):
        return None
    opened = bytearray()
    for number, start in enumerate(range(0, len(text), 64), 1):
        block = _block(key, number, nonce)
        opened += bytes(a ^ b for a, b in zip(text[start : start + 64], block, strict=False))
    return bytes(opened)


def _padded(content: bytes) -> bytes:
    return content + bytes(-len(content) % 16)


def _block(key: bytes, counter: int, nonce: bytes) -> bytes:
    """Return a block of 64 bytes of the key stream (RFC 8439 §2.3)."""
    start = [
        *unpack("<4I", b"expand 32-byte k"),
        *unpack("<8I", key),
        counter,
        *unpack("<3I", nonce),
    ]
    words = list(start)
    for _ in range(10):
        for quarter in QUARTERS:
            _mix_quarter(words, *quarter)
    return pack("<16I", *(a + b & WORD for a, b in zip(words, start, strict=True)))


def _mix_quarter(words: list[int], a: int, b: int, c: int, d: int) -> None:
    for x, y, z, turn in ((a, b, d, 16), (c, d, b, 12), (a, b, d, 8), (c, d, b, 7)):
        words[x] = words[x] + words[y] & WORD
        mixed = words[z] ^ words[x]
        words[z] = (mixed << turn | mixed >> 32 - turn) & WORD


def _poly1305(key: bytes, message: bytes) -> bytes:
    """Return the tag of a message (RFC 8439 §2.5)."""
    r = int.from_bytes(key[:16], "little") & CLAMP
    total = 0
    for start in range(0, len(message), 16):
        block = message[start : start + 16] + b"\1"
        total = (total + int.from_bytes(block, "little")) * r % P1305
    return (total + int.from_bytes(key[16:], "little") & 2**128 - 1).to_bytes(16, "little")
