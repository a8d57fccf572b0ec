"""How the letters of a dispatch stand, in words for whoever sends them."""

from __future__ import annotations

from office import selectors
from office.models import Dispatch
from office.selectors import LetterCounts


def state_words(dispatch: Dispatch, counts: LetterCounts) -> str:
    """A dispatch that is being sent has often nothing left to send, and is not ended by that."""
    if dispatch.state != Dispatch.State.SENDING:
        return str(dispatch.get_state_display())
    if dispatch.at_once:
        return "sent one by one, as they are written"
    if counts.claimed or selectors.has_released(dispatch):
        return "sending"
    return "the next tranche waits to be released" if counts.waiting else "nothing waits to be sent"


def tranche_words(dispatch: Dispatch) -> str:
    """How many of the tranches are released; empty where letters go at once, or never."""
    if dispatch.at_once or dispatch.state == Dispatch.State.CANCELLED:
        return ""
    size, released = f"{dispatch.tranche_size:,}", dispatch.released_tranche
    if not released:
        return f"None is released yet. They are released in tranches of up to {size} letters."
    if not selectors.has_unreleased(dispatch):
        return "All of them are released."
    tranches = "1 tranche is" if released == 1 else f"{released} tranches are"
    return f"{tranches} released, of up to {size} letters each. The rest waits for you."
