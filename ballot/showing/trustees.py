"""The officer's page of the trustees: who they are, what each has done, and what is waited for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from ballot.ceremonies import Said, Step, held_by, held_is_due, newest_ceremony, said_in
from ballot.models import Election, Trustee
from ballot.showing.seat import box_seen, boxes_of, handed_in_of, handed_seen, out_of, seat_of


@dataclass(frozen=True, slots=True)
class Line:
    """One trustee: who, and in words what they have done at each step."""

    number: int
    name: str
    address: str
    has_seat: bool
    steps: tuple[bool, ...]
    held: str
    mixes: str
    openings: str
    waits_for: str


@dataclass(frozen=True, slots=True)
class TrusteesShown:
    """Everything the page says. refusals: sentences about what was handed in and refused."""

    quorum: int
    steps: tuple[str, ...]
    lines: tuple[Line, ...]
    failed: str
    has_key: bool
    lacking: tuple[str, ...]
    refusals: tuple[str, ...]


def trustees_of(election: Election, *, now: datetime) -> TrusteesShown | None:
    """The trustees of the newest ceremony, or None before the first."""
    ceremony = newest_ceremony(election)
    if ceremony is None:
        return None
    said = said_in(ceremony)
    out = out_of(ceremony, said)
    lines = tuple(
        _line(election, trustee, said, is_out=trustee.number in out, now=now)
        for trustee in election.trustees.select_related("election").order_by("number")
    )
    return TrusteesShown(
        quorum=said.frame.quorum,
        steps=tuple(step.label for step in Step),
        lines=lines,
        failed=ceremony.failed,
        has_key=election.key is not None,
        lacking=tuple(line.name for line in lines if line.held == NOT_PROVED),
        refusals=tuple(
            f"{kept.trustee}, {kept.get_kind_display().lower()} of {kept.box}: {message}"
            for kept in handed_in_of(election)
            if (message := handed_seen(kept).message)
        ),
    )


NOT_PROVED = "Not proved"


def _line(
    election: Election, trustee: Trustee, said: Said, *, is_out: bool, now: datetime
) -> Line:
    seen = [box_seen(box, trustee) for box in boxes_of(election)]
    mixed = sum(any(step.trustee == trustee for step in one.mixes) for one in seen)
    committed = sum(trustee.number in one.committed for one in seen)
    revealed = sum(trustee.number in one.revealed for one in seen)
    return Line(
        number=trustee.number,
        name=trustee.name,
        address=trustee.address,
        has_seat=trustee.seat is not None,
        steps=tuple(trustee.number in said.messages[step] for step in Step),
        held=_held(election, trustee, is_out=is_out, now=now),
        mixes=f"{mixed} of {len(seen)}" if seen else "",
        openings=f"{committed} committed, {revealed} opened, of {len(seen)}" if seen else "",
        waits_for="" if election.demonstration else _waits_for(trustee, now=now),
    )


def _held(election: Election, trustee: Trustee, *, is_out: bool, now: datetime) -> str:
    if is_out:
        return "Out: holds no share"
    if election.key is None:
        return ""
    if trustee.number in held_by(election, now=now):
        return "Proved"
    return NOT_PROVED if held_is_due(election, now=now) else ""


_DUE = {
    "commitment": "to commit",
    "reveal": "to reveal",
    "dealing": "to deal shares",
    "received": "to check their shares",
    "confirmation": "to confirm",
    "held": "to prove that they hold their share",
    "mix": "to mix",
    "commit": "to commit to their parts",
    "part": "to open their parts",
}


def _waits_for(trustee: Trustee, *, now: datetime) -> str:
    """What this trustee is waited for, as their own software is told."""
    due = seat_of(trustee, now=now)["due"]
    return _DUE[due] if isinstance(due, str) else ""
