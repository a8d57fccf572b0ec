"""The tree of hashes over the board's entries: roots, its right edge, proofs and their checks.

Source: RFC 6962 §2.1; RFC 9162 §2.1.3.2 and §2.1.4.2 for the checks. Spec: board §3.

A tree of 5 entries, with the complete subtrees that its right edge keeps in brackets:

        height 3              root
                             /    \\
        height 2         [ab·cd]   \\
                         /     \\    \\
        height 1       ab       cd   \\
                      /  \\     /  \\   \\
        height 0     a    b   c    d  [e]

Many hashes are held as one `bytes`, 32 for each, and never as an object each.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Final

from ballot.board.errors import Malformed, ProofRejected
from ballot.board.spelling import HASH_BYTES

EMPTY_ROOT: Final = sha256().digest()
_LEAF, _NODE = b"\x00", b"\x01"
_PAIR_BYTES: Final = 2 * HASH_BYTES

ReadNode = Callable[[int, int], bytes]
"""Gives the root of a complete subtree by its height and its number from the left, both from 0."""


def leaf_hash(entry: bytes) -> bytes:
    """Hash an entry (board §3.1). The first byte keeps entries and nodes apart."""
    return sha256(_LEAF + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Hash two subtrees' roots, 32 bytes each, into that of the subtree over both (board §3.1)."""
    return sha256(_NODE + left + right).digest()


def leaf_hashes(entries: Iterable[bytes]) -> bytes:
    """Hash entries, in order, into 32 bytes each, end to end."""
    return b"".join([sha256(_LEAF + entry).digest() for entry in entries])


def parents(hashes: bytes) -> bytes:
    """Hash neighbours into the level above. hashes: an even number of them."""
    starts = range(0, len(hashes), _PAIR_BYTES)
    return b"".join([sha256(_NODE + hashes[at : at + _PAIR_BYTES]).digest() for at in starts])


def root_of(hashes: bytes) -> bytes:
    """Give the root over leaf hashes, or over the roots of subtrees of one height (board §3.1).

    The last of these may be that of a smaller subtree: a node without a neighbour is carried up as
    it is, which gives the tree that RFC 6962 splits at the largest power of two.
    """
    if not hashes:
        return EMPTY_ROOT
    while len(hashes) > HASH_BYTES:
        odd = len(hashes) % _PAIR_BYTES
        hashes = parents(hashes[: len(hashes) - odd]) + hashes[len(hashes) - odd :]
    return hashes


