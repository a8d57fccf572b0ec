"""The board's tree: hashes, root, proofs of inclusion and of consistency (board §3)."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256
from typing import NamedTuple

from verifier.failure import Failed

HASH_BYTES = 32
EMPTY_ROOT = sha256(b"").digest()


def leaf_hash(entry: bytes) -> bytes:
    """Return equation (1)."""
    return sha256(b"\0" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return equation (2)."""
    return sha256(b"\1" + left + right).digest()


def level_above(hashes: Sequence[bytes]) -> list[bytes]:
    """Join neighbours; a last one without a neighbour goes up as it is."""
    joined = [node_hash(*hashes[i : i + 2]) for i in range(0, len(hashes) - 1, 2)]
    return joined + list(hashes[len(joined) * 2 :])


def root_of(leaves: Sequence[bytes]) -> bytes:
    """Return equation (3) of leaves' hashes, of 32 bytes each."""
    level = list(leaves)
    while len(level) > 1:
        level = level_above(level)
    return level[0] if level else EMPTY_ROOT


class Roots:
    """The roots of what a log began with, at any size, for as many hashes as the tree is high.

    Made of the leaves anew for each size, those of many `share-held` would take hours.
    """

    def __init__(self, leaves: Sequence[bytes]) -> None:
        self._levels = [list(leaves)]
        while len(self._levels[-1]) > 1:
            level = self._levels[-1]
            pairs = range(0, len(level) - 1, 2)
            self._levels.append([node_hash(*level[i : i + 2]) for i in pairs])

    def at(self, size: int) -> bytes:
        """Join the complete subtrees into which so many leaves fall, from the right (§3.2)."""
        root = b""
        for level in self._levels:
            if size & 1:
                left = level[size - 1]
                root = node_hash(left, root) if root else left
            size >>= 1
        return root or EMPTY_ROOT


class Inclusion(NamedTuple):
    """That the entry with this leaf is the one of this number in the tree of this size and root."""

    leaf: bytes
    number: int
    size: int
    root: bytes


def check_inclusion(said: Inclusion, proof: Sequence[bytes], where: str) -> None:
    """Check that an entry is in a tree (board §3.3).

    Raises: Failed (proof.index, proof.length, proof.root).
    """
    if not 0 <= said.number < said.size:
        why = f"The tree of {said.size} entries has no entry {said.number}."
        raise Failed("proof.index", where, why)
    b, a, r = said.number, said.size - 1, said.leaf
    for p in proof:
        if a == 0:
            raise Failed("proof.length", where, "The proof has too many hashes.")
        if b & 1 or b == a:
            r = node_hash(p, r)
            while not b & 1 and b:
                b, a = b >> 1, a >> 1
        else:
            r = node_hash(r, p)
        b, a = b >> 1, a >> 1
    if a:
        raise Failed("proof.length", where, "The proof has too few hashes.")
    if r != said.root:
        raise Failed("proof.root", where, "The proof leads to another root.")
