"""Whether a mapping is one for this file: its dates, its words, its encoding."""

from __future__ import annotations

from collections.abc import Mapping

from members.rollfile import ColumnMapping, DateOrder, FileLook
from members.rollfile.columns import STANDINGS
from members.rollfile.looking import ColumnLook
from members.rollfile.mapping import word_key


def unfit_parts(
    mapping: ColumnMapping, look: FileLook, sections: Mapping[str, str]
) -> list[str]:
    """The parts of a saved mapping that a person has to look at again for this file.

    sections: from the folded code or name of each section to its code.
    """
    columns = {column.plain: column for column in look.columns}
    unfit = []
    if look.shape.candidates and mapping.encoding not in {
        each.encoding for each in look.shape.candidates
    }:
        unfit.append("encoding")
    for name, order in mapping.dates.items():
        if not _is_in_order(columns[mapping.columns[name]], order):
            unfit.append(name)
    if not _knows_words(mapping, columns, "standing", {*mapping.standings, *STANDINGS}):
        unfit.append("standing")
    if not _knows_words(mapping, columns, "section", {*mapping.sections, *sections}):
        unfit.append("section")
    if mapping.section and mapping.section not in sections.values():
        unfit.append("section")
    return unfit


def unproved_orders(mapping: ColumnMapping, look: FileLook) -> dict[str, DateOrder]:
    """The headers of the columns whose dates nothing in the file proves, and how they are read.

    Their every date is good in both orders, so that the mapping alone says which is meant.
    """
    columns = {column.plain: column for column in look.columns}
    read = {mapping.columns[name]: order for name, order in mapping.dates.items()}
    return {
        columns[plain].header: order
        for plain, order in read.items()
        if (dates := columns[plain].dates) and not dates.contradiction and dates.proved is None
    }


def _is_in_order(column: ColumnLook, order: DateOrder) -> bool:
    """Whether nothing in a column speaks against an order: ISO dates are read in any."""
    if column.dates is None:
        return not column.samples
    if column.dates.contradiction:
        return False
    proved = column.dates.proved
    if proved is None:
        # Dates that are good in both orders: the source's own order settles it, if it has one, and
        # the preview says so (unproved_orders).
        return order in (DateOrder.DAY_FIRST, DateOrder.MONTH_FIRST)
    return proved in (order, DateOrder.ISO)


def _knows_words(
    mapping: ColumnMapping, columns: Mapping[str, ColumnLook], name: str, known: set[str]
) -> bool:
    if name not in mapping.columns:
        return True
    words = columns[mapping.columns[name]].words
    # A column with more words than are shown is refused row by row, and nobody can be asked.
    return words is None or all(not word_key(word) or word_key(word) in known for word in words)
