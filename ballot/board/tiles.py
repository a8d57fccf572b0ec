"""The tree and the entries cut into tiles: immutable files of 256 hashes, or entries, each.

Source: C2SP tlog-tiles. Spec: board §4. A tile of level l holds the roots of complete subtrees over
256**l entries each: level 0 the leaf hashes, level 1 the root of each full tile of level 0, and so
on. The last tile of a level may be partial; it is no part of the level above until it is full. A
bundle holds the entries themselves, beside the tile of level 0 with the same number.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from ballot.board.errors import Malformed
from ballot.board.spelling import HASH_BYTES, LARGEST
from ballot.board.tree import EMPTY_ROOT, leaf_hashes, root_of

WIDTH: Final = 256
TILE_BYTES: Final = WIDTH * HASH_BYTES
LARGEST_ENTRY: Final = 65_535
ENTRIES: Final = -1
"""The level under which the bundles of entries are named."""

_HEIGHT: Final = 8  # 2**8 = WIDTH
_LARGEST_LEVEL: Final = 63
_LENGTH_BYTES: Final = 2
_PATH = re.compile(
    r"tile/(entries|0|[1-9][0-9]?)/((?:x[0-9]{3}/)*)([0-9]{3})(?:\.p/([1-9][0-9]{0,2}))?"
)


@dataclass(frozen=True, slots=True)
class Tile:
    """The name of a tile, or of a bundle.

    level:  0 to 63, or ENTRIES for a bundle.
    number: from 0, from the left.
    width:  how many hashes, or entries, it holds: 1 to 256.
    Spec:   board §4.1.
    """

    level: int
    number: int
    width: int = WIDTH

    def __post_init__(self) -> None:
        is_level = ENTRIES <= self.level <= _LARGEST_LEVEL
        if not (is_level and 0 <= self.number <= LARGEST and 1 <= self.width <= WIDTH):
            raise Malformed("tile.name", level=self.level, number=self.number, width=self.width)

    @property
    def path(self) -> str:
        """Where it is served, under the board's prefix: `tile/0/x001/234.p/5`."""
        level = "entries" if self.level == ENTRIES else str(self.level)
        digits, rest = f"{self.number % 1000:03d}", self.number // 1000
        while rest:
            digits, rest = f"x{rest % 1000:03d}/{digits}", rest // 1000
        part = "" if self.width == WIDTH else f".p/{self.width}"
        return f"tile/{level}/{digits}{part}"


def read_path(path: str) -> Tile:
    """Read a path in its one spelling.

    Raises: Malformed `tile.path`.
    """
    match = _PATH.fullmatch(path)
    if match is None:
        raise Malformed("tile.path", path=path[:80])
    level, before, last, width = match.groups()
    number = int(re.sub("[x/]", "", before) + last)
    try:
        tile = Tile(
            ENTRIES if level == "entries" else int(level), number, int(width) if width else WIDTH
        )
    except Malformed as error:
        raise Malformed("tile.path", path=path[:80]) from error
    if tile.path != path:
        raise Malformed("tile.path", path=path[:80])
    return tile


ReadTile = Callable[[Tile], bytes]
"""Gives the bytes of a tile, or those of a wider one with the same level and number."""


def tile_at(level: int, number: int, *, size: int) -> Tile:
    """Name a tile as wide as it is in the tree of a size (board §4.2).

    Raises: Malformed `tile.absent` when a tree of that size has no such tile.
    """
    width = min(WIDTH, _hashes(level, size) - number * WIDTH)
    if number < 0 or width < 1:
        raise Malformed("tile.absent", level=level, number=number, size=size)
    return Tile(level, number, width)


