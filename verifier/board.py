"""The acts of an election, read from its log: entries by kind, and the ballots (bundle §3)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, NamedTuple

from verifier.canonical import read
from verifier.failure import Failed
from verifier.forms import nothing, time, uuid
from verifier.kinds import BLOB, CONTENT, PAPERS
from verifier.log import WAITING, Log

FRAME = {"version", "election", "number", "kind", "at"}
_VERSION = "hustings/v1"
# What is appended in batches, of which no time is told (board §2.5).
TIMELESS = frozenset(PAPERS)


@dataclass(frozen=True, slots=True)
class Entry:
    """One act. at: empty in what bears no time. digest: its leaf in the log."""

    number: int
    kind: str
    at: str
    content: dict[str, Any]
    digest: bytes

    @property
    def where(self) -> str:
        return f"entry {self.number} ({self.kind})"


class Ballot(NamedTuple):
    """A sealed ballot on the board. number: its entry's; wire: sealing §6.2."""

    number: int
    wire: bytes

    @property
    def credential(self) -> bytes:
        return self.wire[:32]


@dataclass(slots=True)
class Board:
    """All entries: the ballots apart, since they are many; those that wait, and those destroyed.

    destroyed: the numbers of entries of which the log has the leaf alone.
    """

    election: str = ""
    declared: bool = False
    acts: list[Entry] = field(default_factory=list)
    ballots: list[Ballot] = field(default_factory=list)
    waiting: list[str] = field(default_factory=list)
    destroyed: list[int] = field(default_factory=list)

    def all(self, *kinds: str) -> list[Entry]:
        """Return the entries of some kinds, in order."""
        return [entry for entry in self.acts if entry.kind in kinds]

    def last(self, kind: str) -> Entry | None:
        """Return the last entry of a kind, if there is one."""
        return next((entry for entry in reversed(self.acts) if entry.kind == kind), None)

    def only(self, kind: str) -> Entry:
        """Return the last entry of a kind, that has to be there.

        Raises: Failed (entry.missing).
        """
        entry = self.last(kind)
        if entry is None:
            raise Failed("entry.missing", f"the kind {kind}", "There is no such entry.")
        return entry

    def has(self, kind: str) -> bool:
        return self.last(kind) is not None


def read_board(log: Log) -> Board:
    """Read every entry, strictly.

    Raises: Failed (json, entry.frame, entry.number, entry.election, entry.kind, entry.content).
    """
    board = Board(declared=log.declared)
    for place, held in enumerate(log.held()):
        _read_entry(board, log, place, held)
    return board


def _read_entry(board: Board, log: Log, place: int, held: bytes) -> None:
    if not held:
        board.destroyed.append(place)
        return
    stood_for = log.bodies.get(place)
    frame = read(held if stood_for is None else stood_for, f"entry {place}")
    kind = frame.get("kind") if isinstance(frame, dict) else None
    if not isinstance(frame, dict) or not isinstance(kind, str) or kind not in CONTENT:
        raise Failed("entry.kind", f"entry {place}", "It is no act of a kind that the spec names.")
    where = f"entry {place} ({kind})"
    waits = kind in WAITING and stood_for is None
    if frame.keys() != {*FRAME, "body" if waits else "content"}:
        raise Failed("entry.frame", where, "Its members are not those of an entry.")
    _check_frame(frame, board, place, where)
    if waits:
        BLOB(frame["body"], f"{where}, body")
        board.waiting.append(kind)
        return
    content: dict[str, Any] = frame["content"]
    CONTENT[kind](content, where)
    if kind == "ballot":
        wire = "".join((content["credential"], *content["votes"], content["signature"]))
        board.ballots.append(Ballot(place, bytes.fromhex(wire)))
    else:
        board.acts.append(Entry(place, kind, frame["at"] or "", content, log.leaves[place]))


def _check_frame(frame: dict[str, Any], board: Board, place: int, where: str) -> None:
    """Check what every entry says of itself: version, number, election, time."""
    if frame["version"] != _VERSION:
        raise Failed("entry.frame", where, f"It is not of version {_VERSION}.")
    if frame["number"] != place or isinstance(frame["number"], bool):
        raise Failed("entry.number", where, f"It is numbered {frame['number']}.")
    uuid(frame["election"], f"{where}, election")
    board.election = board.election or frame["election"]
    if frame["election"] != board.election:
        raise Failed("entry.election", where, "It is of another election.")
    (nothing if frame["kind"] in TIMELESS else time)(frame["at"], f"{where}, at")
