"""How often entries stand, and in what order (bundle §4)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TypeVar

from verifier.board import Board, Entry
from verifier.failure import Failed
from verifier.kinds import ENDS, ORDER

Place = tuple[str, int]
Seen = TypeVar("Seen")
# What a new list of the candidates follows, before the opening or a declaration without one.
NEW_LIST = ("nominations", "nominations-reopened", "names-drawn", "withdrawal")


def check_order(board: Board) -> None:
    """Check when each entry stands; the ballots by the first and the last of them.

    Raises: Failed (entry.first, entry.order, entry.twice).
    """
    seen: set[str] = set()
    for number, kind in _acts_in_order(board):
        where = f"entry {number} ({kind})"
        if number == 0 and kind != "notice":
            raise Failed("entry.first", where, "The first entry is to be the notice.")
        missing, late = ORDER[kind].after - seen, ORDER[kind].before & seen
        if missing:
            raise Failed("entry.order", where, f"No {' or '.join(sorted(missing))} is before it.")
        if late:
            raise Failed("entry.order", where, f"There is a {', '.join(sorted(late))} before it.")
        if kind == "destruction" and not seen & ENDS:
            raise Failed("entry.order", where, f"No {' or '.join(sorted(ENDS))} is before it.")
        seen.add(kind)
        if kind == "roll-withdrawn":
            # Whoever withdraws a roll freezes another, and issues its codes anew.
            seen -= {"roll", "credentials"}
        elif kind == "ceremony":
            # Whoever begins a ceremony anew has no key until it ends.
            seen -= {"ceremony-message", "key"}
    _check_suspensions(board)
    _check_candidates(board)
    _check_boxes(board)


def _acts_in_order(board: Board) -> Iterator[tuple[int, str]]:
    """Yield numbers and kinds; of the ballots, which may stand in one stretch, the two ends."""
    ends = {board.ballots[0].number, board.ballots[-1].number} if board.ballots else set()
    yield from sorted(
        [(entry.number, entry.kind) for entry in board.acts] + [(n, "ballot") for n in ends]
    )


def _check_suspensions(board: Board) -> None:
    suspended = False
    for entry in board.all("suspension", "resumption"):
        if suspended == (entry.kind == "suspension"):
            raise Failed("entry.order", entry.where, "The poll stands so already.")
        suspended = not suspended


def _check_candidates(board: Board) -> None:
    """Whatever changes who stands, before the poll, is followed by a new list of the candidates."""
    candidates = board.last("candidates")
    end = board.last("opening") or board.last("declaration")
    changes = [entry for entry in board.all(*NEW_LIST) if end and entry.number < end.number]
    if changes and (not candidates or changes[-1].number > candidates.number):
        raise Failed("entry.order", changes[-1].where, "No new list of candidates follows it.")


def _check_boxes(board: Board) -> None:
    """Of each box mixes, then commitments, then parts; of each contest lots, then its count."""
    seen = _Seen()
    steps = {
        "mix": seen.mix,
        "opening-commitment": seen.commitment,
        "part": seen.part,
        "profile": seen.profile,
        "lot": seen.lot,
        "count": seen.count,
        "recount": seen.recount,
    }
    for entry in board.all(*steps):
        steps[entry.kind](entry)


@dataclass
class _Seen:
    """What has been seen of the boxes and contests so far; each step refuses what is too late."""

    committed: set[tuple[Place, int]] = field(default_factory=set)
    parts: set[tuple[Place, int]] = field(default_factory=set)
    profiles: set[Place] = field(default_factory=set)
    counts: set[str] = field(default_factory=set)

    def mix(self, entry: Entry) -> None:
        if any(box == _box(entry) for box, _ in self.committed):
            raise Failed("entry.order", entry.where, "A trustee committed to an opening already.")

    def commitment(self, entry: Entry) -> None:
        _once(self.committed, (_box(entry), entry.content["trustee"]), entry.where)

    def part(self, entry: Entry) -> None:
        one = (_box(entry), entry.content["trustee"])
        if one not in self.committed:
            raise Failed("entry.order", entry.where, "The trustee has not committed to it.")
        _once(self.parts, one, entry.where)

    def profile(self, entry: Entry) -> None:
        if self.counts:
            raise Failed("entry.order", entry.where, "A contest is counted already.")
        _once(self.profiles, _box(entry), entry.where)

    def lot(self, entry: Entry) -> None:
        if entry.content["contest"] in self.counts:
            raise Failed("entry.order", entry.where, "Its contest is counted already.")

    def count(self, entry: Entry) -> None:
        _once(self.counts, entry.content["contest"], entry.where)

    def recount(self, entry: Entry) -> None:
        if entry.content["contest"] not in self.counts:
            raise Failed("entry.order", entry.where, "Its contest is not counted yet.")


def _box(entry: Entry) -> Place:
    return entry.content["contest"], entry.content["box"]


def _once(seen: set[Seen], one: Seen, where: str) -> None:
    if one in seen:
        raise Failed("entry.twice", where, "There is one already.")
    seen.add(one)
