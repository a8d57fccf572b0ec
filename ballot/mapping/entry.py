"""An entry of the board: its canonical bytes, what the public log holds of it, its name."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime
from typing import Final

from ballot.board.logged import logged
from ballot.board.tree import leaf_hash
from ballot.canonical import Json, canonical


def utc(moment: datetime | None) -> str | None:
    """A time as it stands on the board: UTC, to the second."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if moment else None


def entry_body(
    *,
    election: uuid.UUID,
    kind: str,
    number: int,
    at: datetime | None,
    content: Json,
) -> bytes:
    """The canonical bytes of an entry. Ballots and challenges bear no time: `at` is None."""
    return canonical(
        {
            "at": utc(at),
            "content": content,
            "election": str(election),
            "kind": kind,
            "number": number,
            "version": "hustings/v1",
        }
    )


# What gives the result away: a quorum's parts open a box, and the rest is made of what was in it.
WITHHELD: Final = frozenset({"part", "profile", "lot", "count", "recount"})


def log_entry(kind: str, body: bytes) -> bytes:
    """What the public log holds of an entry: itself, or what stands in for it."""
    return logged(body, is_withheld=kind in WITHHELD)


def entry_digest(kind: str, body: bytes) -> bytes:
    """The name of an entry: its leaf hash on the log (RFC 6962, section 2.1)."""
    return leaf_hash(log_entry(kind, body))
