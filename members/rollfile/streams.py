"""Bytes in pieces as text, and text as rows, with every failure a FileRefused.

Used by the reading of rows and by the first look at a file, so that both see the same rows.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from members.rollfile.errors import FileRefused, FileTrouble, shown

if TYPE_CHECKING:
    from _csv import Reader

LONGEST_ROW_LINES: Final = 12  # More line breaks inside one row are an unclosed quotation mark.
LONGEST_TITLE_LINES: Final = 40
"""How far down the line that names the columns may stand."""

CODECS: Final = {
    "utf-8": "utf-8-sig",
    "utf-16-le": "utf-16-le",
    "utf-16-be": "utf-16-be",
    "windows-1252": "cp1252",
    "mac-roman": "mac_roman",
    "dos-850": "cp850",
}
"""Our name of each encoding that is read, and Python's. The mark of UTF-16 stays in the first
cell, where the matching of headers passes over it."""
DELIMITERS: Final = (",", ";", "\t", "|")


class Chunks(io.RawIOBase):
    """An iterator of bytes as a stream; it refuses what is plainly not a text file."""

    def __init__(self, chunks: Iterator[bytes], *, encoding: str = "utf-8") -> None:
        self.bytes_read = 0
        self._chunks = chunks
        self._rest = b""
        self._encoding = encoding

    def readable(self) -> bool:
        return True

    def readinto(self, target: bytearray | memoryview) -> int:  # type: ignore[override]
        while not self._rest:
            piece = next(self._chunks, None)
            if piece is None:
                return 0
            self._rest = bytes(piece)
            if not self.bytes_read:
                _refuse_foreign_start(self._rest, self._encoding)
        taken = min(len(target), len(self._rest))
        target[:taken] = self._rest[:taken]
        self._rest = self._rest[taken:]
        self.bytes_read += taken
        return taken


def _refuse_foreign_start(start: bytes, encoding: str) -> None:
    if start.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"\x1f\x8b", b"%PDF")):
        raise FileRefused(FileTrouble.NOT_TEXT, line=1)
    if encoding == "utf-8" and start.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise FileRefused(FileTrouble.NOT_UTF8, line=1)


@dataclass(slots=True)
class Rows:
    """The rows of a text file as lists of cells; iterating goes on where it stopped.

    Raises while iterating: FileRefused: not_utf8, broken_encoding or broken_quotes.
    """

    source: Chunks
    reader: Reader
    encoding: str

    def __iter__(self) -> Iterator[list[str]]:
        try:
            yield from self.reader
        except UnicodeDecodeError as error:
            is_utf8 = self.encoding == "utf-8"
            trouble = FileTrouble.NOT_UTF8 if is_utf8 else FileTrouble.BROKEN_ENCODING
            raise FileRefused(trouble, line=self.reader.line_num + 1) from error
        except csv.Error as error:
            raise FileRefused(FileTrouble.BROKEN_QUOTES, line=self.reader.line_num) from error

    def with_lines(self) -> Iterator[tuple[int, list[str]]]:
        """Each row with the line that it begins on."""
        line = self.reader.line_num + 1
        for cells in self:
            after = self.reader.line_num + 1
            if after - line > LONGEST_ROW_LINES:
                raise FileRefused(FileTrouble.BROKEN_QUOTES, line=line, found=shown(cells[0]))
            yield line, cells
            line = after


def open_rows(
    chunks: Iterable[bytes], *, encoding: str = "utf-8", delimiter: str = ","
) -> Rows:
    """Open a file, in pieces of any size, as rows of cells."""
    source = Chunks(iter(chunks), encoding=encoding)
    text = io.TextIOWrapper(
        io.BufferedReader(source, 1 << 18), encoding=CODECS[encoding], newline=""
    )
    return Rows(source, csv.reader(text, strict=True, delimiter=delimiter), encoding)
