"""The board as it reads: its entries by kind, and its ballots in rows of bytes (bundle §3)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from ballot.board.errors import BoardError
from ballot.board.logged import stand_in
from ballot.board.tree import leaf_hash
from ballot.canonical import LABEL, NotCanonical, read_canonical
from ballot.sealing.ballot import CREDENTIAL, SIGNATURE, VOTE
from ballot.sealing.workers import Octets
from ballot.trustee.errors import Refused
from ballot.trustee.forms import BlobNamed, Form

VERSION: Final = LABEL.rstrip("/")
POINT: Final = 33
WAITING: Final = frozenset({"part", "profile", "lot", "count", "recount"})
"""Kinds of which the log has a stand-in alone before the declaration (board §2.3)."""
_FRAME: Final = {"at", "election", "kind", "number", "version"}
ReadBlob = Callable[[BlobNamed, str], bytes]


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry.  digest: its leaf hash (bundle §3.1); content: nothing where it waits."""

    number: int
    kind: str
    digest: bytes
    content: Form

    @property
    def where(self) -> str:
        """Its place, in words."""
        return self.content.where


@dataclass(frozen=True, slots=True)
class Ballots:
    """Ballots in the order of the board.

    wire:       (N, 96 + 131·contests), as docs/spec/sealing.md §6.2 lays them out.
    numbers:    (N,) of int64, their entries' numbers.
    challenged: every c1, and every c2, of challenged papers (bundle §4), which no ballot may have.
    """

    wire: Octets
    numbers: NDArray[np.int64]
    challenged: tuple[frozenset[bytes], frozenset[bytes]]

    def __len__(self) -> int:
        return len(self.wire)


class Record:
    """A board, read entry by entry; it grows.  election: its identifier, in text."""

    def __init__(self, election: str, *, blob: ReadBlob) -> None:
        self.election = election
        self._blob = blob
        self._entries: dict[str, list[Entry]] = {}
        self._rows = bytearray()
        self._numbers: list[int] = []
        self._challenged: tuple[set[bytes], set[bytes]] = (set(), set())
        self._width = 0
        self.size = 0

    def extend(self, held: Iterable[bytes]) -> None:
        """Read on: what the log holds of each further entry (bundle §3.1).

        Raises: Refused "json", "entry.form", "entry.frame", "stand-in"; those of the blobs.
        """
        for octets in held:
            self._read(octets)
            self.size += 1

    def all(self, *kinds: str) -> list[Entry]:
        """Give the entries of some kinds, in the order of the board."""
        found = [entry for kind in kinds for entry in self._entries.get(kind, [])]
        return sorted(found, key=lambda entry: entry.number)

    def last(self, kind: str) -> Entry | None:
        """Give the last entry of a kind; None where there is none."""
        entries = self._entries.get(kind)
        return entries[-1] if entries else None

    def newest(self, kind: str) -> Entry:
        """Give the last entry of a kind.  Raises: Refused "entry.missing"."""
        entry = self.last(kind)
        if entry is None:
            raise Refused("entry.missing", "the board", f"It has no entry of the kind {kind}.")
        return entry

    def only(self, kind: str) -> Entry:
        """Give the one entry of a kind.  Raises: Refused "entry.missing", "entry.twice"."""
        entry = self.newest(kind)
        if len(self._entries[kind]) > 1:
            raise Refused("entry.twice", entry.where, f"There is one {kind} already.")
        return entry

    def blob(self, named: BlobNamed, where: str) -> bytes:
        """Give the bytes that an entry names, held against their hash.

        Raises: Refused "blob.sha256".
        """
        return self._blob(named, where)

    @property
    def ballot_count(self) -> int:
        """How many ballots there are."""
        return len(self._numbers)

    def ballots(self) -> Ballots:
        """Give all ballots, in the order of the board."""
        wire = np.frombuffer(bytes(self._rows), np.uint8).reshape(len(self._numbers), self._width)
        c1, c2 = map(frozenset, self._challenged)
        return Ballots(wire, np.array(self._numbers, np.int64), (c1, c2))

    def _read(self, held: bytes) -> None:
        where = f"entry {self.size}"
        value = _parsed(held, where)
        frame = Form(value, where)
        self._require_frame(frame)
        kind = frame.text("kind")
        if "body" in value:
            if kind in WAITING:
                self._add(kind, leaf_hash(held), Form({}, f"{where} ({kind})"))
                return
            value = self._whole(frame.blob("body"), held, where)
        content = Form(value.get("content"), f"{where} ({kind})")
        if kind == "ballot":
            self._add_ballot(content)
        elif kind == "challenge":
            for vote in content.forms("votes"):
                for place, name in enumerate(("c1", "c2")):
                    self._challenged[place].add(vote.octets(name, POINT))
        else:
            self._add(kind, leaf_hash(held), content)

    def _require_frame(self, frame: Form) -> None:
        found = (frame.text("version"), frame.text("election"), frame.number("number"))
        if found != (VERSION, self.election, self.size):
            why = "Its version, its election or its number is another than it must be."
            raise Refused("entry.frame", frame.where, why)

    def _whole(self, named: BlobNamed, held: bytes, where: str) -> Any:
        """Give an entry that was too large for the log, which has its stand-in (board §2.4)."""
        body = self._blob(named, where)
        try:
            same = stand_in(body) == held
        except BoardError:
            same = False
        if not same:
            raise Refused("stand-in", where, "What stands in its place is another entry's.")
        return _parsed(body, where)

    def _add(self, kind: str, digest: bytes, content: Form) -> None:
        self._entries.setdefault(kind, []).append(Entry(self.size, kind, digest, content))

    def _add_ballot(self, content: Form) -> None:
        credential = content.octets("credential", CREDENTIAL)
        signature = content.octets("signature", SIGNATURE)
        row = b"".join([credential, *content.all_octets("votes", VOTE), signature])
        if self._numbers and len(row) != self._width:
            why = "It has votes for another number of contests than the ballots before it."
            raise Refused("ballot.length", content.where, why)
        self._width = len(row)
        self._rows += row
        self._numbers.append(self.size)


def _parsed(octets: bytes, where: str) -> dict[str, Any]:
    try:
        value = read_canonical(octets)
    except NotCanonical as error:
        raise Refused(error.condition, where, str(error)) from error
    if not isinstance(value, dict) or set(value) - {"body", "content"} != _FRAME:
        raise Refused("entry.form", where, "It has not the members of an entry.")
    if ("body" in value) == ("content" in value):
        raise Refused("entry.form", where, "It has a content or stands for one: one of the two.")
    return value

