"""The board as this trustee downloads it: signed, continued, its root recomputed, and kept.

Files stand in `board/` of the folder under their own paths (bundle §2.1).  A bundle of entries that
is full never changes, and is fetched once; the last one is fetched as it grows.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from hashlib import sha256
from typing import Final

from ballot.board.checkpoint import Checkpoint, open_checkpoint
from ballot.board.errors import BoardError
from ballot.board.note import LARGEST_NOTE, VerifierKey
from ballot.board.spelling import HASH_BYTES
from ballot.board.tiles import (
    ENTRIES,
    LARGEST_ENTRY,
    TILE_BYTES,
    WIDTH,
    Tile,
    TileNodes,
    read_bundle,
    tile_at,
)
from ballot.board.tree import Edge, check_consistency, consistency_proof, leaf_hashes
from ballot.trustee.errors import Refused, checking
from ballot.trustee.folder import Folder
from ballot.trustee.forms import BlobNamed
from ballot.trustee.server import Server

Progress = Callable[[int, int], None]
_KEPT: Final = "checkpoint"
_TRIES: Final = 3
_PAUSE_S: Final = 2.0
_LARGEST_BUNDLE: Final = WIDTH * (2 + LARGEST_ENTRY)


class BoardCopy:
    """A board under download.  What `refresh` has given was checked (trustees §5)."""

    def __init__(self, server: Server, folder: Folder, key: VerifierKey) -> None:
        self._server, self._folder, self._key = server, folder, key
        self._edge = Edge()
        self._last_bundle = "", b""
        self.checkpoint = Checkpoint(key.name, 0, self._edge.root())

    def refresh(self, progress: Progress | None = None) -> Iterator[bytes]:
        """Take the newest checkpoint; give what the log holds of each entry not given before.

        All is checked when this returns; what is given is read from the folder again, so that half
        a million entries need not be held at once.
        Spec:   board §3.4, §4.3, §6.3; trustees §5.
        Raises: Refused: those of the note and the checkpoint, "board.back", "board.fork",
                "board.entries"; Trouble.
        """
        found, note = self._newest()
        try:
            leaves = self._leaves_until(found, progress, kept=True)
        except Refused:
            # A file of the folder may be damaged: all is fetched anew before anybody is accused.
            leaves = self._leaves_until(found, progress, kept=False)
        first = self._edge.size
        self._edge = self._edge.extended(leaves)
        self._folder.write(_KEPT, note)
        self.checkpoint = found
        return self._held(first, leaves)

    def blob(self, named: BlobNamed, where: str) -> bytes:
        """Give bytes that an entry names, fetched once (bundle §2.3).

        Raises: Refused "blob.sha256"; Trouble.
        """
        path = f"blob/{named.sha256}"
        kept = self._folder.path(f"board/{path}")
        if not kept.exists():
            begun = kept.with_name(kept.name + ".part")
            self._server.save_board_file(path, begun, size=named.size_bytes)
            _require_blob(begun.read_bytes(), named, where, or_remove=begun.unlink)
            begun.replace(kept)
        content = kept.read_bytes()
        _require_blob(content, named, where, or_remove=kept.unlink)
        return content

    def _newest(self) -> tuple[Checkpoint, bytes]:
        """Give a checkpoint that continues the last, and its bytes; a cache may be a little old."""
        last = self._last()
        for attempt in range(1, _TRIES + 1):
            note = self._server.board_file("checkpoint", largest=LARGEST_NOTE)
            found = self._opened(note, "the checkpoint that the server gives")
            if last is None or found.size >= last.size:
                break
            if attempt == _TRIES:
                self._keep_evidence(note)
                why = (
                    f"The server shows {found.size} entries, and this folder has seen {last.size}. "
                    "A board only grows."
                )
                raise Refused("board.back", "the checkpoint", why)
            time.sleep(_PAUSE_S)
        if last is not None:
            self._require_continued(last, found, note)
        return found, note

    def _last(self) -> Checkpoint | None:
        kept = self._folder.read(_KEPT)
        return None if kept is None else self._opened(kept, "the checkpoint in the folder")

    def _opened(self, note: bytes, where: str) -> Checkpoint:
        with checking(where, f"It is not one that {self._key.name} signed."):
            return open_checkpoint(note, keys=[self._key])[0]

    def _require_continued(self, last: Checkpoint, found: Checkpoint, note: bytes) -> None:
        """Check by a proof from tiles that the board begins with what was seen (board §3.4)."""
        nodes = TileNodes(found.size, read=self._tile)
        try:
            proof = consistency_proof(last.size, found.size, node=nodes)
            check_consistency(
                old=last.size, old_root=last.root, size=found.size, root=found.root, proof=proof
            )
        except BoardError as error:
            self._keep_evidence(note)
            why = (
                f"The board of {found.size} entries does not begin with the {last.size} that this "
                f"folder has seen. Both signed checkpoints are kept in evidence/. ({error})"
            )
            raise Refused("board.fork", "the checkpoint", why) from error

    def _tile(self, tile: Tile) -> bytes:
        return self._server.board_file(tile.path, largest=TILE_BYTES)

    def _keep_evidence(self, note: bytes) -> None:
        name = sha256(note).hexdigest()[:16]
        self._folder.write(f"evidence/checkpoint-{name}", note)
        self._folder.write(f"evidence/before-{name}", self._folder.read(_KEPT) or b"")

    def _leaves_until(
        self, found: Checkpoint, progress: Progress | None, *, kept: bool
    ) -> bytes:
        """Read on from where the last refresh stopped, and compare the root (board §3.1).

        Gives the leaf hashes of the entries since, end to end.
        """
        first = self._edge.size
        leaves = []
        for number in range(first // WIDTH, -(-found.size // WIDTH)):
            entries = self._bundle(tile_at(ENTRIES, number, size=found.size), kept=kept)
            leaves.append(leaf_hashes(entries[max(0, first - number * WIDTH) :]))
            if progress is not None:
                progress(min((number + 1) * WIDTH, found.size), found.size)
        fresh = b"".join(leaves)
        if self._edge.extended(fresh).root() != found.root:
            why = "The entries that the server gives do not have the root that the board signed."
            raise Refused("board.entries", f"entries {first} to {found.size - 1}", why)
        return fresh

    def _held(self, first: int, leaves: bytes) -> Iterator[bytes]:
        """Give the entries of these leaves, the first of them by its number."""
        size = first + len(leaves) // HASH_BYTES
        for number in range(first // WIDTH, -(-size // WIDTH)):
            start = max(first, number * WIDTH)
            entries = self._bundle(tile_at(ENTRIES, number, size=size), kept=True)
            entries = entries[start - number * WIDTH :]
            at = (start - first) * HASH_BYTES
            if leaf_hashes(entries) != leaves[at : at + len(entries) * HASH_BYTES]:
                why = "They changed in the folder while they were read: run the command again."
                raise Refused("board.entries", f"entries from {start} on", why)
            yield from entries

    def _bundle(self, tile: Tile, *, kept: bool) -> list[bytes]:
        """Give a bundle's entries: a full one from the folder, the last one from memory."""
        content = self._kept_bundle(tile) if kept else None
        if content is None:
            content = self._server.board_file(tile.path, largest=_LARGEST_BUNDLE)
            if tile.width == WIDTH:
                self._folder.write(f"board/{tile.path}", content)
            else:
                self._last_bundle = tile.path, content
        with checking(tile.path, "It does not hold the entries that it says."):
            return read_bundle(content, width=tile.width)

    def _kept_bundle(self, tile: Tile) -> bytes | None:
        if tile.width == WIDTH:
            return self._folder.read(f"board/{tile.path}")
        path, content = self._last_bundle
        return content if path == tile.path else None


def _require_blob(
    content: bytes, named: BlobNamed, where: str, *, or_remove: Callable[[], None]
) -> None:
    if len(content) != named.size_bytes or sha256(content).hexdigest() != named.sha256:
        or_remove()
        why = f"The bytes that it names, {named.sha256}, are not those that the server gives."
        raise Refused("blob.sha256", where, why)
