"""The papers as the tellers take them: from the rows of opened boxes to one item a paper.

Source: docs/spec/sealing.md §4.1 (what a ranking's number means), docs/spec/counting.md §2.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice, permutations
from typing import NamedTuple

from ballot.tellers.errors import PapersUnreadable


class Paper(NamedTuple):
    """One paper: the box it came from, and the names it ranks, first preference first."""

    box: str
    choices: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Opened:
    """What came out of the boxes of one contest, and the rules by which it is counted.

    candidates: names in the order of the paper.
    most:       how many preferences a paper may bear, 1 … candidates.
    boxes:      name of a box → (number of a ranking, papers that bear it).
    rules:      as counting §3.1 writes them.
    rejected:   name of a box → papers that bear no ranking.
    withdrawn:  names that are passed over wherever ranked (counting §2.4).
    places:     how many are elected; more than one by the single transferable vote alone.
    """

    candidates: Sequence[str]
    most: int
    boxes: Mapping[str, Sequence[tuple[int, int]]]
    rules: Mapping[str, object]
    rejected: Mapping[str, int] = field(default_factory=dict)
    withdrawn: Collection[str] = ()
    places: int = 1


def lay_out(opened: Opened) -> list[Paper]:
    """Lay out every paper by itself, box by box. Cost: an item in memory for each paper.

    Spec:   sealing §4.1; counting §2.
    Raises: PapersUnreadable.
    """
    if set(opened.candidates) <= set(opened.withdrawn):
        raise PapersUnreadable("nobody stands")
    wanted = {number for rows in opened.boxes.values() for number, _ in rows}
    written = _written_out(opened, wanted)
    papers: list[Paper] = []
    for box, rows in opened.boxes.items():
        for number, how_many in rows:
            if number not in written or how_many < 1:
                raise PapersUnreadable(f"box {box} has {how_many} papers with ranking {number}")
            papers.extend([Paper(box, written[number])] * how_many)
    return papers


def _written_out(opened: Opened, wanted: set[int]) -> dict[int, tuple[str, ...]]:
    """Write all rankings down in the order of sealing §4.1, and keep those that occur.

    By length, and within a length in the order of dictionaries: for each length that is the order
    in which `permutations` gives them, since the names are given in the order of the paper.
    """
    written: dict[int, tuple[str, ...]] = {}
    number = 0
    last = max(wanted, default=0)
    for length in range(opened.most + 1):
        for ranking in islice(permutations(opened.candidates, length), last + 1 - number):
            if number in wanted:
                written[number] = ranking
            number += 1
    return written
