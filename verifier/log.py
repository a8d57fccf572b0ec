"""The log: its tiles and bundles of entries, held against the signed root (board §2, §4)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from verifier.bundle import Bundle, read_blob
from verifier.canonical import write
from verifier.failure import Failed
from verifier.kinds import BLOB
from verifier.notes import Checkpoint
from verifier.tree import HASH_BYTES, leaf_hash, root_of

TILE_WIDTH = 256
LARGEST_ENTRY_BYTES = 65_535
# Of an entry beside the log, and of all: JSON that is read takes some twenty times its bytes.
LARGEST_BODY_BYTES = 2**25
MOST_BODIES_BYTES = 2**28
LENGTH_BYTES = 2
LARGEST_BUNDLE_BYTES = TILE_WIDTH * (LENGTH_BYTES + LARGEST_ENTRY_BYTES)
WAITING = frozenset({"part", "profile", "lot", "count", "recount"})


@dataclass(slots=True)
class Log:
    """A log whose tiles and root hold.

    destroyed: the numbers of entries of no bytes; of each the tile has the leaf (board §2.6).
    bodies:   the whole bytes of each entry that the log holds by a stand-in, by its number; those
              that wait for a declaration that is not there are missing.
    declared: whether there is an entry of that kind.
    """

    bundle: Bundle
    checkpoint: Checkpoint
    leaves: list[bytes]
    destroyed: frozenset[int] = frozenset()
    bodies: dict[int, bytes] = field(default_factory=dict)
    declared: bool = False

    def held(self) -> Iterator[bytes]:
        """Yield what the log holds of each entry, in order; read anew, and compared again.

        Raises: Failed (file.*, bundle.length, bundle.hashes).
        """
        for start in range(0, self.checkpoint.size, TILE_WIDTH):
            width = min(TILE_WIDTH, self.checkpoint.size - start)
            entries = read_entries(self.bundle, start // TILE_WIDTH, width)
            if any(
                leaf_hash(entry) != self.leaves[number] if entry else number not in self.destroyed
                for number, entry in enumerate(entries, start)
            ):
                where = f"entries {start} to {start + width - 1}"
                raise Failed("bundle.hashes", where, "They changed while they were read.")
            yield from entries


def tile_path(level: str, number: int, width: int) -> str:
    """Return a tile's path (§4.1). level: in decimal, or `entries`."""
    groups: list[str] = []
    while True:
        number, last = divmod(number, 1000)
        groups.append(f"x{last:03d}" if groups else f"{last:03d}")
        if not number:
            break
    path = f"tile/{level}/{'/'.join(reversed(groups))}"
    return path if width == TILE_WIDTH else f"{path}.p/{width}"


def read_entries(bundle: Bundle, number: int, width: int) -> list[bytes]:
    """Return what a bundle of entries holds, each behind its length (§4.3).

    Raises: Failed (file.*, bundle.length).
    """
    path = tile_path("entries", number, width)
    content = bundle.read(path, LARGEST_BUNDLE_BYTES)
    entries, start = [], 0
    for _ in range(width):
        length = int.from_bytes(content[start : start + LENGTH_BYTES], "big")
        start += LENGTH_BYTES + length
        entries.append(content[start - length : start])
    if start != len(content):
        raise Failed("bundle.length", path, f"Its bytes are not those of {width} entries.")
    return entries


