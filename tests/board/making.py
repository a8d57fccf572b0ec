"""Boards made for a test: their entries, tiles, keys and checkpoints, all from fixed bytes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

import pytest

from ballot.board.checkpoint import Checkpoint, sign_checkpoint
from ballot.board.cosignature import WitnessSigningKey
from ballot.board.errors import BoardError
from ballot.board.note import Note, SigningKey
from ballot.board.tiles import (
    ENTRIES,
    WIDTH,
    RightTiles,
    Tile,
    TileNodes,
    tiles_between,
    write_bundle,
)
from ballot.board.tree import consistency_proof, inclusion_proof, leaf_hashes

ORIGIN = "votes.example/board/leader-2026"
MOMENT_S = 1_790_000_000


def seed(name: str) -> bytes:
    return sha256(name.encode()).digest()


def board_key(origin: str = ORIGIN) -> SigningKey:
    return SigningKey(origin, seed(origin))


def witness_key(name: str = "press.example/witness") -> WitnessSigningKey:
    return WitnessSigningKey(name, seed(name))


def some_entries(count: int, *, mark: str = "entry") -> list[bytes]:
    """Entries of lengths from 7 bytes on, no two alike."""
    return [f"{mark} {number}".encode() + b"." * (number % 5) for number in range(count)]


@dataclass
class Board:
    """A board that grows: its tiles and bundles as files, and its right side."""

    entries: list[bytes] = field(default_factory=list)
    files: dict[str, bytes] = field(default_factory=dict)
    right: RightTiles = field(default_factory=RightTiles)

    def append(self, entries: Sequence[bytes]) -> Board:
        old = len(self.entries)
        self.entries += entries
        self.right, written = self.right.extended(leaf_hashes(entries))
        self.files |= {tile.path: hashes for tile, hashes in written}
        for tile in tiles_between(old, len(self.entries)):
            if tile.level == ENTRIES:
                first = tile.number * WIDTH
                self.files[tile.path] = write_bundle(self.entries[first : first + tile.width])
        return self

    def read(self, tile: Tile) -> bytes:
        return self.files[tile.path]

    def nodes(self) -> TileNodes:
        return TileNodes(len(self.entries), read=self.read)

    def inclusion(self, index: int) -> list[bytes]:
        return inclusion_proof(index, len(self.entries), node=self.nodes())

    def consistency(self, old: int) -> list[bytes]:
        return consistency_proof(old, len(self.entries), node=self.nodes())

    def checkpoint(self) -> Checkpoint:
        return Checkpoint(ORIGIN, len(self.entries), self.right.root())

    def signed(self) -> Note:
        return sign_checkpoint(self.checkpoint(), key=board_key())


def board_of(count: int, *, mark: str = "entry") -> Board:
    return Board().append(some_entries(count, mark=mark))


def refusal(act: Any, *arguments: Any, **named: Any) -> str:
    """The condition with which an act is refused."""
    with pytest.raises(BoardError) as refused:
        act(*arguments, **named)
    return refused.value.condition


def flips(octets: bytes) -> list[bytes]:
    """The same bytes with one bit changed: one of each byte, another bit each time."""
    changed = []
    for at in range(len(octets)):
        mutable = bytearray(octets)
        mutable[at] ^= 1 << at % 8
        changed.append(bytes(mutable))
    return changed