@dataclass(frozen=True, slots=True)
class Edge:
    """The right edge of a tree: all that is needed to append to it and to give its root.

    size:   how many entries the tree has.
    hashes: the roots of its complete subtrees from the left, one for each bit set in `size`, the
            largest first; 32 bytes each, end to end.
    Spec:   board §3.2.
    """

    size: int = 0
    hashes: bytes = b""

    def __post_init__(self) -> None:
        if self.size < 0 or len(self.hashes) != self.size.bit_count() * HASH_BYTES:
            raise Malformed("tree.edge", size=self.size, octets=len(self.hashes))

    def root(self) -> bytes:
        """Give the root of the tree (RFC 6962 §2.1)."""
        if not self.size:
            return EMPTY_ROOT
        return _folded(_cut(self.hashes))

    def extended(self, leaves: bytes) -> Edge:
        """Give the edge after more entries. leaves: their leaf hashes, end to end."""
        if len(leaves) % HASH_BYTES:
            raise Malformed("tree.leaves", octets=len(leaves))
        held, kept = _cut(self.hashes), []
        level, height = leaves, 0
        while level or held:
            if self.size >> height & 1:
                level = held.pop() + level
            if len(level) % _PAIR_BYTES:
                kept.append(level[-HASH_BYTES:])
            level = parents(level[: len(level) - len(level) % _PAIR_BYTES])
            height += 1
        return Edge(self.size + len(leaves) // HASH_BYTES, b"".join(reversed(kept)))


def inclusion_proof(index: int, size: int, *, node: ReadNode) -> list[bytes]:
    """Prove that the entry at an index is in the tree of a size (board §3.3, RFC 6962 §2.1.1).

    index, size: from 0; 0 <= index < size.
    Gives: the siblings' hashes on the way up, the leaf's own first.
    """
    if not 0 <= index < size:
        raise Malformed("proof.index", index=index, size=size)
    proof, first, last = [], 0, size
    while last - first > 1:
        split = first + _largest_power_below(last - first)
        if index < split:
            proof.append(_range_root(split, last, node))
            last = split
        else:
            proof.append(_range_root(first, split, node))
            first = split
    return proof[::-1]


def consistency_proof(old: int, size: int, *, node: ReadNode) -> list[bytes]:
    """Prove that the tree of a size begins with that of an older size.

    old, size: 0 <= old <= size. The proof is empty when they are equal, and when `old` is 0.
    Spec:      board §3.4 (RFC 6962 §2.1.2).
    """
    if not 0 <= old <= size:
        raise Malformed("proof.sizes", old=old, size=size)
    if old == 0:
        return []
    proof, first, last = [], 0, size
    while last != old:
        split = first + _largest_power_below(last - first)
        if old <= split:
            proof.append(_range_root(split, last, node))
            last = split
        else:
            proof.append(_range_root(first, split, node))
            first = split
    if first:  # Else what is left is the whole old tree, whose root the checker has.
        proof.append(_range_root(first, last, node))
    return proof[::-1]


def check_inclusion(
    leaf: bytes, *, index: int, size: int, proof: Sequence[bytes], root: bytes
) -> None:
    """Check that an entry stands at an index in the tree of a size and a root.

    leaf:   the entry's leaf hash.
    Spec:   board §3.3 (RFC 9162 §2.1.3.2).
    Raises: ProofRejected: `proof.index`, `proof.hash`, `proof.length`, `proof.root`.
    """
    if not 0 <= index < size:
        raise ProofRejected("proof.index", index=index, size=size)
    _check_hashes(leaf, root, *proof)
    below, above = index, size - 1
    found = leaf
    for sibling in proof:
        if above == 0:
            raise ProofRejected("proof.length", hashes=len(proof))
        if below & 1 or below == above:
            found = node_hash(sibling, found)
            below, above = _past_zeros(below, above)
        else:
            found = node_hash(found, sibling)
        below, above = below >> 1, above >> 1
    if above != 0:
        raise ProofRejected("proof.length", hashes=len(proof))
    if found != root:
        raise ProofRejected("proof.root", index=index, size=size)


def check_consistency(
    *, old: int, old_root: bytes, size: int, root: bytes, proof: Sequence[bytes]
) -> None:
    """Check that the tree of a size and a root begins with the older one.

    Spec:   board §3.4 (RFC 9162 §2.1.4.2, and the two cases that it leaves out).
    Raises: ProofRejected: `proof.sizes`, `proof.hash`, `proof.length`, `proof.old-root` when the
            proof does not lead to the old root, `proof.root` when not to the new one.
    """
    if not 0 <= old <= size:
        raise ProofRejected("proof.sizes", old=old, size=size)
    _check_hashes(old_root, root, *proof)
    if old in (0, size):
        _check_plain(old, old_root, size, root, proof)
        return
    if not proof:
        raise ProofRejected("proof.length", hashes=0)
    path = [old_root, *proof] if old.bit_count() == 1 else list(proof)
    below, above = old - 1, size - 1
    while below & 1:
        below, above = below >> 1, above >> 1
    found_old = found = path[0]
    for sibling in path[1:]:
        if above == 0:
            raise ProofRejected("proof.length", hashes=len(proof))
        if below & 1 or below == above:
            found_old, found = node_hash(sibling, found_old), node_hash(sibling, found)
            below, above = _past_zeros(below, above)
        else:
            found = node_hash(found, sibling)
        below, above = below >> 1, above >> 1
    if above != 0:
        raise ProofRejected("proof.length", hashes=len(proof))
    if found_old != old_root:
        raise ProofRejected("proof.old-root", old=old, size=size)
    if found != root:
        raise ProofRejected("proof.root", old=old, size=size)


def _check_plain(
    old: int, old_root: bytes, size: int, root: bytes, proof: Sequence[bytes]
) -> None:
    """Check what needs no proof: nothing before, or nothing since."""
    if proof:
        raise ProofRejected("proof.length", hashes=len(proof))
    if old == 0 and old_root != EMPTY_ROOT:
        raise ProofRejected("proof.old-root", old=old, size=size)
    if old == size and old_root != root:
        raise ProofRejected("proof.root", old=old, size=size)


def _check_hashes(*hashes: bytes) -> None:
    """Refuse what is not 32 bytes: else one stretch of bytes could be cut in two in many ways."""
    if any(len(one) != HASH_BYTES for one in hashes):
        raise ProofRejected("proof.hash", octets=[len(one) for one in hashes])


def _past_zeros(below: int, above: int) -> tuple[int, int]:
    """Go up while the node on our way has no neighbour to the left (RFC 9162 §2.1.3.2, 4.b.ii)."""
    while below and not below & 1:
        below, above = below >> 1, above >> 1
    return below, above


def _largest_power_below(count: int) -> int:
    """Give the largest power of two below a count of 2 or more: where RFC 6962 splits."""
    return 1 << ((count - 1).bit_length() - 1)


def _range_root(first: int, last: int, node: ReadNode) -> bytes:
    """Give the root over the entries first .. last - 1, a subtree of the whole, maybe not full.

    It is cut into complete subtrees from the left, one for each bit set in how many there are.
    """
    pieces = []
    while first < last:
        height = (last - first).bit_length() - 1
        pieces.append(node(height, first >> height))
        first += 1 << height
    return _folded(pieces)


def _folded(roots: list[bytes]) -> bytes:
    """Join the roots of subtrees, each larger than the next, from the right."""
    *others, found = roots
    for left in reversed(others):
        found = node_hash(left, found)
    return found


def _cut(hashes: bytes) -> list[bytes]:
    return [hashes[at : at + HASH_BYTES] for at in range(0, len(hashes), HASH_BYTES)]
