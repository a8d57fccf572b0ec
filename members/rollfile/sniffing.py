"""What shape a text file has: its encoding, its separator, and the line that names its columns.

Only UTF-8 and UTF-16 prove themselves. Every other encoding is one among several in which the
bytes make sense; a person looks at the accented names in each and says which it is. One that
lacks a byte of the file is none of them: 0x8F, an è of Mac Roman, is nothing in Windows-1252.
"""

from __future__ import annotations

import codecs
import csv
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final

from members.rollfile.errors import shown
from members.rollfile.mapping import plain
from members.rollfile.recognising import KNOWN_HEADERS
from members.rollfile.streams import CODECS, DELIMITERS, LONGEST_TITLE_LINES

START_BYTES: Final = 1 << 16
SAMPLES: Final = 5
# One byte a letter, each; the last two have all 256 bytes, so that one at least can be offered.
_UNPROVED: Final = ("windows-1252", "mac-roman", "dos-850")
_SAMPLE_CHARACTERS: Final = 60


@dataclass(frozen=True, slots=True)
class Candidate:
    """An encoding in which the file can be read, and what its accented places look like then."""

    encoding: str
    samples: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Shape:
    """The shape of a file. candidates: empty where the encoding proves itself."""

    encoding: str
    delimiter: str
    header_line: int
    candidates: tuple[Candidate, ...]


def sniff(chunks: Iterable[bytes], *, encoding: str = "") -> Shape:
    """Find the shape of a file. All of it is read, since one byte can disprove UTF-8.

    encoding: what a person has chosen; empty to find it.
    Spec: import-format §9.
    """
    survey = _survey(chunks)
    start = bytes(survey.start)
    proved = _proved_encoding(start, is_utf8=survey.is_utf8)
    candidates = () if proved else tuple(_candidates(survey))
    chosen = proved or encoding or candidates[0].encoding
    text = start.decode(CODECS[chosen], "replace").lstrip("\ufeff")
    delimiter, stated = _stated_delimiter(text)
    if not stated:
        delimiter = _likely_delimiter(text)
    return Shape(chosen, delimiter, _header_line(text, delimiter, after=stated), candidates)


@dataclass(slots=True)
class _Survey:
    """The beginning of a file, some of its accented places, and what all of it decodes as.

    unproved: of the encodings that prove nothing, those that have every byte of the file.
    """

    start: bytearray = field(default_factory=bytearray)
    accented: list[bytes] = field(default_factory=list)
    is_utf8: bool = True
    unproved: list[str] = field(default_factory=lambda: list(_UNPROVED))


def _survey(chunks: Iterable[bytes]) -> _Survey:
    survey = _Survey()
    decoder = codecs.getincrementaldecoder("utf-8")()
    for chunk in chunks:
        if len(survey.start) < START_BYTES:
            survey.start += chunk[: START_BYTES - len(survey.start)]
        if survey.is_utf8:
            survey.is_utf8 = _still_utf8(decoder, chunk)
        if not chunk.isascii():
            survey.accented.extend(_accented_places(chunk, SAMPLES - len(survey.accented)))
            survey.unproved = [each for each in survey.unproved if _has_bytes(each, chunk)]
    survey.is_utf8 = survey.is_utf8 and _still_utf8(decoder, b"", final=True)
    return survey


def _has_bytes(encoding: str, chunk: bytes) -> bool:
    """Whether an encoding of one byte a letter has every byte of this piece."""
    return not any(byte in chunk for byte in _LACKING[encoding])


def _lacking(encoding: str) -> tuple[bytes, ...]:
    """The bytes that an encoding of one byte a letter does not have."""
    each_byte = (bytes([number]) for number in range(256))
    return tuple(byte for byte in each_byte if not byte.decode(CODECS[encoding], "ignore"))


_LACKING: Final = {encoding: _lacking(encoding) for encoding in _UNPROVED}


def _still_utf8(
    decoder: codecs.IncrementalDecoder, chunk: bytes, *, final: bool = False
) -> bool:
    try:
        decoder.decode(chunk, final)
    except UnicodeDecodeError:
        return False
    return True


def _accented_places(chunk: bytes, most: int) -> Iterator[bytes]:
    for line in chunk.splitlines():
        if most and not line.isascii():
            first = next(place for place, byte in enumerate(line) if byte > 0x7F)
            begin = max(0, first - _SAMPLE_CHARACTERS // 2)
            yield line[begin : begin + _SAMPLE_CHARACTERS]
            most -= 1


def _proved_encoding(start: bytes, *, is_utf8: bool) -> str:
    """The encoding that the bytes prove, or nothing.

    UTF-16 without its mark shows by its noughts: letters of our alphabet have one in every
    second byte, and no text in another encoding has any.
    """
    if start.startswith(codecs.BOM_UTF16_LE):
        return "utf-16-le"
    if start.startswith(codecs.BOM_UTF16_BE):
        return "utf-16-be"
    head = start[:4096]
    even, odd = head[0::2].count(0), head[1::2].count(0)
    if max(even, odd) * 4 > len(head):
        return "utf-16-le" if odd > even else "utf-16-be"
    return "utf-8" if is_utf8 else ""


def _candidates(survey: _Survey) -> Iterator[Candidate]:
    for encoding in survey.unproved:
        texts = [place.decode(CODECS[encoding]) for place in survey.accented]
        yield Candidate(encoding, tuple(shown(" ".join(text.split())) for text in texts))


def _stated_delimiter(text: str) -> tuple[str, int]:
    """The separator that a first line “sep=;” states, and how many lines it takes: 1 or none."""
    first = text.split("\n", 1)[0].strip("\r").strip('"')
    if first[:4].lower() == "sep=" and first[4:5] in DELIMITERS and first[4:5]:
        return first[4], 1
    return ",", 0


def _likely_delimiter(text: str) -> str:
    """The separator by which some line names the most columns that are known; else the commonest.

    Names decide, and not a count of signs: an address has more commas than a list has columns.
    """
    best = {delimiter: _best_line(text, delimiter) for delimiter in DELIMITERS}
    delimiter = max(DELIMITERS, key=lambda each: best[each][0])
    if best[delimiter][0]:
        return delimiter
    return max(DELIMITERS, key=lambda each: best[each][1])


def _best_line(text: str, delimiter: str) -> tuple[int, int]:
    """The most known names in one line, and the most cells in one."""
    known = cells = 0
    for _, row in _lines(text, delimiter):
        known = max(known, sum(plain(cell) in KNOWN_HEADERS for cell in row))
        cells = max(cells, len(row))
    return known, cells


def _lines(text: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """The first rows, each with the line that it begins on.

    Nothing in so short a text can break the reader: it is lenient about quotation marks, and no
    cell is longer than it allows.
    """
    reader = csv.reader(text.splitlines(keepends=True), delimiter=delimiter)
    line = 1
    for row in reader:
        if line > LONGEST_TITLE_LINES:
            return
        yield line, row
        line = reader.line_num + 1


def _header_line(text: str, delimiter: str, *, after: int) -> int:
    """The line that names the columns: the one with the most known names, or the first full one.

    Title rows above it have a cell or two; a header has a cell for each column.
    """
    rows = [(line, row) for line, row in _lines(text, delimiter) if line > after]
    if not rows:
        return 1 + after
    known = [(sum(plain(cell) in KNOWN_HEADERS for cell in row), -line) for line, row in rows]
    most, line = max(known)
    if most > 1:
        return -line
    widest = max(sum(bool(cell.strip()) for cell in row) for _, row in rows)
    return next(
        line for line, row in rows if sum(bool(cell.strip()) for cell in row) == widest
    )
