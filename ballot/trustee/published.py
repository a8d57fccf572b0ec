"""The key ceremony as the board shows it: its frame, everybody's messages, the key they make.

Steps follow one another, each closed before the next begins (sealing §9.1, bundle §4.5).  What the
server says of a ceremony is not looked at.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, Final

from ballot.canonical import canonical
from ballot.sealing.ceremony import ceremony_transcript, check_reveals, conclude
from ballot.sealing.dealing import judge
from ballot.sealing.keys import ElectionKey
from ballot.sealing.messages import (
    Ceremony,
    Commitment,
    Complaint,
    Confirmation,
    Dealing,
    Reveal,
)
from ballot.trustee.errors import Refused, checking
from ballot.trustee.forms import Form
from ballot.trustee.record import Entry, Record

STEPS: Final = ("commitment", "reveal", "dealing", "received", "confirmation")


@dataclass(frozen=True, slots=True)
class Received:
    """What a trustee says of the shares they were dealt: the false ones (bundle §4.5)."""

    number: int
    complaints: tuple[Complaint, ...]

    def to_json(self) -> dict[str, Any]:
        """Give it as a canonical JSON value."""
        return {
            "complaints": [one.to_json() for one in self.complaints],
            "number": self.number,
        }

    @classmethod
    def parse(cls, value: Any) -> Received:
        """Read it: complaints of its sender alone, in the order of the dealers.

        Raises: Refused "entry.form", "ceremony.complaint-order"; Malformed.
        """
        said = Form(value, "what a trustee received")
        if set(value) != {"complaints", "number"}:
            raise Refused("entry.form", said.where, "It has other members than it must.")
        complaints = tuple(Complaint.parse(one) for one in said.items("complaints"))
        number, dealers = said.number("number"), [one.dealer for one in complaints]
        mine = all(one.complainant == number for one in complaints)
        if not mine or dealers != sorted(set(dealers)):
            why = "Its complaints are not its sender's, each once, in the order of the dealers."
            raise Refused("ceremony.complaint-order", said.where, why)
        return cls(number, complaints)


_PARSERS: Final[dict[str, Callable[[Any], Any]]] = {
    "commitment": Commitment.parse,
    "reveal": Reveal.parse,
    "dealing": Dealing.parse,
    "received": Received.parse,
    "confirmation": Confirmation.parse,
}


@dataclass(slots=True)
class Published:
    """A ceremony on the board.

    number: its entry's.  raw: the canonical JSON of each message, by step and trustee's number.
    """

    frame: Ceremony
    number: int
    messages: dict[str, dict[int, Any]] = field(
        default_factory=lambda: {step: {} for step in STEPS}
    )
    raw: dict[tuple[str, int], bytes] = field(default_factory=dict)

    @property
    def identifier(self) -> str:
        """The ceremony's identifier, in hexadecimal."""
        return self.frame.ceremony_id.hex()

    def of_all(self, step: str) -> bool:
        """Say whether every trustee has done a step."""
        return len(self.messages[step]) == len(self.frame.trustees)

    def said(self, step: str) -> list[Any]:
        """Give a step's messages in the order of the trustees."""
        found = self.messages[step]
        return [found[number] for number in sorted(found)]

    def complaints(self) -> list[Complaint]:
        """Give all complaints."""
        return [complaint for one in self.said("received") for complaint in one.complaints]

    def reveals(self) -> dict[int, Reveal]:
        """Check what all revealed, and give it by trustee (sealing §9.2).  Raises: Refused."""
        with checking(f"the ceremony of entry {self.number}", "What was revealed does not hold."):
            return check_reveals(self.frame, self.said("commitment"), self.said("reveal"))

    def out(self) -> frozenset[int]:
        """Give the trustees who are out (sealing §9.5).  Raises: Refused."""
        with checking(f"the ceremony of entry {self.number}", "Somebody stopped the ceremony."):
            return judge(
                self.frame, self.reveals(), self.said("dealing"), self.complaints()
            )

    def transcript(self) -> bytes:
        """Give T (sealing §9.6, equation 34)."""
        return ceremony_transcript(
            self.frame,
            self.said("commitment"),
            self.reveals(),
            self.said("dealing"),
            self.complaints(),
        )

    def conclude(self) -> ElectionKey:
        """Compute the key from everything published (sealing §9.6).  Raises: Refused."""
        with checking(f"the ceremony of entry {self.number}", "It does not end with a key."):
            return conclude(
                self.frame,
                commitments=self.said("commitment"),
                reveals=self.said("reveal"),
                dealings=self.said("dealing"),
                complaints=self.complaints(),
                confirmations=self.said("confirmation"),
            )


