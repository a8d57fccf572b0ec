"""The signed state of a board for a reader: how long it is, its name, who has seen it and when."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ballot.models import Election
from ballot.published import board_key, newest_checkpoint
from ballot.times import in_zone


@dataclass(frozen=True, slots=True)
class WitnessShown:
    """A witness that has cosigned, and when by its own clock."""

    name: str
    when: str


def signed_state(election: Election) -> dict[str, Any]:
    """What the board's page says of the newest checkpoint; without one, nothing."""
    newest = newest_checkpoint(election)
    if newest is None:
        return {"checkpoint": None}
    return {
        "checkpoint": newest,
        "signed_when": in_zone(newest.signed_at, election.zone),
        "root": bytes(newest.root).hex(),
        "witnesses": [
            WitnessShown(one.witness, in_zone(one.cosigned_at, election.zone))
            for one in newest.cosignatures.all()
        ],
        "key": board_key(election).text(),
    }