def read_log(bundle: Bundle, checkpoint: Checkpoint) -> Log:
    """Read all entries and tiles, and work the root out.

    Raises: Failed (file.*, bundle.*, tile.*, checkpoint.root, stand-in, blob.*).
    """
    leaves: list[bytes] = []
    destroyed: list[int] = []
    for start in range(0, checkpoint.size, TILE_WIDTH):
        width = min(TILE_WIDTH, checkpoint.size - start)
        entries = read_entries(bundle, start // TILE_WIDTH, width)
        leaves += _leaves(bundle, start // TILE_WIDTH, entries)
        destroyed += [number for number, entry in enumerate(entries, start) if not entry]
    _check_tiles(bundle, leaves)
    if root_of(leaves) != checkpoint.root:
        raise Failed("checkpoint.root", "the log", "The entries have another root than was signed.")
    log = Log(bundle, checkpoint, leaves, frozenset(destroyed))
    _read_stand_ins(log)
    return log


def _leaves(bundle: Bundle, number: int, entries: list[bytes]) -> list[bytes]:
    """Return the leaves of a bundle's entries; of one that was destroyed, the tile's (§2.6).

    The root is worked out from these, so that a leaf is as good as the signature over the root.
    """
    if all(entries):
        return [leaf_hash(entry) for entry in entries]
    path = tile_path("0", number, len(entries))
    tile = bundle.read(path, HASH_BYTES * TILE_WIDTH)
    if len(tile) != HASH_BYTES * len(entries):
        raise Failed("tile.length", path, f"It has {len(tile)} bytes.")
    return [
        leaf_hash(entry) if entry else tile[HASH_BYTES * place : HASH_BYTES * (place + 1)]
        for place, entry in enumerate(entries)
    ]


def _check_tiles(bundle: Bundle, leaves: list[bytes]) -> None:
    """Check each tile of each level against the hashes below it: equation (6)."""
    hashes, level = leaves, 0
    while hashes:
        for start in range(0, len(hashes), TILE_WIDTH):
            row = hashes[start : start + TILE_WIDTH]
            path = tile_path(str(level), start // TILE_WIDTH, len(row))
            tile = bundle.read(path, HASH_BYTES * TILE_WIDTH)
            if len(tile) != HASH_BYTES * len(row):
                raise Failed("tile.length", path, f"It has {len(tile)} bytes.")
            if tile != b"".join(row):
                check = "tile.hashes" if level else "bundle.hashes"
                raise Failed(check, path, "Its hashes are not those of the entries below it.")
        full = len(hashes) // TILE_WIDTH
        hashes = [root_of(hashes[TILE_WIDTH * i : TILE_WIDTH * (i + 1)]) for i in range(full)]
        level += 1


# --- stand-ins (§2.3, §2.4) ---


def _read_stand_ins(log: Log) -> None:
    """Check that the log holds the right entries by stand-ins, and read those that may be read."""
    stand_ins: dict[int, bytes] = {}
    for number, held in enumerate(log.held()):
        entry = object_of(held)
        if entry.get("kind") == "declaration":
            log.declared = True
        if "body" in entry:
            stand_ins[number] = held
        elif entry.get("kind") in WAITING:
            why = "What waits for the declaration stands in the log by a stand-in alone."
            raise Failed("stand-in", f"entry {number}", why)
    left = MOST_BODIES_BYTES
    for number, held in stand_ins.items():
        if object_of(held).get("kind") not in WAITING or log.declared:
            log.bodies[number] = _read_body(log.bundle, held, left, f"entry {number}")
            left -= len(log.bodies[number])


def object_of(held: bytes) -> dict[str, Any]:
    """Return an entry's fields as far as they can be read; the check `entries` judges them."""
    try:
        entry = json.loads(held)
    except (ValueError, RecursionError):
        return {}
    return entry if isinstance(entry, dict) else {}


def _read_body(bundle: Bundle, held: bytes, most: int, where: str) -> bytes:
    """Return the entry that a stand-in is for: it has one, made again and compared.

    held: what the log holds; most: how many bytes the entry may have.
    """
    stand_in = object_of(held)
    body = stand_in["body"]
    if not is_blob(body):
        raise Failed("stand-in", where, "What it names is no blob.")
    if body["size_bytes"] > min(LARGEST_BODY_BYTES, most):
        raise Failed("entry.size", where, "It is larger than an entry may be, or all together.")
    content = read_blob(bundle, body, where)
    entry = object_of(content)
    entry.pop("content", None)
    if held != write({**entry, "body": body}, where):
        raise Failed("stand-in", where, "The stand-in is another entry's.")
    if stand_in.get("kind") not in WAITING and len(content) <= LARGEST_ENTRY_BYTES:
        raise Failed("stand-in", where, "An entry that is not too large stands in the log itself.")
    return content


def is_blob(named: object) -> bool:
    """Say whether this is what an entry says of bytes that it names (bundle §2.3)."""
    try:
        BLOB(named, "")
    except Failed:
        return False
    return True
