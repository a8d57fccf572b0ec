"""What a destruction took off the board, and what it left (bundle §4.8).

Of an entry that was destroyed the log has the leaf alone. A bundle in which such entries are shows
less, and the checks that would look at them are not made; a copy from before still has them all.
"""

from __future__ import annotations

from collections import Counter
from datetime import date
from hashlib import sha256
from typing import Any

from verifier.board import Board, Entry
from verifier.failure import Failed
from verifier.kinds import PAPERS
from verifier.log import Log, is_blob

# The checks of bundle §5 that look at what a destruction takes; of a void election the mixes too.
OF_PAPERS = frozenset({"credentials", "ballots", "set aside", "reconciliation", "boxes"})
OF_VOID_PAPERS = OF_PAPERS | {"mixes"}
# The day of an entry by the clocks of the election is that of its `at`, or one before or after.
_ZONE_DAYS = 1
# The kinds of which it takes the blobs.
NAMING = ("credentials", "amendment", "keys", "envelopes", "reconciliation")
NAMING_WHEN_VOID = (*NAMING, "mix")


def is_emptied(board: Board) -> bool:
    """Tell whether what a destruction took is missing; a copy from before may have it still.

    Where nobody had sent anything, only lists of keys went, and these no copy shows to be there.
    """
    entry = board.last("destruction")
    if entry is None or board.destroyed:
        return bool(board.destroyed)
    return bool(entry.content["blobs"]) and not any(entry.content["entries"].values())


def checks_gone(board: Board) -> frozenset[str]:
    """Return the checks that cannot be made, since what they look at was destroyed."""
    if not is_emptied(board):
        return frozenset()
    return OF_VOID_PAPERS if board.has("void") else OF_PAPERS


def check_destroyed(board: Board, log: Log) -> None:
    """Check that just those entries are without bytes that a destruction names, by their leaves.

    Raises: Failed (destruction.missing, .order, .place, .entries, .leaves, .blobs).
    """
    entry = board.last("destruction")
    if entry is None:
        if board.destroyed:
            where = f"entry {board.destroyed[0]}"
            raise Failed("destruction.missing", where, "It has no bytes, and nobody destroyed it.")
        return
    _check_order(board, entry)
    found = _papers(board)
    numbers = sorted([*board.destroyed, *found])
    _check_place(board, entry, numbers)
    told: dict[str, int] = entry.content["entries"]
    kinds = Counter(found.values())
    if sum(told.values()) != len(numbers) or any(kinds[kind] > told[kind] for kind in PAPERS):
        why = f"It names {sum(told.values())} entries, and there are {len(numbers)}."
        raise Failed("destruction.entries", entry.where, why)
    leaves = sha256(b"".join(log.leaves[number] for number in numbers)).hexdigest()
    if leaves != entry.content["leaves"]:
        why = "The leaves of these entries have another hash."
        raise Failed("destruction.leaves", entry.where, why)
    _check_blobs(board, entry)


def _check_order(board: Board, entry: Entry) -> None:
    """It names two who ordered it, and the notice's days of keeping were over."""
    if len(entry.content["officers"]) != 2:
        raise Failed("destruction.order", entry.where, "It does not name two who ordered it.")
    last = date.fromisoformat(entry.content["kept_until"])
    ended = board.last("void") or board.only("declaration")
    kept = (last - _day(ended)).days
    promised: int = board.only("notice").content["after_count"]["keep_days"]
    if abs(kept - promised) > _ZONE_DAYS:
        why = f"The notice keeps them {promised} days after {ended.where}, and it says {kept}."
        raise Failed("destruction.order", entry.where, why)
    if _day(entry) < last:
        raise Failed("destruction.order", entry.where, "The last day of keeping was not over.")


def _day(entry: Entry) -> date:
    return date.fromisoformat(entry.at[:10])


def _papers(board: Board) -> dict[int, str]:
    """Return the entries of the kinds that a destruction takes, which are there: number, kind."""
    papers = {ballot.number: "ballot" for ballot in board.ballots}
    return papers | {entry.number: entry.kind for entry in board.all(*PAPERS)}


def _check_place(board: Board, entry: Entry, numbers: list[int]) -> None:
    """What electors send stands between the opening and the reconciliation.

    An election may be void before it comes to that. What had been cast by then may be appended a
    moment after the `void`, and nothing of it after the destruction.
    """
    opening, end = board.last("opening"), board.last("reconciliation")
    if not numbers:
        return
    if board.has("void"):
        end = end or entry
    if not opening or not end or numbers[0] < opening.number or numbers[-1] > end.number:
        why = "It took an entry that no elector can have sent: of before the opening, or too late."
        raise Failed("destruction.place", entry.where, why)


def _check_blobs(board: Board, entry: Entry) -> None:
    kinds = NAMING_WHEN_VOID if board.has("void") else NAMING
    named = {name for one in board.all(*kinds) for name in _named(one.content)}
    if strange := [name for name in entry.content["blobs"] if name not in named]:
        why = f"No list of keys or envelopes, and no box, is {strange[0]}."
        raise Failed("destruction.blobs", entry.where, why)


def _named(content: Any) -> list[str]:
    """Return the blobs that an entry's content names, however deep (bundle §2.3), or seals (§4.1).
    """
    if is_blob(content):
        return [content["sha256"]]
    if isinstance(content, dict) and content.keys() == {"sealed"}:
        return [content["sealed"]] if isinstance(content["sealed"], str) else []
    parts = content.values() if isinstance(content, dict) else content
    return [name for part in parts for name in _named(part)] if _is_whole(content) else []


def _is_whole(content: Any) -> bool:
    return isinstance(content, dict | list)


def note_of(board: Board) -> str:
    """Return what the reader is told of it."""
    entry = board.only("destruction")
    officers = " and ".join(entry.content["officers"])
    if not is_emptied(board):
        return (
            f"{entry.where}: {officers} had the ballots destroyed on {entry.at}. This copy is of "
            "before and has them still, or there were none."
        )
    boxes = "the boxes" if board.has("void") else "the boxes before their first mix"
    return (
        f"{entry.where}: {officers} had the ballots, the lists of keys and {boxes} destroyed on "
        f"{entry.at}. The checks that look at them are not made; a copy of before shows the rest, "
        "and has the same leaves."
    )
