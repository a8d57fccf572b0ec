"""The signed state of a board for a reader: how long it is, its name, who has seen it and when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.timesince import timesince

from ballot.models import Cosignature, Election, WitnessObjection
from ballot.published import board_key, newest_checkpoint
from ballot.showing.wording import how_many
from ballot.times import in_zone


@dataclass(frozen=True, slots=True)
class WitnessShown:
    """A witness that has cosigned, and when by its own clock."""

    name: str
    when: str


@dataclass(frozen=True, slots=True)
class LastCosigned:
    """The newest state that a witness has cosigned, where that is not the newest there is.

    ago: by the witness's clock and ours, as "12 minutes".
    """

    size: int
    name: str
    ago: str


def signed_state(election: Election, *, now: datetime) -> dict[str, Any]:
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
        "last_cosigned": _last_cosigned(election, now=now),
        "objections": objections(election),
        "key": board_key(election).text(),
    }


def _last_cosigned(election: Election, *, now: datetime) -> LastCosigned | None:
    rows = Cosignature.objects.filter(checkpoint__election=election).select_related("checkpoint")
    last = rows.order_by("-checkpoint__size", "cosigned_at").first()
    if last is None:
        return None
    return LastCosigned(
        last.checkpoint.size, last.witness, timesince(min(last.cosigned_at, now), now)
    )


def objections(election: Election) -> list[str]:
    """What witnesses say against the board, until they cosign a state as new or newer."""
    rows = WitnessObjection.objects.filter(checkpoint__election=election)
    return [
        f"The witness {one.witness} does not cosign the state of "
        f"{how_many(one.checkpoint.size, 'entry', 'entries')}. On "
        f"{in_zone(one.said_at, election.zone)} it said: {one.get_ground_display()}."
        for one in rows.select_related("checkpoint")
        if not _is_settled(one, election)
    ]


def _is_settled(objection: WitnessObjection, election: Election) -> bool:
    # A cosignature bears whole seconds.
    said_at = objection.said_at.replace(microsecond=0)
    return Cosignature.objects.filter(
        checkpoint__election=election, witness=objection.witness,
        checkpoint__size__gte=objection.checkpoint.size, cosigned_at__gte=said_at,
    ).exists()  # fmt: skip
