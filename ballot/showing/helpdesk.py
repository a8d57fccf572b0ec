"""What the helpdesk is told of one elector: letters, new codes, whether they have voted; no more.

Never a code, a ballot, an address, nor when somebody voted. Who may not see the marked register is
not told of codes sent again either: they only go to who has not voted.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from ballot.lifecycle import State
from ballot.models import Credential, Election, RegisterMark
from ballot.showing.electors import named
from members.selectors import is_struck, postal_entries
from office.models import Letter
from office.selectors import letters_to

# The purposes of the letters that carry codes (services/codes.py).
VOTING_CODE, PURPOSE_ADDED, PURPOSE_AGAIN = "voting-code", "voting-code-added", "voting-code-again"

REISSUING = (State.POLLING, State.SUSPENDED)
"""While a code opens the booth, or will again, and a new one is sent."""

_LETTERS = {
    VOTING_CODE: "Letter with the voting code",
    PURPOSE_ADDED: "Letter with the voting code",
    PURPOSE_AGAIN: "Letter with a new code",
}


@dataclass(frozen=True, slots=True)
class ElectorAtHelpdesk:
    """One elector for the helpdesk. has_voted: None for who may not see the marked register."""

    name: str
    number: str
    is_struck: bool
    has_address: bool
    has_postal_address: bool
    has_voted: bool | None
    facts: tuple[dict[str, str], ...]


def elector_at_helpdesk(
    election: Election, entry: Any, *, sees_register: bool
) -> ElectorAtHelpdesk:
    """Read what the helpdesk may know of a roll entry."""
    marks = RegisterMark.objects.filter(election=election, roll_entry=entry.pk)
    has_voted = marks.exists() if sees_register else None
    return ElectorAtHelpdesk(
        name=named(entry),
        number=entry.number,
        is_struck=is_struck(entry),
        has_address=bool(entry.email),
        has_postal_address=entry.public_id in postal_entries([entry.public_id]),
        has_voted=has_voted,
        facts=tuple(_facts(election, entry, has_voted)),
    )


def _facts(election: Election, entry: Any, has_voted: bool | None) -> Iterator[dict[str, str]]:
    is_voted_in = election.stage in REISSUING
    none = "There is none: offer another way to vote" if is_voted_in else "There is none"
    yield {"name": "E-mail address on the roll", "value": "There is one" if entry.email else none}
    purposes = [VOTING_CODE, PURPOSE_ADDED]
    if has_voted is not None:
        purposes.append(PURPOSE_AGAIN)
    for letter in letters_to(str(entry.public_id), purposes=purposes):
        yield {"name": _LETTERS[letter.purpose], "value": _became(letter)}
    if has_voted is None:
        return
    codes = Credential.objects.filter(election=election, roll_entry=entry.pk)
    yield {"name": "New codes made since the first", "value": str(max(codes.count() - 1, 0))}
    if is_voted_in and not has_voted:
        yield {"name": "Code that opens the booth", "value": _good_code(codes)}
    yield {"name": "Has voted", "value": "Yes" if has_voted else "No"}


def _good_code(codes: QuerySet[Credential]) -> str:
    """Which of an elector's codes is good: the first, until they confirm a newer one, or one that
    was made when they were put back on the roll."""
    good = codes.filter(force=Credential.Force.IN_FORCE).order_by("-attempt").first()
    if good is None:
        return "None"
    return "The first one" if good.attempt == 1 else "A newer one than the first"


def _became(letter: Letter) -> str:
    """What became of a letter, as far as anybody knows: "Handed to the mail server; came back"."""
    if letter.print_batch_id and letter.state == Letter.State.HANDED_OVER:
        return "Printed and given to the post"
    if letter.state == Letter.State.HELD and letter.held_because in Letter.FOR_PAPER:
        return "Waits to be printed"
    said = [letter.get_state_display(), letter.get_delivery_display() if letter.delivery else ""]
    return "; ".join(filter(None, said)).capitalize()
