"""How an elector is named to themselves: enough to tell who of a household it is, and no more."""

from __future__ import annotations

from typing import Protocol


class OnRoll(Protocol):
    """A roll entry, as far as its name goes."""

    number: str
    given_name: str
    family_name: str


def named(entry: OnRoll) -> str:
    """ "J. Smith, number ending 431": a mailbox may be shared, and a link may go astray."""
    initial = f"{entry.given_name[0]}. " if entry.given_name else ""
    return f"{initial}{entry.family_name}, number ending {entry.number[-3:]}"
