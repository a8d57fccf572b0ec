"""What is said of the time after an election's end: challenge, keeping, and what is due."""

from __future__ import annotations

from datetime import datetime

from ballot.destruction import DESTROYED_IN, destroyed_sentence, order_of
from ballot.lifecycle import State
from ballot.models import Election
from ballot.retention import challenge_is_over, challengeable_until, keeping_is_over, kept_until
from ballot.times import day_words


def challenge_sentence(election: Election) -> str:
    """Until when the declaration may be challenged, and how long all is kept."""
    challenge, kept = challengeable_until(election), kept_until(election)
    if challenge is None or kept is None:
        return ""
    return (
        f"It may be challenged until {day_words(challenge)}. The roll, the marked register and "
        f"the sealed ballots are kept until {day_words(kept)} at least."
    )


def due_sentence(election: Election, *, now: datetime) -> str:
    """What is due after the end, for officers: nothing is archived or destroyed by itself."""
    if election.stage == State.DECLARED and challenge_is_over(election, now=now):
        return (
            "The days are over in which the declaration may be challenged. Two officers may "
            "archive the election."
        )
    if said := destroyed_sentence(election):
        return said
    if order_of(election) is not None:
        return (
            "The destruction of the sealed ballots is ordered, and is carried out when the "
            "installation’s owner runs what is due, once a day. If this stands here the day after "
            "tomorrow, ask whoever runs the server for what the command said."
        )
    if election.stage in DESTROYED_IN and keeping_is_over(election, now=now):
        return (
            "The days are over for which the notice keeps the roll and the marked register. Set "
            "the day of the roll’s destruction on the page of the roll, and propose here to "
            "destroy the sealed ballots and the marked register."
        )
    return _void_sentence(election) if election.stage == State.VOID else ""


def _void_sentence(election: Election) -> str:
    """Until when a void election is kept; empty where no notice promised to."""
    last = kept_until(election)
    if last is None:
        return ""
    return (
        "Of this void election the roll, the marked register and the sealed ballots are kept until "
        f"{day_words(last)}, that day included: as long as the notice says, counted from the day "
        "on which it became void. Nobody opens the ballots. After that day two officers may have "
        "them destroyed."
    )