def published(record: Record, *, until: int | None = None) -> Published | None:
    """Read the last ceremony on the board; None where there is none.

    until:  the number of an entry, where the last ceremony before it is meant.
    Raises: Refused "ceremony.identifier", "ceremony.number", "ceremony.twice", "ceremony.order",
            and those of a frame and of messages (sealing §9).
    """
    entries = [e for e in record.all("ceremony") if until is None or e.number < until]
    if not entries:
        return None
    frame = entries[-1]
    found = Published(_frame(frame), frame.number)
    if any(one.content.text("identifier") == found.identifier for one in entries[:-1]):
        why = "An earlier ceremony has its identifier, which is to be new each time."
        raise Refused("ceremony.identifier", frame.where, why)
    for entry in record.all("ceremony-message"):
        if entry.number > frame.number and (until is None or entry.number < until):
            _take(found, entry)
    return found


def _frame(entry: Entry) -> Ceremony:
    content = entry.content
    with checking(entry.where, "No ceremony may be framed so."):
        return Ceremony(
            content.octets("identifier"),
            tuple(content.texts("trustees")),
            content.number("quorum"),
        )


def _take(found: Published, entry: Entry) -> None:
    """Add one message: of a trustee, one a step, and no step before the last was closed."""
    step = entry.content.text("step")
    if step not in _PARSERS:
        raise Refused("ceremony.step", entry.where, f"The ceremony has no step {step}.")
    with checking(entry.where, "This message of the ceremony cannot be read."):
        value = entry.content.value("message")
        message = _PARSERS[step](value)
    if message.number not in found.frame.numbers:
        raise Refused("ceremony.number", entry.where, f"There is no trustee {message.number}.")
    if message.number in found.messages[step]:
        why = f"Trustee {message.number} has given their {step} already."
        raise Refused("ceremony.twice", entry.where, why)
    if not _in_order(found, step):
        why = f"A {step} was taken before the step before it was closed, or after the next began."
        raise Refused("ceremony.order", entry.where, why)
    found.messages[step][message.number] = message
    found.raw[step, message.number] = canonical(value)


def _in_order(found: Published, step: str) -> bool:
    at = STEPS.index(step)
    return all(map(found.of_all, STEPS[:at])) and not any(map(_some(found), STEPS[at + 1 :]))


def _some(found: Published) -> Callable[[str], bool]:
    return lambda step: bool(found.messages[step])


def key_on_board(record: Record) -> tuple[ElectionKey, Published]:
    """Give the key, made again from the ceremony before it, as the board has it (sealing §9.6).

    Raises: Refused "entry.missing", "key.ceremony", and those of the ceremony.
    """
    entry = record.newest("key")
    ceremony = published(record, until=entry.number)
    if ceremony is None:
        raise Refused("key.ceremony", entry.where, "No ceremony stands before it.")
    key = ceremony.conclude()
    content = {name: entry.content.value(name) for name in ("public_key", "quorum", "trustees")}
    if content != key.to_json():
        why = "It is not the key that the messages of the ceremony make."
        raise Refused("key.ceremony", entry.where, why)
    begun_anew = [e for e in record.all("ceremony") if e.number > entry.number]
    if begun_anew:
        why = "The ceremony was begun anew after this key, and has not ended yet."
        raise Refused("key.superseded", begun_anew[-1].where, why)
    return key, ceremony


def names(frame: Ceremony, numbers: Iterable[int]) -> str:
    """Name trustees, for a sentence."""
    return ", ".join(f"{frame.trustees[number - 1]} ({number})" for number in sorted(numbers))
