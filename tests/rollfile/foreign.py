"""Files of other membership systems, read as a person would who takes every proposal."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from members.rollfile import (
    ColumnMapping,
    DateOrder,
    FileLook,
    RefusedLine,
    RollFile,
    Row,
    look_at,
    mapping_from_json,
    open_roll,
    sniff,
)
from members.rollfile.mapping import DATE_COLUMNS, word_key
from members.rollfile.recognising import propose_columns, propose_section, propose_standing
from tests.rollfile.lists import SECTIONS, TODAY

QUIRKS = Path(__file__).parent / "quirks"


def pieces(content: bytes, size: int = 97) -> Iterator[bytes]:
    for start in range(0, len(content), size):
        yield content[start : start + size]


def content_of(name: str) -> bytes:
    return (QUIRKS / name).read_bytes()


def looked(content: bytes, **given: Any) -> FileLook:
    return look_at(pieces(content), sniff(pieces(content), **given))


def proposed(look: FileLook, **changes: Any) -> ColumnMapping:
    """The mapping that the file itself proposes; where its dates prove nothing, none is given."""
    plains = [column.plain for column in look.columns]
    columns = {
        each.column: column
        for each, column in zip(propose_columns(plains), look.columns, strict=True)
        if each.column
    }
    orders = {name: columns[name].dates for name in DATE_COLUMNS if name in columns}
    words = {name: columns[name].words or () for name in ("standing", "section")
             if name in columns}  # fmt: skip
    return mapping_from_json({
        "format": 1,
        "encoding": look.shape.encoding,
        "delimiter": look.shape.delimiter,
        "header_line": look.shape.header_line,
        "headers": plains,
        "columns": {name: column.plain for name, column in columns.items()},
        "dates": {name: (seen.proved if seen else DateOrder.ISO) or ""
                  for name, seen in orders.items()},
        "standings": {word_key(word): propose_standing(word)
                      for word in words.get("standing", ())},
        "sections": {word_key(word): propose_section(word, SECTIONS)
                     for word in words.get("section", ())},
        "section": "" if "section" in columns else "member",
        "deletes": [],
        **changes,
    })  # fmt: skip


def opened_quirk(name: str, **changes: Any) -> RollFile:
    content = content_of(name)
    mapping = proposed(looked(content), **changes)
    return open_roll(pieces(content), sections=SECTIONS, today=TODAY, mapping=mapping)


def read_quirk(name: str, **changes: Any) -> list[Row | RefusedLine]:
    return list(opened_quirk(name, **changes))


def good(name: str, **changes: Any) -> list[Row]:
    return [row for row in read_quirk(name, **changes) if isinstance(row, Row)]


def troubles(name: str, **changes: Any) -> list[tuple[int, str, str]]:
    """Line, column and trouble of every refused cell."""
    return [
        (row.line, problem.column, problem.trouble.value)
        for row in read_quirk(name, **changes)
        if isinstance(row, RefusedLine)
        for problem in row.problems
    ]
