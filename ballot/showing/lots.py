"""Whether a count waits for a lot, and between whom."""

from __future__ import annotations

from ballot.counting.errors import UnsettledTie
from ballot.models import Contest
from ballot.opened_papers import counted


def tie_of(contest: Contest) -> UnsettledTie | None:
    """The tie that stops this contest's count, worked out from its papers; None where none does."""
    try:
        counted(contest)
    except UnsettledTie as tie:
        return tie
    return None
