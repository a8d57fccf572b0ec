"""A board that may be changed at one place and signed again, as its keeper could do.

What a change leaves undone decides which check has to catch it. `signed` makes the tree, the tiles
and the checkpoint anew, so that the log is in order and only what it says can be wrong; `linked`
also names the changed entries anew in the opening, and has the trustees show anew that they hold
their shares, as it would be if the board had said so before the poll.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from copy import deepcopy
from dataclasses import dataclass, field, replace
from hashlib import sha256
from typing import Any

from ballot.board.checkpoint import Checkpoint, sign_checkpoint
from ballot.board.note import SigningKey
from ballot.board.tiles import (
    ENTRIES,
    RightTiles,
    read_bundle,
    tile_at,
    tiles_between,
    write_bundle,
)
from ballot.board.tree import leaf_hash, leaf_hashes
from ballot.canonical import canonical, read_canonical
from ballot.mapping.entry import log_entry
from ballot.sealing.keys import KeyShare
from ballot.sealing.sharefile import prove_share
from verifier.tree import root_of

Entry = dict[str, Any]
Files = dict[str, bytes]
NAMED = ("notice", "candidates", "roll", "key", "credentials")


@dataclass(frozen=True)
class Board:
    """The entries in full, in their order, and the blobs that they name, by hash.

    shares: the trustees', by number.
    """

    entries: list[Entry]
    blobs: dict[str, bytes]
    key: SigningKey
    shares: Mapping[int, KeyShare] = field(default_factory=dict, repr=False)

    @classmethod
    def read(
        cls, files: Files, *, key: SigningKey, shares: Mapping[int, KeyShare] | None = None
    ) -> Board:
        """Read a board of at most 256 entries out of its bundle."""
        blobs = {path[5:]: octets for path, octets in files.items() if path.startswith("blob/")}
        (width,) = (int(path.rpartition("/")[2]) for path in files if path.startswith("tile/entr"))
        path = tile_at(ENTRIES, 0, size=width).path
        entries: list[Any] = []
        for logged in read_bundle(files[path], width=width):
            entry: Any = read_canonical(logged)
            entries.append(read_canonical(blobs[entry["body"]["sha256"]]) if "body" in entry
                           else entry)  # fmt: skip
        return cls(entries, blobs, key, shares or {})

    # --- looking ---

    def numbers(self, kind: str) -> list[int]:
        """Where the entries of a kind stand."""
        return [number for number, entry in enumerate(self.entries) if entry["kind"] == kind]

    def at(self, kind: str, which: int = 0) -> int:
        return self.numbers(kind)[which]

    def content(self, kind: str, which: int = 0) -> Any:
        return self.entries[self.at(kind, which)]["content"]

    def blob(self, named: Any) -> bytes:
        return self.blobs[named["sha256"]]

    # --- changing ---

    def edited(self, kind: str, change: Callable[[Any], object], which: int = 0) -> Board:
        """Change an entry's content."""
        return self.reframed(kind, lambda entry: change(entry["content"]), which)

    def reframed(self, kind: str, change: Callable[[Any], object], which: int = 0) -> Board:
        """Change an entry, its frame and all."""
        entries = deepcopy(self.entries)
        change(entries[self.at(kind, which)])
        return replace(self, entries=entries)

    def told(
        self, kind: str, change: Callable[[bytes], bytes], *path: Any, which: int = 0
    ) -> Board:
        """Change the bytes of the blob that an entry names, and name what has become of them.

        path: where in the content the blob is named.
        """
        named = self.content(kind, which)
        for step in path:
            named = named[step]
        board, name = self.with_blob(change(self.blob(named)))

        def rename(content: Any) -> None:
            place = content
            for step in path[:-1]:
                place = place[step]
            place[path[-1]] = name

        return board.edited(kind, rename, which)

    def with_blob(self, octets: bytes) -> tuple[Board, Any]:
        """Add a blob; return what an entry says of it, too."""
        name = sha256(octets).hexdigest()
        board = replace(self, blobs=self.blobs | {name: octets})
        return board, {"sha256": name, "size_bytes": len(octets)}

    def in_order(self, order: list[int]) -> Board:
        """Take these entries in this order, and number them anew, wherever they are numbered."""
        entries = [deepcopy(self.entries[number]) for number in order]
        became = {old: new for new, old in enumerate(order)}
        for number, entry in enumerate(entries):
            entry["number"] = number
            if entry["kind"] in {"set-aside", "ballots-stand"}:
                for one in entry["content"]["ballots"]:
                    one["entry"] = became.get(one["entry"], one["entry"])
            if entry["kind"] == "share-held":
                # The board that was asked with ends with the same entry as before.
                last = entry["content"]["size"] - 1
                entry["content"]["size"] = became.get(last, last) + 1
        return replace(self, entries=entries)

    def without(self, kind: str, which: int = 0) -> Board:
        left_out = self.at(kind, which)
        return self.in_order([n for n in range(len(self.entries)) if n != left_out])

    def doubled(self, kind: str, which: int = 0) -> Board:
        """Let an entry stand twice, one after the other."""
        order = list(range(len(self.entries)))
        number = self.at(kind, which)
        return self.in_order([*order[: number + 1], *order[number:]])

    def moved(self, number: int, to: int) -> Board:
        """Take an entry out of its place, and put it before the one that stands at another."""
        order = [n for n in range(len(self.entries)) if n != number]
        place = order.index(to)
        return self.in_order([*order[:place], number, *order[place:]])

    def shown(self) -> Board:
        """Let every trustee show upon the board as it now is that they hold their share."""
        entries, leaves = deepcopy(self.entries), []
        for entry in entries:
            if entry["kind"] == "share-held":
                said = entry["content"]
                question = root_of(leaves[: said["size"]])
                share = self.shares[said["trustee"]]
                said["proof"] = prove_share(share, question=question, rng=os.urandom).hex()
            leaves.append(_digest(entry))
        return replace(self, entries=entries)

    def linked(self) -> Board:
        """Name in the opening what now stands before it, and let the trustees show their shares."""
        return self.shown().named()

    def named(self) -> Board:
        """Name in the opening what now stands before it."""
        opening = self.at("opening")
        first = max(number for number in self.numbers("roll") if number < opening)
        digests = {entry["kind"]: _digest(entry).hex() for entry in self.entries[:opening]
                   if entry["kind"] in NAMED}  # fmt: skip
        amendments = [_digest(entry).hex() for entry in self.entries[first:opening]
                      if entry["kind"] == "amendment"]  # fmt: skip

        def name(content: Any) -> None:
            content["entries"], content["amendments"] = digests, amendments

        return self.edited("opening", name)

    # --- signing ---

    def signed(self) -> Files:
        """Write the bundle of this board, in order and signed by its key."""
        whole = [canonical(entry) for entry in self.entries]
        logged = [_logged(entry) for entry in self.entries]
        apart = {sha256(body).hexdigest(): body for body in set(whole) - set(logged)}
        blobs = self.blobs | apart
        return bundle_of(logged, blobs, key=self.key)


