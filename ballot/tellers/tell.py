"""The count of one contest, from the papers to what the tellers tell of it."""

from __future__ import annotations

from collections import Counter
from typing import Any

from ballot.tellers.one_place import by_exclusion, by_most_votes
from ballot.tellers.papers import Opened, Paper, lay_out
from ballot.tellers.record import Record
from ballot.tellers.rules import PLURALITY, TRANSFERABLE, read_rules
from ballot.tellers.tables import Tables
from ballot.tellers.transferable import by_transfer


def tell(opened: Opened) -> dict[str, Any]:
    """Count the papers of one contest by hand, as it were.

    Returns: the members of the sheet of counting §10.2, but those that are no figures: its `title`,
             `rules`, `sums_agree`, the name of the base of its percentages, and each `sentence`.
    Spec:    counting §4 to §6, §12 and §13.
    Cost:    a look at each paper at every stage, however many boxes, and a step when it moves.
    Raises:  NotKnown, PapersUnreadable, TieOpen.
    """
    rules = read_rules(opened)
    papers = lay_out(opened)
    marked = [paper for paper in papers if paper.choices]
    tables = Tables({name: [] for name in opened.candidates if name not in opened.withdrawn})
    record = Record(opened, rules, valid=len(marked))
    told = _papers_told(opened, papers) | {"method": rules.method, "stages": record.stages}
    if rules.method == TRANSFERABLE:
        filled = by_transfer(tables, record, marked)
        return told | {"elected": filled.elected, "places": filled.places, "quota": filled.quota}
    fill = by_most_votes if rules.method == PLURALITY else by_exclusion
    return told | {"elected": fill(tables, record, marked)}


def _papers_told(opened: Opened, papers: list[Paper]) -> dict[str, Any]:
    """Who stood, and how many papers came out of each box."""
    valid = Counter(paper.box for paper in papers if paper.choices)
    blank = Counter(paper.box for paper in papers if not paper.choices)
    return {
        "candidates": list(opened.candidates),
        "withdrawn": [name for name in opened.candidates if name in opened.withdrawn],
        "valid": valid.total(),
        "blank": blank.total(),
        "rejected": sum(opened.rejected.values()),
        "sections": [
            {"name": box, "valid": valid[box], "blank": blank[box],
             "rejected": opened.rejected.get(box, 0)}
            for box in opened.boxes
        ],
    }  # fmt: skip
