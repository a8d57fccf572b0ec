"""The ballots on the board: each under a key that might cast it, once, and sealed as it ought."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from verifier.ballots import Cast, Paper, check_ballots
from verifier.board import Ballot, Board
from verifier.credentials import Credentials
from verifier.failure import Failed, raise_all
from verifier.workers import Workers


def check_cast(
    board: Board,
    credentials: Credentials,
    paper: Paper,
    workers: Workers,
    postal: Sequence[Cast] = (),
) -> list[Cast]:
    """Check every ballot, and return those whose key is known, in the order of the board.

    postal: the postal papers, whose votes and signatures are checked with theirs.
    While amendments' keys are sealed still, a ballot under a key that nobody named is left out.
    Raises: ExceptionGroup of Failed (ballot.unknown, ballot.revoked; and those of check_ballots).
    """
    known = [
        ballot
        for ballot in board.ballots
        if ballot.credential in credentials.section or not credentials.unread
    ]
    raise_all(_under_no_key(known, credentials), "sealed ballots")
    casts = [Cast(ballot.wire, credentials.section[ballot.credential]) for ballot in known]
    check_ballots(paper, [*casts, *postal], workers)
    return casts


def _under_no_key(ballots: Sequence[Ballot], credentials: Credentials) -> list[Failed]:
    failures = []
    for row, ballot in enumerate(ballots, 1):
        where = f"ballot {row} (entry {ballot.number})"
        if ballot.credential not in credentials.section:
            failures.append(Failed("ballot.unknown", where, "Nobody was issued its credential."))
        elif ballot.credential in credentials.dead:
            # Be it before the ballot or after: whoever cast and is given another key votes twice.
            failures.append(Failed("ballot.revoked", where, "Its credential was revoked."))
    return failures


def by_section(casts: Sequence[Cast]) -> Counter[str]:
    """Return how many ballots each section cast."""
    return Counter(cast.section for cast in casts)