def tiles_between(old: int, size: int) -> Iterator[Tile]:
    """Name the tiles and bundles of the tree of a size that the tree of an older size has not.

    old, size: 0 <= old <= size; all the tiles of a tree are those between 0 and its size.
    Order:     bundles, then the tiles level by level from below, each from the left (board §4.4).
    """
    if not 0 <= old <= size:
        raise Malformed("proof.sizes", old=old, size=size)
    for level in (ENTRIES, *_levels(size)):
        before, now = _hashes(level, old), _hashes(level, size)
        if now == before:
            return
        for number in range(before // WIDTH, -(-now // WIDTH)):
            yield tile_at(level, number, size=size)


@dataclass(frozen=True, slots=True)
class RightTiles:
    """The partial tiles of a tree: all that is needed to append to it, tile by tile.

    size:    how many entries the tree has.
    partial: for each level from 0, the hashes of its partial tile, end to end; none where the
             level ends in a full tile.
    Spec:    board §4.4.
    """

    size: int = 0
    partial: tuple[bytes, ...] = ()

    def __post_init__(self) -> None:
        held = [len(hashes) for hashes in self.partial]
        if held != [_hashes(level, self.size) % WIDTH * HASH_BYTES for level in _levels(self.size)]:
            raise Malformed("tile.right", size=self.size, octets=held)

    def root(self) -> bytes:
        """Give the root of the tree: each level's hashes, and to their right what is below."""
        root = b""
        for hashes in self.partial:
            if hashes:
                root = root_of(hashes + root)
        return root or EMPTY_ROOT

    def extended(self, leaves: bytes) -> tuple[RightTiles, list[tuple[Tile, bytes]]]:
        """Append entries; give the new right side, and each tile that is new or wider.

        leaves: the entries' leaf hashes, end to end.
        """
        if len(leaves) % HASH_BYTES:
            raise Malformed("tree.leaves", octets=len(leaves))
        partial, written = list(self.partial), []
        level, added = 0, leaves
        while added:
            if level == len(partial):
                partial.append(b"")
            number = _hashes(level, self.size) // WIDTH
            cut = _cut(partial[level] + added, size=TILE_BYTES)
            written += [
                (Tile(level, number + at, len(hashes) // HASH_BYTES), hashes)
                for at, hashes in enumerate(cut)
            ]
            partial[level] = cut.pop() if len(cut[-1]) < TILE_BYTES else b""
            added = b"".join([root_of(hashes) for hashes in cut])
            level += 1
        return RightTiles(self.size + len(leaves) // HASH_BYTES, tuple(partial)), written


def read_right(size: int, *, read: ReadTile) -> RightTiles:
    """Read the right side of a tree out of its tiles, to go on appending."""
    partial = []
    for level in _levels(size):
        number, width = divmod(_hashes(level, size), WIDTH)
        partial.append(_read_hashes(Tile(level, number, width), read) if width else b"")
    return RightTiles(size, tuple(partial))


class TileNodes:
    """Reads the nodes of a tree out of its tiles: the `node` of `tree`'s two proofs (board §4.5).

    A tile is asked for once. What the reader gives is believed: whoever takes a proof checks it.
    """

    def __init__(self, size: int, *, read: ReadTile) -> None:
        self._size = size
        self._read = read
        self._tiles: dict[tuple[int, int], bytes] = {}

    def __call__(self, height: int, number: int) -> bytes:
        """Give the root of the complete subtree of a height, by its number from the left."""
        level, above = divmod(height, _HEIGHT)
        count = 1 << above
        tile, place = divmod(number * count, WIDTH)
        stretch = self._hashes(level, tile)[place * HASH_BYTES : (place + count) * HASH_BYTES]
        if len(stretch) != count * HASH_BYTES:
            raise Malformed("tile.absent", level=level, number=tile, size=self._size)
        return root_of(stretch)

    def _hashes(self, level: int, number: int) -> bytes:
        key = level, number
        if key not in self._tiles:
            self._tiles[key] = _read_hashes(tile_at(level, number, size=self._size), self._read)
        return self._tiles[key]


def write_bundle(entries: Iterable[bytes]) -> bytes:
    """Write entries behind their lengths, two bytes each, big-endian (board §4.3).

    Raises: Malformed `entry.size` for an entry over 65,535 bytes.
    """
    pieces = []
    for entry in entries:
        if len(entry) > LARGEST_ENTRY:
            raise Malformed("entry.size", octets=len(entry))
        pieces += [len(entry).to_bytes(_LENGTH_BYTES, "big"), entry]
    return b"".join(pieces)


def read_bundle(octets: bytes, *, width: int) -> list[bytes]:
    """Read the entries of a bundle that holds so many.

    Raises: Malformed `bundle.length` when there are more, fewer, or half an entry.
    """
    entries, at = [], 0
    while at < len(octets):
        first = at + _LENGTH_BYTES
        at = first + int.from_bytes(octets[at:first], "big")
        if first > len(octets) or at > len(octets):
            raise Malformed("bundle.length", octets=len(octets))
        entries.append(octets[first:at])
    if len(entries) != width:
        raise Malformed("bundle.length", entries=len(entries), width=width)
    return entries


def check_bundle(entries: Iterable[bytes], hashes: bytes) -> None:
    """Check that entries are those of the tile of level 0 beside them.

    hashes: the tile's bytes.
    Raises: Malformed `bundle.hashes`.
    """
    if leaf_hashes(entries) != hashes:
        raise Malformed("bundle.hashes", octets=len(hashes))


def _read_hashes(tile: Tile, read: ReadTile) -> bytes:
    """Read a tile; of a wider one, what it held when it was as wide as asked."""
    octets = read(tile)
    wanted = tile.width * HASH_BYTES
    if not wanted <= len(octets) <= TILE_BYTES or len(octets) % HASH_BYTES:
        raise Malformed("tile.length", path=tile.path, octets=len(octets))
    return octets[:wanted]


def _hashes(level: int, size: int) -> int:
    """Count the hashes at a level of a tree: the complete subtrees over 256**level entries."""
    return size >> (_HEIGHT * max(level, 0))


def _levels(size: int) -> range:
    """Give the levels at which a tree of a size has a tile."""
    return range(-(-size.bit_length() // _HEIGHT))


def _cut(hashes: bytes, *, size: int) -> list[bytes]:
    return [hashes[at : at + size] for at in range(0, len(hashes), size)]
