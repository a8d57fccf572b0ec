"""All that is public of a board, as files: what a folder, a zip and a file server hold alike.

The paths are those under which the board is served (docs/spec/bundle.md). Nothing is in it that the
board does not show: what waits for the declaration is not there before.
"""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Final

from ballot.board.tiles import Tile, tiles_between
from ballot.canonical import read_canonical
from ballot.destruction import was_emptied
from ballot.mapping.blobs import blobs_named
from ballot.mapping.entry import WITHHELD, log_entry
from ballot.models import Blob, Checkpoint, Election, Entry
from ballot.published import note_of, tile_octets
from ballot.selectors import read_blob

_ALWAYS: Final = (1980, 1, 1, 0, 0, 0)
"""A zip of the same board is the same bytes, whenever it is made."""


@dataclass(frozen=True, slots=True)
class BundleFile:
    """One file: its path, with slashes, and its bytes, a piece at a time."""

    path: str
    pieces: Callable[[], Iterator[bytes]]


def bundle_files(checkpoint: Checkpoint) -> Iterator[BundleFile]:
    """Every file of a board at a checkpoint; the checkpoint itself comes last.

    Who is killed while writing them has no checkpoint that promises files which are not there.
    """
    election, size = checkpoint.election, checkpoint.size
    for tile in tiles_between(0, size):
        yield BundleFile(tile.path, lambda tile=tile: iter([_tile(election, tile, size)]))  # type: ignore[misc]
    named: set[str] = set()
    for name, pieces in _blobs(election, size):
        if name not in named:
            named.add(name)
            yield BundleFile(f"blob/{name}", pieces)
    yield BundleFile("checkpoint", lambda: iter([note_of(checkpoint).octets()]))


def _tile(election: Election, tile: Tile, size: int) -> bytes:
    octets = tile_octets(election, tile, size=size)
    if octets is None:
        raise LookupError(f"{tile.path} is not among the tiles of {size} entries")
    return octets


def _blobs(
    election: Election, size: int
) -> Iterator[tuple[str, Callable[[], Iterator[bytes]]]]:
    """What the entries name by its hash, and the entries that the log has by theirs alone."""
    entries = Entry.objects.filter(election=election, ballot__isnull=True, number__lt=size)
    for kind, stored in entries.order_by("number").values_list("kind", "body"):
        if kind in WITHHELD and not election.stage.is_declared:
            continue
        body = bytes(stored)
        if not body:
            # It was destroyed: the log has its leaf, and the bundle of entries no bytes for it.
            continue
        if log_entry(kind, body) != body:
            yield sha256(body).hexdigest(), lambda body=body: iter([body])  # type: ignore[misc]
        said: Any = read_canonical(body)
        for named in blobs_named(said["content"]):
            blob = Blob.objects.get(sha256=bytes.fromhex(named.sha256))
            if was_emptied(blob):
                continue
            yield named.sha256, lambda blob=blob: read_blob(blob)  # type: ignore[misc]


class _Tray:
    """A file that only takes: what was written since it was last emptied."""

    def __init__(self) -> None:
        self._written: list[bytes] = []

    def write(self, octets: bytes) -> int:
        self._written.append(bytes(octets))
        return len(octets)

    def flush(self) -> None:
        """Nothing is held back."""

    def emptied(self) -> bytes:
        octets, self._written = b"".join(self._written), []
        return octets


def bundle_zip(checkpoint: Checkpoint) -> Iterator[bytes]:
    """The files as one zip, not compressed (what is sealed does not shrink), a piece at a time."""
    tray = _Tray()
    with zipfile.ZipFile(tray, "w", zipfile.ZIP_STORED) as archive:  # type: ignore[call-overload]
        for file in bundle_files(checkpoint):
            entry = zipfile.ZipInfo(file.path, _ALWAYS)
            with archive.open(entry, "w", force_zip64=True) as inside:
                for piece in file.pieces():
                    inside.write(piece)
                    yield tray.emptied()
    yield tray.emptied()
