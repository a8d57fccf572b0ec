"""What is said of the time after a declaration: challenge, keeping, and what is due."""

from __future__ import annotations

from ballot.models import Election
from ballot.retention import challengeable_until, kept_until
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
