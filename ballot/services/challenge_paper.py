"""Taking the opening of a challenged paper: checked, kept without whose it was, never counted.

Whoever sends it has proved that they hold a code in force and unused (sealing §5.4); that is
looked at, and nothing of it is kept with the challenge. A challenge takes the election's queue
alone, as an act does (services/moves.py): the casts before it are in the box when it looks whether
its paper was cast, and each cast after it finds the paper challenged. The database itself refuses
a part that would be both (migration 0009).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction

from ballot.lifecycle import State
from ballot.models import (
    Challenge,
    ChallengedVote,
    Credential,
    Election,
    RegisterMark,
    SealedBallot,
)
from ballot.sealing.challenge import (
    PaperOpening,
    RemadePaper,
    make_again,
    read_opening,
    refuse_cast,
)
from ballot.sealing.errors import SealingError
from ballot.selectors import contested, ranking_space
from ballot.services.moves import lock_election
from ballot.services.polls import Poll, poll_at
from office.refusal import Refusal


@dataclass(frozen=True, slots=True)
class Opened:
    """What an opening says, and the paper made again from it."""

    opening: PaperOpening
    paper: RemadePaper


def challenge_paper(slug: str, *, credential: bytes, text: str, now: datetime) -> bytes:
    """Keep the opening of a challenged paper for the board; return the paper's tracker.

    credential: whose holder sent it. text: the opening (sealing §6.7). The same opening sent again
    is answered alike, and changes nothing.
    """
    poll = poll_at(slug)
    opened = _open(poll, text)
    if opened.opening.credential != credential:
        raise _not_so_sealed("another code")
    with transaction.atomic():
        election = lock_election(poll.election_id)
        if not _is_kept(opened.paper):
            section_id = _entitled(election, opened.opening, now=now)
            _refuse_cast(opened.paper)
            _keep(poll, section_id, opened)
    return opened.paper.tracker


def _open(poll: Poll, text: str) -> Opened:
    election = Election.objects.get(pk=poll.election_id)
    spaces = [ranking_space(contest) for contest in contested(election)]
    try:
        opening = read_opening(text, setting=poll.setting, spaces=spaces)
        paper = make_again(opening, setting=poll.setting, contests=poll.contest_codes)
    except SealingError as refused:
        raise _not_so_sealed(refused.condition) from refused
    return Opened(opening, paper)


def _is_kept(paper: RemadePaper) -> bool:
    return Challenge.objects.filter(tracker=paper.tracker).exists()


def _entitled(election: Election, opening: PaperOpening, *, now: datetime) -> int:
    """The section that the roll has for the code; refused where no ballot could be cast with it."""
    if election.stage == State.SUSPENDED:
        raise Refusal("poll.suspended", "The poll is suspended. Check your device when it goes on.")
    is_over = election.closes_at is None or election.closes_at <= now
    if election.stage != State.POLLING or is_over:
        raise Refusal("poll.closed", "The poll is closed. No paper is opened any more.")
    held = (
        Credential.objects.filter(
            election=election, public_key=opening.credential, force=Credential.Force.IN_FORCE
        )
        .select_related("roll_entry__section")
        .first()
    )
    if held is None:
        raise Refusal(
            "challenge.code-not-in-force",
            "This voting code is not in force. If you asked for a new one, use the newest link.",
            status=403,
        )
    if RegisterMark.objects.filter(election=election, roll_entry=held.roll_entry_id).exists():
        raise Refusal(
            "challenge.has-voted",
            "A ballot has been cast by this elector already, and it stands. No paper is opened "
            "after that.",
        )
    section = held.roll_entry.section
    if (opening.section, opening.unit) != (section.code, ""):
        raise _not_so_sealed("another section")
    return int(section.pk)


def _refuse_cast(paper: RemadePaper) -> None:
    cast = SealedBallot.objects.filter(tracker=paper.tracker).values_list("tracker", flat=True)
    try:
        refuse_cast(paper, cast={bytes(tracker) for tracker in cast})
    except SealingError as refused:
        raise _was_cast() from refused


def _keep(poll: Poll, section_id: int, opened: Opened) -> None:
    try:
        with transaction.atomic():
            challenge = Challenge.objects.create(
                election_id=poll.election_id,
                section_id=section_id,
                tracker=opened.paper.tracker,
            )
            ChallengedVote.objects.bulk_create(_votes(challenge, poll, opened))
    except IntegrityError as error:
        raise _was_cast() from error


def _votes(challenge: Challenge, poll: Poll, opened: Opened) -> list[ChallengedVote]:
    drawn = zip(poll.contest_ids, opened.opening.votes, opened.paper.votes, strict=True)
    return [
        ChallengedVote(
            challenge=challenge,
            contest_id=contest_id,
            c1=sealed.c1,
            c2=sealed.c2,
            ranking=vote.ranking,
            randomness=vote.randomness.to_bytes(32, "big"),
        )
        for contest_id, vote, sealed in drawn
    ]


def _not_so_sealed(condition: str) -> Refusal:
    return Refusal(
        "challenge.not-so-sealed",
        f"What this device opened is no paper of this election ({condition}). It was not put on "
        "the board. Tell the returning officer and the scrutineer, and vote on another device.",
        status=422,
    )


def _was_cast() -> Refusal:
    return Refusal(
        "challenge.was-cast",
        "This paper, or a part of it, is in the box already. What was cast is never opened.",
    )
