"""What the server says that there is to do (trustees §3): nothing here is believed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from ballot.trustee.errors import Refused, Trouble
from ballot.trustee.forms import Form

DUE: Final = (
    *("commitment", "reveal", "dealing", "received", "confirmation"),
    *("held", "mix", "commit", "part"),
)
OVER: Final = {"opened", "counted", "declared", "archived", "void"}
"""States after which nothing is asked of a trustee."""


@dataclass(frozen=True, slots=True)
class SeatBox:
    """A box as the seat names it.

    handed_in: the SHA-256 of this trustee's newest that is not on the board, or empty where its
    check stopped, and it is to be handed in again; refused: why the server's check refused it.
    mixes: how many mixes of it there are.  revealed: the trustees whose parts are there.
    """

    contest: str
    number: int
    mixes: int
    revealed: tuple[int, ...]
    handed_in: str
    refused: str


@dataclass(frozen=True, slots=True)
class Seat:
    """A seat's answer.  board: the board's verifier key, or empty before the notice."""

    election: str
    title: str
    rehearsal: bool
    state: str
    board: str
    number: int
    name: str
    failed: str
    boxes: tuple[SeatBox, ...]
    due: str
    waits_for: str

    @property
    def is_over(self) -> bool:
        """Whether nothing will be due any more."""
        return self.state in OVER


def read_seat(value: Any) -> Seat:
    """Read the answer to `GET seat`.  Raises: Trouble where it is none."""
    try:
        return _read(Form(value, "the seat"))
    except Refused as error:
        raise Trouble(f"The server's answer about the seat cannot be read. {error.why}") from error


def _read(seat: Form) -> Seat:
    election, trustee = seat.form("election"), seat.form("trustee")
    due = _text_or_nothing(seat, "due")
    if due and due not in DUE:
        raise Trouble(f"The server asks for “{due}”, which this software does not know: it is old.")
    return Seat(
        election=election.text("id"),
        title=election.text("title"),
        rehearsal=election.truth("rehearsal"),
        state=election.text("state"),
        board=_text_or_nothing(election, "board"),
        number=trustee.number("number"),
        name=trustee.text("name"),
        failed=_text_or_nothing(seat, "failed"),
        boxes=tuple(_read_box(box) for box in seat.forms("boxes")),
        due=due,
        waits_for=_text_or_nothing(seat, "waits_for"),
    )


def _read_box(box: Form) -> SeatBox:
    digest = refused = ""
    revealed = tuple(box.numbers("revealed"))
    if box.value("handed_in") is not None:
        handed = box.form("handed_in")
        state = handed.text("state")
        digest = "" if state == "stopped" else handed.text("sha256")
        if state == "refused":
            refused = handed.text("message")
    mixes = len(box.forms("mixes"))
    return SeatBox(box.text("contest"), box.number("box"), mixes, revealed, digest, refused)


def _text_or_nothing(form: Form, name: str) -> str:
    return "" if form.value(name) is None else form.text(name)
