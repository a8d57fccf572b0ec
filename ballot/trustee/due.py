"""Doing what is due, one thing or all: the loop of the command."""

from __future__ import annotations

import time
from collections.abc import Callable
from enum import Enum
from typing import Final

from ballot.trustee.boxes import of_box
from ballot.trustee.ceremony import show_conclusion, take_step
from ballot.trustee.errors import NoAnswer, NotYet
from ballot.trustee.held import prove_held
from ballot.trustee.mixing import forget_mixes, mix_boxes
from ballot.trustee.opening import commit, reveal
from ballot.trustee.published import STEPS
from ballot.trustee.seat import Seat
from ballot.trustee.session import Session

KINDS: Final[dict[str, frozenset[str]]] = {
    "ceremony": frozenset(STEPS),
    "held": frozenset({"held"}),
    "mix": frozenset({"mix"}),
    "open": frozenset({"commit", "part"}),
}
"""What each command does of what may be due; without one, all of it."""
_ACTS: Final[dict[str, Callable[[Session], str]]] = {
    "held": prove_held,
    "mix": mix_boxes,
    "commit": commit,
    "part": reveal,
}
_LOOKS: Final = 6
"""How often a run that does not wait looks for what the board ought to show in a moment."""


class _Outcome(Enum):
    """What came of one look: something was done, nothing was due, nothing will be due."""

    ACTED = 0
    IDLE = 1
    OVER = 2


def run(
    begin: Callable[[], Session],
    *,
    command: str,
    wait: bool,
    every_s: float,
    sleep: Callable[[float], None] = time.sleep,
) -> bool:
    """Do what is due now, or with `wait` go on until nothing will be.

    begin:  gives a new session: when the server did not answer everything is read anew.
    Gives False where something is due that the board does not let be done yet.
    Raises: Refused, Trouble; NoAnswer, but with `wait` only where the first look has none.
    """
    session, looks, has_looked = begin(), 0, False
    while True:
        try:
            outcome = _once(session, command)
            has_looked = True
            if outcome is _Outcome.OVER or (outcome is _Outcome.IDLE and not wait):
                return True
        except NotYet as reason:
            session.console.say_once(str(reason))
            looks += 1
            if not wait and looks >= _LOOKS:
                return False
        except NoAnswer as trouble:
            if not (wait and has_looked):
                raise
            session.console.say_once(str(trouble))
            session = begin()
        sleep(every_s)


def _once(session: Session, command: str) -> _Outcome:
    seat = session.look()
    mine = KINDS.get(command, frozenset().union(*KINDS.values()))
    is_concluded = bool(seat.board) and show_conclusion(session)
    if seat.board:
        forget_mixes(session)
    if seat.due in mine:
        done = ("done", seat.due, session.record.size)
        if done in session.checked:
            raise NotYet("What you sent does not show on the board yet.")
        session.console.say(_act(session, seat.due))
        session.checked[done] = True
        return _Outcome.ACTED
    if command == "ceremony" and is_concluded:
        return _Outcome.OVER
    _say_what_else(session, seat)
    return _Outcome.OVER if seat.is_over else _Outcome.IDLE


def _act(session: Session, due: str) -> str:
    if due in STEPS:
        return take_step(session, due)
    _require_mixes_shown(session)
    return _ACTS[due](session)


def _require_mixes_shown(session: Session) -> None:
    """Wait for the mixes that the seat tells of: the board is signed some seconds after them."""
    for box in session.seat.boxes:
        shown = of_box(session.record, "mix", (box.contest, box.number))
        if len(shown) < box.mixes:
            raise NotYet("The board does not show yet every mix that the server tells of.")


def _say_what_else(session: Session, seat: Seat) -> None:
    said = session.console.say_once
    if seat.failed:
        said(f"The key ceremony came to nothing: {seat.failed}")
    if seat.is_over:
        said(f"“{seat.title}”: nothing is asked of you any more.")
    elif seat.due:
        said(f"Due now, and not by this command: {seat.due}.")
    else:
        said(f"Nothing is due from you now. {seat.waits_for}".strip())
