"""RFC 6962 §2.1 word for word, by recursion over lists of entries: slow, and shares nothing."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256


def split(count: int) -> int:
    """The largest power of two smaller than a count of at least 2."""
    power = 1
    while power * 2 < count:
        power *= 2
    return power


def head(entries: Sequence[bytes]) -> bytes:
    """MTH(D[n])."""
    if not entries:
        return sha256(b"").digest()
    if len(entries) == 1:
        return sha256(b"\x00" + entries[0]).digest()
    k = split(len(entries))
    return sha256(b"\x01" + head(entries[:k]) + head(entries[k:])).digest()


def path(m: int, entries: Sequence[bytes]) -> list[bytes]:
    """PATH(m, D[n])."""
    if len(entries) == 1:
        return []
    k = split(len(entries))
    if m < k:
        return [*path(m, entries[:k]), head(entries[k:])]
    return [*path(m - k, entries[k:]), head(entries[:k])]


def proof(m: int, entries: Sequence[bytes]) -> list[bytes]:
    """PROOF(m, D[n])."""
    return subproof(m, entries, is_whole=True)


def subproof(m: int, entries: Sequence[bytes], *, is_whole: bool) -> list[bytes]:
    """SUBPROOF(m, D[n], b)."""
    if m == len(entries):
        return [] if is_whole else [head(entries)]
    k = split(len(entries))
    if m <= k:
        return [*subproof(m, entries[:k], is_whole=is_whole), head(entries[k:])]
    return [*subproof(m - k, entries[k:], is_whole=False), head(entries[:k])]
