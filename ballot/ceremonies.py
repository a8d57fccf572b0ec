"""A key ceremony as it stands on the board, and who still holds a share of the key it made.

Everything is read from the entries; the rows beside them only say which these are. Nothing writes
here. Steps and messages are those of docs/spec/sealing.md, 9, and docs/spec/bundle.md, 4.5.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any, Final, cast

from ballot.canonical import read_canonical
from ballot.lifecycle import State
from ballot.mapping.keys import read_frame
from ballot.models import CeremonyMessage, Election, Entry, KeyCeremony, ShareHeld
from ballot.sealing.ceremony import Outcome, outcome
from ballot.sealing.messages import (
    Ceremony,
    Commitment,
    Complaint,
    Confirmation,
    Dealing,
    Received,
    Reveal,
)

Step = CeremonyMessage.Step
Message = Commitment | Reveal | Dealing | Received | Confirmation
PARSERS: Final[dict[Step, Callable[[Any], Message]]] = {
    Step.COMMITMENT: Commitment.parse,
    Step.REVEAL: Reveal.parse,
    Step.DEALING: Dealing.parse,
    Step.RECEIVED: Received.parse,
    Step.CONFIRMATION: Confirmation.parse,
}
DUE_BEFORE_CLOSE: Final = timedelta(days=3)
"""From so long before the close each trustee is asked once more whether they hold their share."""


@dataclass(frozen=True)
class Said:
    """A ceremony's frame, and what was said in it so far, by step and by trustee."""

    frame: Ceremony
    messages: dict[Step, dict[int, Message]]

    @property
    def commitments(self) -> Sequence[Commitment]:
        return cast("list[Commitment]", self._of(Step.COMMITMENT))

    @property
    def reveals(self) -> Sequence[Reveal]:
        return cast("list[Reveal]", self._of(Step.REVEAL))

    @property
    def dealings(self) -> Sequence[Dealing]:
        return cast("list[Dealing]", self._of(Step.DEALING))

    @property
    def complaints(self) -> list[Complaint]:
        received = cast("list[Received]", self._of(Step.RECEIVED))
        return [complaint for one in received for complaint in one.complaints]

    @property
    def confirmations(self) -> Sequence[Confirmation]:
        return cast("list[Confirmation]", self._of(Step.CONFIRMATION))

    def _of(self, step: Step) -> list[Message]:
        said = self.messages[step]
        return [said[number] for number in sorted(said)]

    @cached_property
    def outcome(self) -> Outcome:
        """What the ceremony comes to once all have received.  Raises: as the core's `outcome`."""
        return outcome(
            self.frame,
            commitments=self.commitments,
            reveals=self.reveals,
            dealings=self.dealings,
            complaints=self.complaints,
        )

    @property
    def left(self) -> tuple[int, ...]:
        """The numbers of those who are not out, once all have received."""
        return tuple(trustee.number for trustee in self.outcome.key.trustees)

    def wanted_at(self, step: Step) -> tuple[int, ...]:
        """The numbers of those who are to speak at a step."""
        return self.left if step == Step.CONFIRMATION else tuple(self.frame.numbers)

    @property
    def step_due(self) -> Step | None:
        """The step that is not done by all yet; None when the ceremony is over."""
        for step in Step:
            if set(self.wanted_at(step)) - set(self.messages[step]):
                return step
        return None


def newest_ceremony(election: Election) -> KeyCeremony | None:
    """The ceremony that counts, or None before the first."""
    return election.ceremonies.select_related("entry").order_by("-pk").first()


def ceremony_stands(election: Election) -> bool:
    """Whether a ceremony has begun: then the key is its to make, or another's begun anew."""
    return election.ceremonies.exists()


def frame_of(ceremony: KeyCeremony) -> Ceremony:
    """The frame of a ceremony, as its entry gives it."""
    return read_frame(_content(ceremony.entry))


def said_in(ceremony: KeyCeremony) -> Said:
    """Everything that stands on the board of a ceremony."""
    messages: dict[Step, dict[int, Message]] = {step: {} for step in Step}
    for row in ceremony.messages.select_related("entry"):
        step = Step(row.step)
        messages[step][row.trustee] = PARSERS[step](_content(row.entry)["message"])
    return Said(frame_of(ceremony), messages)


def _content(entry: Entry) -> dict[str, Any]:
    body: Any = read_canonical(bytes(entry.body))
    return dict(body["content"])


# --- who still holds a share -------------------------------------------------------------------


def held_is_due(election: Election, *, now: datetime) -> bool:
    """Whether each trustee is asked now to prove that they hold their share (sealing §9.7)."""
    if election.key is None:
        return False
    return election.stage == State.FROZEN or _close_is_near(election, now)


def _close_is_near(election: Election, now: datetime) -> bool:
    return (
        not election.demonstration  # whose server holds the shares, and has nobody to ask
        and election.stage in {State.POLLING, State.SUSPENDED}
        and election.closes_at is not None
        and now >= election.closes_at - DUE_BEFORE_CLOSE
    )


def held_by(election: Election, *, now: datetime) -> set[int]:
    """The numbers of the trustees who proved it: near the close, those who did so since then."""
    proofs = ShareHeld.objects.filter(trustee__election=election)
    if election.closes_at is not None and _close_is_near(election, now):
        proofs = proofs.filter(proved_at__gte=election.closes_at - DUE_BEFORE_CLOSE)
    return set(proofs.values_list("trustee__number", flat=True))


def not_proved(election: Election, *, now: datetime) -> list[str]:
    """The names of the trustees of the key who are asked, and have not proved it yet."""
    if election.key is None or not held_is_due(election, now=now):
        return []
    held = held_by(election, now=now)
    return [one["name"] for one in election.key["trustees"] if one["number"] not in held]