def bundle_of(logged: list[bytes], blobs: dict[str, bytes], *, key: SigningKey) -> Files:
    """Write a bundle from what its log holds."""
    size = len(logged)
    right, written = RightTiles().extended(leaf_hashes(logged))
    files = {tile.path: hashes for tile, hashes in written}
    for tile in tiles_between(0, size):
        if tile.level == ENTRIES:
            first = tile.number * 256
            files[tile.path] = write_bundle(logged[first : first + tile.width])
    files |= {f"blob/{name}": octets for name, octets in blobs.items()}
    note = sign_checkpoint(Checkpoint(key.name, size, right.root()), key=key)
    return files | {"checkpoint": note.octets()}


def _logged(entry: Entry) -> bytes:
    return log_entry(entry["kind"], canonical(entry))


def _digest(entry: Entry) -> bytes:
    return leaf_hash(_logged(entry))


# --- changes of a value within an entry ---


def put(*path: Any, to: Any) -> Callable[[Any], None]:
    """Set what stands at a path, to a value or to what a function makes of it."""

    def change(content: Any) -> None:
        place = content
        for step in path[:-1]:
            place = place[step]
        place[path[-1]] = to(place[path[-1]]) if callable(to) else to

    return change


def drop(*path: Any) -> Callable[[Any], None]:
    """Take out what stands at a path."""

    def change(content: Any) -> None:
        place = content
        for step in path[:-1]:
            place = place[step]
        del place[path[-1]]

    return change


def more(figure: int) -> int:
    return figure + 1


def other(text: str) -> str:
    """Change the first digit of hexadecimal."""
    return f"{int(text[0], 16) ^ 1:x}{text[1:]}"


def turned(content: bytes, at: int = -1) -> bytes:
    """Turn the last bit of the byte at a place."""
    changed = bytearray(content)
    changed[at] ^= 1
    return bytes(changed)


def exchanged(*places: int, size: int) -> Callable[[bytes], bytes]:
    """Let two pieces of a size change places, counted from 0."""

    def change(content: bytes) -> bytes:
        pieces = [content[start : start + size] for start in range(0, len(content), size)]
        first, second = places
        pieces[first], pieces[second] = pieces[second], pieces[first]
        return b"".join(pieces)

    return change
