"""What the checks hand on to one another."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from verifier.ballots import Cast, Paper
from verifier.board import Ballot, Board
from verifier.bundle import Bundle
from verifier.closed import ClosedBox
from verifier.credentials import Credentials
from verifier.keys import Key
from verifier.log import Log
from verifier.opening import Poll
from verifier.openings import Opened
from verifier.outside import Outside
from verifier.post import Post, check_post
from verifier.report import Listener
from verifier.roll import Roll
from verifier.unsealing import Unsealed
from verifier.workers import Workers


@dataclass
class Known:
    """What was given, and what the checks have established so far.

    A check reads only what the checks that it needs have set.
    """

    bundle: Bundle
    outside: Outside
    workers: Workers
    progress: Listener
    notes: list[str] = field(default_factory=list)
    log: Log = field(init=False)
    board: Board = field(init=False)
    poll: Poll = field(init=False)
    key: Key = field(init=False)
    roll: Roll = field(init=False)
    credentials: Credentials = field(init=False)
    ballots: list[Ballot] = field(init=False)
    aside: set[int] = field(init=False)
    boxes: list[ClosedBox] = field(init=False)
    mixed: list[bytes] = field(init=False)
    unsealed: list[Unsealed] = field(init=False)
    opened: list[Opened] = field(init=False)
    sheets: dict[str, dict[str, Any]] = field(default_factory=dict, init=False)

    @property
    def paper(self) -> Paper:
        return self.poll.paper(self.key)

    @cached_property
    def post(self) -> Post:
        """What came by post, checked."""
        return check_post(self.bundle, self.board, self.credentials, self.paper)

    @property
    def casts(self) -> list[tuple[Ballot, Cast]]:
        """The ballots whose section is known."""
        section = self.credentials.section
        return [
            (ballot, Cast(ballot.wire, section[ballot.credential]))
            for ballot in self.board.ballots
            if ballot.credential in section
        ]


class NotYet(Exception):
    """What a check looks at is not in the bundle yet, and why."""


def require(known: Known, kind: str, why: str) -> None:
    """Raise NotYet, if there is no entry of a kind."""
    if not known.board.has(kind):
        raise NotYet(why)


def require_declared(known: Known) -> None:
    """Raise NotYet, before the declaration."""
    require(known, "declaration", "the result is not declared yet")
