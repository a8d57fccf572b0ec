"""The figures of the poll's desk beside the turnout: letters, new codes, complaints. Totals alone.

Of letters only those are counted that everybody on the roll is sent. The number of the others
(notices of a cast, reminders, codes sent again or to somebody restored to the roll) would say,
sooner than the snapshot of the turnout, how many have voted, or of one elector whether they had.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Final

from django.db.models import Count

from ballot.models import Election, HelpdeskNote, Incident
from office.selectors import deliveries, dispatch_for, letter_counts

# The purposes of letters to everybody (services/codes.py, services/tell_of_extension.py).
VOTING_CODE: Final = "voting-code"
EXTENSION: Final = "extension"
SHOWN: Final = (VOTING_CODE, EXTENSION)


@dataclass(frozen=True, slots=True)
class LettersSent:
    """How far the letters of one purpose have come. sent: handed over; came_back: of those."""

    sent: int = 0
    waiting: int = 0
    held: int = 0
    came_back: int = 0


def letters_of(election: Election, purpose: str) -> LettersSent | None:
    """The letters of a purpose of SHOWN; None where none were made."""
    if purpose not in SHOWN:
        raise ValueError(f"the number of {purpose} says who has voted")
    dispatch = dispatch_for(purpose, reference=election.roll.public_id) if election.roll else None
    if dispatch is None:
        return None
    counts, told = letter_counts(dispatch.pk), deliveries(dispatch.pk)
    return LettersSent(
        counts.handed_over, counts.waiting + counts.claimed, counts.held,
        told.bounced + told.complained,
    )


def new_codes(election: Election) -> int:
    """How many new codes have come into force: each is an entry of the board, and no secret."""
    return election.entries.filter(ballot__isnull=True, kind="reissue").count()


def complaints_of(election: Election) -> dict[str, int]:
    """What the helpdesk wrote down, by kind; and the incidents of the book."""
    rows = HelpdeskNote.objects.filter(election=election).order_by().values_list("kind")
    noted = dict(rows.annotate(notes=Count("pk")))
    kinds = {kind: noted.get(kind, 0) for kind in HelpdeskNote.Kind.values}
    return kinds | {"incidents": Incident.objects.filter(election=election).count()}


def letters_content(election: Election) -> dict[str, int]:
    """The letters with voting codes as a daily sheet keeps them."""
    return asdict(letters_of(election, VOTING_CODE) or LettersSent())
