"""That the trustees' shares are still held: each `share-held` of the board (sealing §9.7)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from verifier.board import Board, Entry
from verifier.failure import Failed
from verifier.keys import Key, check_still_held
from verifier.tree import Roots


def check_shares_held(board: Board, keys: Mapping[int, Key], leaves: Sequence[bytes]) -> int:
    """Check every proof, and that each trustee gave one before the opening; return how many.

    keys:   by their entries' numbers, in order.
    leaves: the log's, of which the roots are made that were the questions.
    Raises: Failed (share.size, share.proof, share.missing, key.trustee, proof.*).
    """
    entries = board.all("share-held")
    roots = Roots(leaves)
    for entry in entries:
        named = max(number for number in keys if number < entry.number)
        _check(entry, named, keys[named], roots)
    opening = board.last("opening")
    if opening:
        _require_all(opening, max(keys), keys[max(keys)], entries)
    return len(entries)


def _check(entry: Entry, named: int, key: Key, roots: Roots) -> None:
    """Check one proof. named: the number of the key's entry."""
    size = entry.content["size"]
    if not named < size <= entry.number:
        why = f"A board of {size} entries ends before the key, or after this entry."
        raise Failed("share.size", entry.where, why)
    proof = bytes.fromhex(entry.content["proof"])
    try:
        check_still_held(key, entry.content["trustee"], roots.at(size), proof)
    except Failed as failure:
        raise Failed(failure.check, f"{entry.where}: {failure.where}", failure.why) from None


def _require_all(opening: Entry, named: int, key: Key, entries: Sequence[Entry]) -> None:
    shown = {entry.content["trustee"] for entry in entries if named < entry.number < opening.number}
    for trustee in key.trustees:
        if trustee.number not in shown:
            why = f"Trustee {trustee.number}, {trustee.name}, had not shown to hold their share."
            raise Failed("share.missing", opening.where, why)
