"""How the file of another membership system is read: which header feeds which column, and how.

A mapping is a value, saved for its source in versions, and read back by a parser that can
refuse: what is not named in it is never read, so a column of bank details is never stored.

    {"format": 1, "encoding": "windows-1252", "delimiter": ";", "header_line": 3,
     "headers": ["membershipno", "surname", …], "columns": {"number": "membershipno", …},
     "dates": {"joined_on": "day_first"}, "standings": {"current": "good"},
     "sections": {"full member": "member"}, "section": "", "deletes": ["email"]}
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from members.rollfile.columns import COLUMN_NAMES, COLUMNS, STANDINGS, Header
from members.rollfile.dates import DateOrder
from members.rollfile.errors import FileRefused, FileTrouble, MappingRefused, shown
from members.rollfile.normal import fold
from members.rollfile.streams import CODECS, DELIMITERS

FORMAT: Final = 1
DATE_COLUMNS: Final = ("joined_on", "paid_until", "date_of_birth")
MAY_DELETE: Final = ("title", "given_name", "email", "address_1", "address_2", "address_3",
                     "address_4", "postcode", "country", "phone")  # fmt: skip
"""Columns whose blank cells may be told to delete. Not those that decide who may vote: for them
a blank stays no news, and somebody says what is true."""
MOST_HEADERS: Final = 300
_PUNCTUATION: Final = re.compile(r"[\s_\-/.:#*?()'’\ufeff]+")


@dataclass(frozen=True, slots=True)
class ColumnMapping:
    """One way of reading a file. Made by mapping_from_json, which refuses what does not fit.

    encoding, delimiter, header_line: the shape of the file, line 1 being its first.
    headers: the plain names of all its headers, by which the next file is known again.
    columns: from documented column to the plain name of the header that feeds it.
    dates: from date column to the order of its numbers. standings, sections: from the folded
    word of the file to ours; an empty word is a blank. section: the one section of all rows,
    where the file has no column for it. deletes: columns in which a blank cell deletes.
    """

    encoding: str
    delimiter: str
    header_line: int
    headers: tuple[str, ...]
    columns: Mapping[str, str]
    dates: Mapping[str, DateOrder]
    standings: Mapping[str, str]
    sections: Mapping[str, str]
    section: str = ""
    deletes: tuple[str, ...] = ()


def plain(header: str) -> str:
    """A header for matching: without case, spaces, underscores and other signs."""
    return _PUNCTUATION.sub("", header.strip().casefold())


def mapping_to_json(mapping: ColumnMapping) -> dict[str, Any]:
    """The mapping as it is saved."""
    return {
        "format": FORMAT,
        "encoding": mapping.encoding,
        "delimiter": mapping.delimiter,
        "header_line": mapping.header_line,
        "headers": list(mapping.headers),
        "columns": dict(mapping.columns),
        "dates": {column: order.value for column, order in mapping.dates.items()},
        "standings": dict(mapping.standings),
        "sections": dict(mapping.sections),
        "section": mapping.section,
        "deletes": list(mapping.deletes),
    }


def mapping_from_json(body: object) -> ColumnMapping:
    """Parse a mapping.

    Spec:   import-format §9.
    Raises: MappingRefused, naming the part that does not fit.
    """
    if not isinstance(body, dict) or body.get("format") != FORMAT:
        raise MappingRefused("format", "This is not a mapping, or one of another format.")
    columns = _words(body, "columns")
    mapping = ColumnMapping(
        encoding=_one_of(body, "encoding", CODECS),
        delimiter=_one_of(body, "delimiter", DELIMITERS),
        header_line=_header_line(body),
        headers=_list(body, "headers"),
        columns=columns,
        dates={name: _order(name, order) for name, order in _words(body, "dates").items()},
        standings=_words(body, "standings"),
        sections=_words(body, "sections"),
        section=str(body.get("section", "")),
        deletes=_list(body, "deletes"),
    )
    _refuse_what_does_not_fit(mapping)
    return mapping


def _refuse_what_does_not_fit(mapping: ColumnMapping) -> None:
    for column, header in mapping.columns.items():
        if column not in COLUMN_NAMES:
            raise MappingRefused("columns", f"There is no column {shown(column)}.")
        if header not in mapping.headers:
            raise MappingRefused("columns", f"The file has no column {shown(header)}.")
    if len(set(mapping.columns.values())) < len(mapping.columns):
        raise MappingRefused("columns", "One column of the file feeds two of ours.")
    for needed in ("number", "family_name"):
        if needed not in mapping.columns:
            raise MappingRefused("columns", f"Say which column is {needed}.")
    if ("section" in mapping.columns) == bool(mapping.section):
        raise MappingRefused(
            "section", "Say which column names the section, or which section all rows belong to."
        )
    undated = [name for name in DATE_COLUMNS if name in mapping.columns]
    if set(undated) != set(mapping.dates):
        raise MappingRefused("dates", "Say for each column of dates in which order they are.")
    if not set(mapping.standings.values()) <= {*STANDINGS, ""}:
        raise MappingRefused("standings", "A word stands for no standing that is known here.")
    if not set(mapping.deletes) <= set(MAY_DELETE):
        raise MappingRefused("deletes", "A blank cell cannot delete in such a column.")
    # A column that the file lacks is blank in every row: it would be deleted of everybody.
    if not set(mapping.deletes) <= set(mapping.columns):
        raise MappingRefused("deletes", "A blank cell deletes only in a column that the file has.")


def _words(body: Mapping[str, Any], name: str) -> dict[str, str]:
    given = body.get(name, {})
    if not isinstance(given, dict) or not all(
        isinstance(key, str) and isinstance(value, str) for key, value in given.items()
    ):
        raise MappingRefused(name, f"{name} is not a table of words.")
    return dict(given)


def _list(body: Mapping[str, Any], name: str) -> tuple[str, ...]:
    given = body.get(name, [])
    if not isinstance(given, list) or not all(isinstance(each, str) for each in given):
        raise MappingRefused(name, f"{name} is not a list of words.")
    return tuple(given)


def _one_of(body: Mapping[str, Any], name: str, known: Sequence[str] | Mapping[str, str]) -> str:
    given = body.get(name)
    if not isinstance(given, str) or given not in known:
        raise MappingRefused(name, f"This {name} is not known here.")
    return given


def _header_line(body: Mapping[str, Any]) -> int:
    given = body.get("header_line")
    if not isinstance(given, int) or isinstance(given, bool) or given < 1:
        raise MappingRefused("header_line", "The line of the headers is a number from 1.")
    return given


def _order(column: str, order: str) -> DateOrder:
    try:
        return DateOrder(order)
    except ValueError:
        raise MappingRefused(
            "dates", f"{shown(order)} is no order of dates ({shown(column)})."
        ) from None


def header_by_mapping(cells: Sequence[str], mapping: ColumnMapping, *, line: int) -> Header:
    """Where the mapped columns stand in this file, found by the names of its headers.

    Raises: FileRefused: missing_columns or repeated_column.
    """
    trimmed = list(cells)
    while trimmed and not trimmed[-1].strip():
        trimmed.pop()
    names = [plain(cell) for cell in trimmed]
    for header in mapping.columns.values():
        if header not in names:
            raise FileRefused(FileTrouble.MISSING_COLUMNS, line=line, found=header)
        if names.count(header) > 1:
            raise FileRefused(FileTrouble.REPEATED_COLUMN, line=line, found=header)
    read = set(mapping.columns.values())
    width = len(trimmed)
    return Header(
        width=width,
        places=tuple(
            names.index(mapping.columns[column.name]) if column.name in mapping.columns else width
            for column in COLUMNS
        ),
        dropped=tuple(
            shown(cell.strip())
            for cell, name in zip(trimmed, names, strict=True)
            if name not in read
        ),
    )


def word_key(word: str) -> str:
    """A word of the file for the tables of standings and sections."""
    return fold(word.strip())
