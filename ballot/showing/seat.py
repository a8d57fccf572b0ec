"""What a trustee's software is told from its seat: how far things are, what is due (trustees §3).

It only says what there is to do. Whatever the software decides on it reads from the board.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from ballot.canonical import Json
from ballot.ceremonies import Said, Step, held_by, held_is_due, newest_ceremony, said_in
from ballot.lifecycle import State
from ballot.mapping.keys import ceremony_content
from ballot.mapping.notice import contest_code
from ballot.models import Box, Election, HandedIn, KeyCeremony, Mix, PartialOpening, Trustee
from ballot.published import board_key
from ballot.selectors import contested, is_being_checked

STOPPED: Final = "stopped"
"""The state of what waits for a check that no worker is at: it failed, or somebody stopped it."""


@dataclass(frozen=True, slots=True)
class HandedSeen:
    """What a trustee handed in, and how its check stands. message: what they are told of it."""

    kind: str
    sha256: bytes
    state: str
    message: str


@dataclass(frozen=True, slots=True)
class BoxSeen:
    """A box as one trustee sees it. handed_in: what they handed in last of it."""

    box: Box
    mixes: tuple[Mix, ...]
    committed: tuple[int, ...]
    revealed: tuple[int, ...]
    handed_in: HandedSeen | None

    @property
    def is_mixed_by_server(self) -> bool:
        return any(step.trustee is None for step in self.mixes)

    def waits(self, kind: HandedIn.Kind) -> bool:
        """Whether something of this kind has been handed in, and is not checked yet."""
        seen = self.handed_in
        return seen is not None and seen.kind == kind and seen.state == HandedIn.State.WAITING


def seat_of(trustee: Trustee, *, now: datetime) -> dict[str, Json]:
    """Everything that `GET seat` gives a trustee."""
    election = trustee.election
    ceremony = newest_ceremony(election)
    said = said_in(ceremony) if ceremony else None
    boxes = [box_seen(box, trustee) for box in boxes_of(election)]
    due = _due(election, trustee, ceremony, said, boxes, now=now)
    return {
        "election": _election(election),
        "trustee": {"name": trustee.name, "number": trustee.number},
        "ceremony": ceremony_content(said.frame) if said else None,
        "done": _done(said),
        "out": out_of(ceremony, said),
        "failed": (ceremony.failed or None) if ceremony else None,
        "key": election.key,
        "held": sorted(held_by(election, now=now)),
        "mixes_wanted": election.mixes_wanted,
        "boxes": [_box(seen) for seen in boxes],
        "due": due,
        "waits_for": "" if due else _waits_for(election, ceremony, said, boxes),
    }


def _election(election: Election) -> dict[str, Json]:
    return {
        "board": board_key(election).text() if election.stage != State.DRAFT else None,
        "id": str(election.public_id),
        "rehearsal": election.demonstration,
        "slug": election.slug,
        "state": election.state,
        "title": election.title,
    }


def _done(said: Said | None) -> dict[str, Json]:
    return {step.value: sorted(said.messages[step]) if said else [] for step in Step}


def out_of(ceremony: KeyCeremony | None, said: Said | None) -> list[Json]:
    """The numbers of the trustees who are out, once all have checked their shares."""
    if said is None or ceremony is None or ceremony.failed:
        return []
    if len(said.messages[Step.RECEIVED]) < len(said.frame.numbers):
        return []
    return [number for number in said.frame.numbers if number not in said.left]


def boxes_of(election: Election) -> list[Box]:
    """The boxes with anything in them, contest by contest."""
    return [
        box
        for contest in contested(election)
        for box in contest.boxes.select_related("contest").filter(ballots__gt=0).order_by("number")
    ]


def box_seen(box: Box, trustee: Trustee) -> BoxSeen:
    """A box with its mixes and openings, and what this trustee handed in last of it."""
    openings: list[PartialOpening] = list(
        box.openings.select_related("trustee").order_by("trustee__number")
    )
    return BoxSeen(
        box,
        tuple(box.mixes.select_related("trustee").order_by("number")),
        tuple(one.trustee.number for one in openings),
        tuple(one.trustee.number for one in openings if one.content_id is not None),
        _handed_seen(HandedIn.objects.filter(box=box, trustee=trustee).order_by("-pk").first()),
    )


def _handed_seen(kept: HandedIn | None) -> HandedSeen | None:
    return handed_seen(kept) if kept else None


def handed_seen(kept: HandedIn) -> HandedSeen:
    """What was handed in, as its trustee and the officer are told of it."""
    state, message = kept.state, kept.message
    if state == HandedIn.State.WAITING and not is_being_checked(kept):
        state, message = STOPPED, "Its check stopped before it ended. Hand it in again."
    return HandedSeen(kept.kind, bytes(kept.sha256), state, message)


def _box(seen: BoxSeen) -> dict[str, Json]:
    return {
        "ballots": seen.box.ballots,
        "box": seen.box.number,
        "committed": list(seen.committed),
        "contest": contest_code(seen.box.contest),
        "handed_in": _handed_in(seen.handed_in),
        "label": seen.box.label,
        "mixes": [
            {
                "mixer": step.mixer,
                "number": step.number,
                "trustee": step.trustee.number if step.trustee else None,
            }
            for step in seen.mixes
        ],
        "revealed": list(seen.revealed),
    }


def _handed_in(seen: HandedSeen | None) -> dict[str, Json] | None:
    if seen is None:
        return None
    return {
        "kind": seen.kind,
        "message": seen.message,
        "sha256": seen.sha256.hex(),
        "state": seen.state,
    }


# --- what is due -------------------------------------------------------------------------------


def _due(
    election: Election,
    trustee: Trustee,
    ceremony: KeyCeremony | None,
    said: Said | None,
    boxes: Sequence[BoxSeen],
    *,
    now: datetime,
) -> str | None:
    """The one thing that this trustee can do now, or None."""
    if election.key is None:
        return _step_due(election, trustee, ceremony, said)
    if trustee.number not in {one["number"] for one in election.key["trustees"]}:
        return None
    if held_is_due(election, now=now):
        return None if trustee.number in held_by(election, now=now) else "held"
    if election.stage == State.VERIFIED:
        return "mix" if any(_mix_is_due(election, trustee, seen) for seen in boxes) else None
    if election.stage == State.MIXED:
        return _opening_due(election.key["quorum"], trustee.number, boxes)
    return None


def _step_due(
    election: Election, trustee: Trustee, ceremony: KeyCeremony | None, said: Said | None
) -> str | None:
    if said is None or ceremony is None or ceremony.failed or election.stage != State.FROZEN:
        return None
    step = said.step_due
    if step is None or trustee.number not in said.wanted_at(step):
        return None
    return None if trustee.number in said.messages[step] else step.value


def _mix_is_due(election: Election, trustee: Trustee, seen: BoxSeen) -> bool:
    return (
        len(seen.mixes) < election.mixes_wanted
        and seen.is_mixed_by_server
        and not any(step.trustee == trustee for step in seen.mixes)
        and not seen.waits(HandedIn.Kind.MIX)
    )


def _opening_due(quorum: int, number: int, boxes: Sequence[BoxSeen]) -> str | None:
    lacking = [seen for seen in boxes if number not in seen.revealed]
    if all(len(seen.revealed) >= quorum for seen in boxes) or not lacking:
        return None
    if any(number not in seen.committed for seen in lacking):
        return "commit"
    is_early = any(len(seen.committed) < quorum for seen in boxes)
    is_due = any(not seen.waits(HandedIn.Kind.PART) for seen in lacking)
    return "part" if is_due and not is_early else None


def _waits_for(
    election: Election, ceremony: KeyCeremony | None, said: Said | None, boxes: Sequence[BoxSeen]
) -> str:
    """In words, what is waited for while there is nothing for this trustee to do."""
    if election.key is None:
        return _ceremony_waits_for(election, ceremony, said)
    if any(seen.waits(HandedIn.Kind.MIX) or seen.waits(HandedIn.Kind.PART) for seen in boxes):
        return "What you handed in is being checked."
    return _WAITS.get(election.stage, "The contest is over: nothing is left to do.")


_WAITS = {
    State.NOMINATED: "The returning officer freezes the roll again.",
    State.FROZEN: "The poll opens. You are asked whether you hold your share near its close.",
    State.POLLING: "The poll closes. In its last three days you are asked for your share.",
    State.SUSPENDED: "The poll goes on, or is closed.",
    State.CLOSED: "The marked register is verified, and the boxes are fixed.",
    State.VERIFIED: "The boxes are mixed by the server and by other trustees.",
    State.MIXED: "A quorum of trustees opens the boxes, and then they are counted.",
    State.VOID: "The election was declared void: nothing is left to do.",
}


def _ceremony_waits_for(
    election: Election, ceremony: KeyCeremony | None, said: Said | None
) -> str:
    if said is None or ceremony is None or ceremony.failed:
        return "The returning officer begins the key ceremony anew."
    if election.stage != State.FROZEN:
        return "The returning officer freezes the roll again, and the ceremony goes on."
    step = said.step_due
    if step is None:
        return "The key goes on the board."
    lacking = [
        said.frame.trustees[number - 1]
        for number in said.wanted_at(step)
        if number not in said.messages[step]
    ]
    return f"Not done yet: {', '.join(lacking)} ({step.label.lower()})."


def handed_in_of(election: Election) -> list[Any]:
    """Everything that trustees handed in and that is not on the board, for the officer."""
    found = HandedIn.objects.filter(box__contest__election=election)
    return list(found.select_related("trustee", "box__contest").order_by("trustee__number", "pk"))
