"""The life of an election: its states, and the arrows along which it may move.

The one table: the database refuses every other move (a trigger made from these arrows stands in
the migrations, and a test walks every pair), the services move states only along them, and the
pages read from it what may come next. Source: docs/adr/0001-life-of-an-election.md.
"""

from __future__ import annotations

import enum


class State(enum.StrEnum):
    """Where an election stands. The order is that of the returning officer's business."""

    DRAFT = "draft"
    NOMINATING = "nominating"
    NOMINATED = "nominated"
    FROZEN = "frozen"
    POLLING = "polling"
    SUSPENDED = "suspended"
    CLOSED = "closed"
    VERIFIED = "verified"
    MIXED = "mixed"
    OPENED = "opened"
    COUNTED = "counted"
    DECLARED = "declared"
    ARCHIVED = "archived"
    VOID = "void"

    @property
    def words(self) -> str:
        """What a person reads on a page."""
        return WORDS[self]

    @property
    def is_declared(self) -> bool:
        """Whether there is a result, declared by two officers, that anybody may read."""
        return self in {State.DECLARED, State.ARCHIVED}


WORDS: dict[State, str] = {
    State.DRAFT: "Draft",
    State.NOMINATING: "Nominations open",
    State.NOMINATED: "Candidates named",
    State.FROZEN: "Roll frozen",
    State.POLLING: "Poll open",
    State.SUSPENDED: "Poll suspended",
    State.CLOSED: "Poll closed",
    State.VERIFIED: "Register verified",
    State.MIXED: "Box mixed",
    State.OPENED: "Box opened",
    State.COUNTED: "Counted",
    State.DECLARED: "Declared",
    State.ARCHIVED: "Archived",
    State.VOID: "Void",
}

ORDER: tuple[State, ...] = tuple(State)

ARROWS: frozenset[tuple[State, State]] = frozenset(
    {
        (State.DRAFT, State.NOMINATING),
        (State.NOMINATING, State.NOMINATED),
        # Nobody is left to vote for: nominations are taken again.
        (State.NOMINATED, State.NOMINATING),
        # Every contest unopposed: declared without a poll.
        (State.NOMINATED, State.DECLARED),
        (State.NOMINATED, State.FROZEN),
        # Two officers withdraw a freeze before the opening, and freeze version n + 1.
        (State.FROZEN, State.NOMINATED),
        (State.FROZEN, State.POLLING),
        (State.FROZEN, State.DECLARED),
        (State.POLLING, State.SUSPENDED),
        (State.SUSPENDED, State.POLLING),
        (State.POLLING, State.CLOSED),
        (State.SUSPENDED, State.CLOSED),
        (State.CLOSED, State.VERIFIED),
        (State.VERIFIED, State.MIXED),
        (State.MIXED, State.OPENED),
        (State.OPENED, State.COUNTED),
        (State.COUNTED, State.DECLARED),
        (State.DECLARED, State.ARCHIVED),
    }
    | {
        (state, State.VOID)
        for state in State
        if state not in {State.DECLARED, State.ARCHIVED, State.VOID}
    }
)


# When a candidate may withdraw: before the opening, and from it until a box is opened.
BEFORE_OPENING = (State.DRAFT, State.NOMINATING, State.NOMINATED, State.FROZEN)
AFTER_OPENING = (State.POLLING, State.SUSPENDED, State.CLOSED, State.VERIFIED, State.MIXED)
# When the helpdesk writes down what electors say: from the opening until the archive.
HELPDESK_NOTES = (*AFTER_OPENING, State.OPENED, State.COUNTED, State.DECLARED)


def may_move(before: State, after: State) -> bool:
    """Tell whether an election may go from one state to the other."""
    return (before, after) in ARROWS


def is_before(state: State, other: State) -> bool:
    """Tell whether a state comes earlier than another in the order of business (void: never)."""
    return state != State.VOID and ORDER.index(state) < ORDER.index(other)
