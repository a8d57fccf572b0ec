"""Papers sealed on the elector's own device: those cast, and those opened as a check."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ballot.canonical import Json
from ballot.models import Challenge, ChallengedVote


def ballot_content(
    public_key: bytes, votes: Sequence[bytes], signature: bytes
) -> dict[str, Json]:
    """A sealed ballot: credential, one sealed vote a contest in the order of the paper."""
    return {
        "credential": bytes(public_key).hex(),
        "signature": bytes(signature).hex(),
        "votes": [bytes(vote).hex() for vote in votes],
    }


def challenge_content(
    challenge: Challenge, votes: Iterable[ChallengedVote]
) -> dict[str, Json]:
    """A challenged paper, opened, in the order of the paper: no credential and no proof (§6.7)."""
    return {
        "section": challenge.section.code,
        "tracker": bytes(challenge.tracker).hex(),
        "unit": None,
        "votes": [
            {
                "c1": bytes(vote.c1).hex(),
                "c2": bytes(vote.c2).hex(),
                "r": bytes(vote.randomness).hex(),
                "ranking": vote.ranking,
            }
            for vote in votes
        ],
    }
