"""Boards of a few acts, written by hand, for checks that look at no more than these.

Their log is left out: the leaf of each act is the hash of what it says.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from tests.verifier.ceremony_making import Held
from verifier.board import Board, Entry
from verifier.canonical import write
from verifier.ceremony import check_ceremony
from verifier.group import encode
from verifier.keys import Key
from verifier.tree import leaf_hash

ELECTION = "00112233-4455-6677-8899-aabbccddeeff"
Act = tuple[str, dict[str, Any]]


def board_of(acts: list[Act]) -> Board:
    board = Board(election=ELECTION)
    for number, (kind, content) in enumerate(acts):
        digest = leaf_hash(write([kind, content]))
        board.acts.append(Entry(number, kind, "2026-11-01T10:00:00Z", content, digest))
    return board


def leaves_of(board: Board) -> list[bytes]:
    return [entry.digest for entry in board.acts]


@dataclass
class Blobs:
    """A bundle of blobs alone, in memory."""

    held: dict[str, bytes] = field(default_factory=dict)

    def named(self, content: bytes) -> dict[str, Any]:
        """Add a blob, and return what an entry says of it."""
        name = sha256(content).hexdigest()
        self.held[f"blob/{name}"] = content
        return {"sha256": name, "size_bytes": len(content)}

    def read(self, path: str, most: int) -> bytes:
        assert len(self.held[path]) <= most
        return self.held[path]


# --- a ceremony ---


def key_content(key: Key) -> dict[str, Any]:
    return {
        "public_key": key.encoded.hex(),
        "quorum": key.quorum,
        "trustees": [
            {"name": one.name, "number": one.number, "point": encode(one.point).hex()}
            for one in key.trustees
        ],
    }


def ceremony_acts(held: Held) -> list[Act]:
    """What the board says of a ceremony, from its frame to its last confirmation."""
    said, frame = held.published, held.frame
    received = [
        {"number": j, "complaints": [one for one in said.complaints if one["complainant"] == j]}
        for j in held.numbers
    ]
    messages = {
        "commitment": said.commitments,
        "reveal": said.reveals,
        "dealing": said.dealings,
        "received": received,
        "confirmation": said.confirmations,
    }
    begun = {
        "identifier": frame.identifier.hex(),
        "quorum": frame.quorum,
        "trustees": list(frame.names),
    }
    return [
        ("ceremony", begun),
        *(
            ("ceremony-message", {"step": step, "message": message})
            for step, of_step in messages.items()
            for message in of_step
        ),
    ]


def acts_of_key(held: Held) -> list[Act]:
    """A notice, a whole ceremony, and its key."""
    key = check_ceremony(held.frame, held.published)
    return [("notice", {}), *ceremony_acts(held), ("key", key_content(key))]
