"""Telling people of what changed after they were told of it: one letter each, without a code.

Electors: an amendment of the notice, and a court's stop of the poll and its end. Who nominates and
who is nominated: a later end of nominations. Candidates and their agents: a corrected result. Each
is numbered as on the board, and so are its letters: nobody is sent the same twice.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Final

from ballot.changes import AMENDMENT, CORRECTION, is_told, told_of
from ballot.lifecycle import State
from ballot.models import Candidate, Election
from ballot.selectors import on_paper, standing
from ballot.services.nomination_seats import recipient
from ballot.services.tell_electors import tell_electors
from ballot.timetable import COLUMNS, NOMINATIONS_CLOSE
from office.services.letters import queue_letter

AMENDED: Final = "notice-amended"
NOMINATIONS_LATER: Final = "nominations-later"
CORRECTED: Final = "result-corrected"
BY_COURT: Final = {"suspension": "poll-suspended", "resumption": "poll-resumed"}
"""From an entry's kind to its letters' purpose."""
_AGENT: Final = "agent-"
_SECOND: Final = "second-"
"""The second person of a candidate's joint ticket."""


def tell_of_amendment(election: Election, *, by: int, now: datetime) -> int:
    """Queue the letters of the newest amendment of the notice; return how many are new.

    Electors are those of the frozen roll; before the freeze there are none to be told.
    """
    newest = told_of(election, AMENDMENT)[-1]
    letters = 0
    if election.roll_id is not None:
        letters += tell_electors(election, AMENDED, number=newest.number, by=by, now=now)
    moved = {one["part"] for one in newest.content["hours"]}
    if COLUMNS[NOMINATIONS_CLOSE] in moved and election.stage == State.NOMINATING:
        recipients = list(_with_links(election))
        letters += _queue(election, NOMINATIONS_LATER, recipients, number=newest.number)
    return letters


def _with_links(election: Election) -> Iterator[str]:
    """The bodies and candidates who were sent a link, with the hour until which it is good."""
    bodies = election.nominating_bodies.filter(seat__isnull=False)
    yield from map(recipient, bodies.exclude(address=""))
    candidates = Candidate.objects.filter(contest__election=election, withdrawn_at__isnull=True)
    for one in candidates.defer("photo"):
        if one.seat and one.address:
            yield recipient(one)
        if one.second_seat and one.second_address:
            yield f"{_SECOND}{one.pk}"


def tell_of_order(election: Election, kind: str, *, by: int, now: datetime) -> int:
    """Queue the letters of the newest suspension or resumption, where electors are told of it."""
    number = len(told_of(election, kind))
    if not is_told(election, kind, number):
        return 0
    return tell_electors(election, BY_COURT[kind], number=number, by=by, now=now)


def tell_of_correction(election: Election) -> int:
    """Queue the letters of the newest correction of the result; return how many are new."""
    number = len(told_of(election, CORRECTION))
    recipients = list(_first_of_each_address(election))
    return _queue(election, CORRECTED, recipients, number=number)


def _first_of_each_address(election: Election) -> Iterator[str]:
    """The candidates, and the agents whom they named: each mailbox once."""
    told: set[str] = set()
    for contest in election.contests.order_by("position"):
        # A paper names who withdrew once it was fixed; a contest without one has who stands.
        for one in on_paper(contest) or standing(contest):
            for address, named in (
                (one.address, recipient(one)),
                (one.second_address, f"{_SECOND}{one.pk}"),
                (one.agent_address, f"{_AGENT}{one.pk}"),
            ):
                if address and address.lower() not in told:
                    told.add(address.lower())
                    yield named


def is_second(named: str) -> bool:
    """Whether a letter goes to the second person of a joint ticket."""
    return named.startswith(_SECOND)


def is_agent(named: str) -> bool:
    """Whether a letter about a result goes to a candidate's agent, and not to the candidate."""
    return named.startswith(_AGENT)


def _queue(election: Election, purpose: str, recipients: Sequence[str], *, number: int) -> int:
    queued = [
        queue_letter(purpose, reference=election.public_id, recipient=one, attempt=number)
        for one in recipients
    ]
    return sum(one is not None for one in queued)
