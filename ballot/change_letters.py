"""Letters about what changed: an amended notice, a court's stop and its end, nominations that close
later, a corrected result.

Each tells what stands on the board under its number. Where something else has happened since, so
that it would be wrong by the time it goes out, it is wanted no more. None carries a code.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from ballot.changes import RESUMPTION, SUSPENSION
from ballot.letters import context_of, elections_of, names, second_language
from ballot.models import Candidate, Election
from ballot.services.nomination_seats import bodies_by_recipient, candidates_by_recipient
from ballot.services.tell_of_changes import (
    AMENDED,
    BY_COURT,
    CORRECTED,
    NOMINATIONS_LATER,
    is_agent,
    is_second,
)
from ballot.showing.changes import (
    about_amendment,
    about_correction,
    about_nominations,
    about_resumption,
    about_suspension,
)
from ballot.showing.electors import named
from members.selectors import entries_by_public_id, tell_of_letters
from office.letters import words
from office.purposes import Envelope, LetterToSend, register_purpose

SUSPENDED: Final = BY_COURT[SUSPENSION]
RESUMED: Final = BY_COURT[RESUMPTION]

# Purpose → its templates, and what its letters are.
TO_ELECTORS: Final = {
    AMENDED: ("ballot/letters/notice_amended", "Notices that the notice of poll was amended"),
    SUSPENDED: ("ballot/letters/poll_suspended", "Notices that a court stopped the poll"),
    RESUMED: ("ballot/letters/poll_resumed", "Notices that the poll goes on"),
}
TO_OTHERS: Final = {
    NOMINATIONS_LATER: (
        "ballot/letters/nominations_later", "Notices that nominations close later",
    ),
    CORRECTED: ("ballot/letters/result_corrected", "Notices of a corrected result"),
}
_ABOUT: Final[dict[str, Callable[[Election, int], dict[str, Any] | None]]] = {
    AMENDED: about_amendment,
    SUSPENDED: about_suspension,
    RESUMED: about_resumption,
    NOMINATIONS_LATER: about_nominations,
    CORRECTED: about_correction,
}


class _Said:
    """What the letters of a batch say: each number of a purpose is read from the board once."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, int, int], dict[str, Any] | None] = {}

    def of(self, letter: LetterToSend, election: Election) -> dict[str, Any] | None:
        """What this letter's templates are given, but for its reader; None: wanted no more."""
        key = letter.purpose, election.pk, letter.attempt
        if key not in self._known:
            about = _ABOUT[letter.purpose](election, letter.attempt)
            self._known[key] = None if about is None else context_of(election) | about
        return self._known[key]


# --- to electors ----------------------------------------------------------------------------


def render_to_electors(batch: Sequence[LetterToSend]) -> Mapping[int, Envelope | None]:
    """Address and word letters to electors. Who has no e-mail address is left out."""
    entries = entries_by_public_id([uuid.UUID(letter.recipient) for letter in batch])
    elections = elections_of({letter.reference for letter in batch})
    said, rendered = _Said(), dict[int, Envelope | None]()
    for letter in batch:
        entry = entries.get(uuid.UUID(letter.recipient))
        election = elections.get(letter.reference)
        if election is None:
            # The freeze of this roll was withdrawn: it is no election's any more.
            rendered[letter.letter_id] = None
        elif entry is not None and entry.email:
            reader = {"elector": named(entry), "name": entry.full_name}
            rendered[letter.letter_id] = _worded(letter, election, said, entry.email, reader)
    return rendered


def _worded(
    letter: LetterToSend, election: Election, said: _Said, address: str, reader: dict[str, Any]
) -> Envelope | None:
    context = said.of(letter, election)
    if context is None:
        return None
    template, _ = {**TO_ELECTORS, **TO_OTHERS}[letter.purpose]
    subject, text, html = words(template, context | reader, also=second_language(election))
    return Envelope(address, subject, text, html)


# --- to bodies, candidates and their agents --------------------------------------------------


@dataclass(frozen=True, slots=True)
class Reader:
    """Somebody who nominates or is nominated, or an agent. whose: for whom they are told.

    is_second: the second person of a joint ticket, who hands in nothing but their consent.
    """

    election: Election
    address: str
    name: str
    whose: str
    is_second: bool = False


def readers(recipients: Sequence[str]) -> dict[str, Reader]:
    """From the recipients of letters to who reads them; who is gone is left out."""
    found: dict[str, Reader] = {}
    to_bodies = [one for one in recipients if one.startswith("body-")]
    for recipient, body in bodies_by_recipient(to_bodies).items():
        name = body.secretary or f"The secretary of {body.name}"
        found[recipient] = Reader(body.election, body.address, name, body.name)
    to_people = [one for one in recipients if not one.startswith("body-")]
    candidates = candidates_by_recipient(to_people)
    for recipient in to_people:
        candidate = candidates.get(f"candidate-{recipient.rpartition('-')[2]}")
        if candidate is not None:
            found[recipient] = _of_candidate(candidate, recipient)
    return found


def _of_candidate(candidate: Candidate, recipient: str) -> Reader:
    election = candidate.contest.election
    if is_agent(recipient):
        return Reader(election, candidate.agent_address, candidate.agent_name, candidate.name)
    if is_second(recipient):
        return Reader(election, candidate.second_address, candidate.second, "", is_second=True)
    return Reader(election, candidate.address, candidate.first, "")


def render_to_others(batch: Sequence[LetterToSend]) -> Mapping[int, Envelope | None]:
    """Address and word letters to bodies, candidates and agents. Who has no address is left out."""
    found = readers([letter.recipient for letter in batch])
    said, rendered = _Said(), dict[int, Envelope | None]()
    for letter in batch:
        reader = found.get(letter.recipient)
        if reader is None or not reader.address:
            continue
        facts = {"name": reader.name, "whose": reader.whose, "is_second": reader.is_second}
        rendered[letter.letter_id] = _worded(
            letter, reader.election, said, reader.address, facts
        )
    return rendered


def names_of_readers(recipients: Sequence[str]) -> dict[str, str]:
    """What to call each recipient: a body, a candidate, or an agent by whose they are."""
    return {
        recipient: f"{reader.name}, for {reader.whose}" if reader.whose else reader.name
        for recipient, reader in readers(recipients).items()
    }


def register() -> None:
    """Say to the office how each purpose is worded, and to members what a history may tell."""
    for purpose, (_, what) in TO_ELECTORS.items():
        register_purpose(purpose, render_to_electors, words=what, names=names)
        tell_of_letters(purpose)
    for purpose, (_, what) in TO_OTHERS.items():
        register_purpose(purpose, render_to_others, words=what, names=names_of_readers)
