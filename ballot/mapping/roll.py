"""Amendments of the frozen roll, and the ballots of those who were struck off."""

from __future__ import annotations

from collections.abc import Mapping

from ballot.canonical import Json
from members.selectors import Link


def amendment_content(
    link: Link, *, roll: bytes, electors: Mapping[str, int]
) -> dict[str, Json]:
    """An amendment of the roll, without a name. electors: by section's code, after it.

    roll: the commitment of the roll as it was frozen, which says of which version this is.
    """
    return {
        "changes": [
            {"change": change, "people": people, "section": section}
            for change, section, people in link.changes
        ],
        "commitment": link.commitment.hex(),
        "electors": dict(electors),
        "kind": link.kind,
        "number": link.number,
        "previous": link.previous.hex(),
        "reason": link.reason,
        "roll": roll.hex(),
        "set": link.digest.hex(),
    }


def struck_ballot_content(
    *, tracker: bytes, entry: int | None, reason: str, amendment: int
) -> dict[str, Json]:
    """A ballot that is set aside or stands, by its tracker and its number on the board."""
    return {"amendment": amendment, "entry": entry, "reason": reason, "tracker": tracker.hex()}
