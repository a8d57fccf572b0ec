"""What agents and scrutineers may sign, object to or report on, and when. Nothing writes here."""

from __future__ import annotations

from typing import Final

from ballot.lifecycle import AFTER_OPENING, State
from ballot.models import Attestation, Election, EnvelopeReceipt

About = Attestation.About
Says = Attestation.Says

LONGEST: Final = 4000
_SIGNS: Final = (Says.SIGNED, Says.OBJECTS)
SAYS: Final[dict[Attestation.About, tuple[Attestation.Says, ...]]] = {
    About.PAPER: _SIGNS, About.POST: _SIGNS, About.COUNT: _SIGNS, About.ELECTION: (Says.REPORTS,),
}
"""What may be said of each."""

# The paper stands once the candidates are named; the post, once an envelope has come.
_STATES: Final[dict[Attestation.About, tuple[State, ...]]] = {
    About.PAPER: (State.NOMINATED, State.FROZEN),
    About.POST: (*AFTER_OPENING, State.OPENED, State.COUNTED),
    About.COUNT: (State.COUNTED,),
    About.ELECTION: (State.DECLARED, State.ARCHIVED, State.VOID),
}


def act_of(about: Attestation.About) -> str:
    """The act of the permission table that it takes."""
    return "report_on_election" if about == About.ELECTION else "attest"


def open_now(election: Election) -> list[Attestation.About]:
    """What can be signed, objected to or reported on as the election stands."""
    return [about for about in About if _is_open(about, election)]


def speaks_of_count(election: Election) -> bool:
    """Whether somebody wrote words of the count: they may hold figures of it."""
    return election.attestations.filter(about=About.COUNT).exclude(words="").exists()


def _is_open(about: Attestation.About, election: Election) -> bool:
    if election.stage not in _STATES[about]:
        return False
    if about == About.POST:
        return EnvelopeReceipt.objects.filter(envelope__election=election).exists()
    # What became void as a draft has no notice, and so no board whose state could be named.
    return election.entries.filter(kind="notice").exists()
