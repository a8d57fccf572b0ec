"""The child process that turns one workbook into CSV: .xlsx on stdin, text on stdout.

    python -I spreadsheet.py < list.xlsx > list.csv

The library that parses it can be made to ask for 512 GiB by a file of 1.4 KB, and then ends its
process. So it runs here, under limits of memory and time that the kernel keeps, after the zip's
own directory was checked; whatever it does, the caller reads an exit code. Run by path and with
-I, this file imports nothing of ours. The first line of stdout is JSON: the sheet that was read
and the names of those that were not.
"""

from __future__ import annotations

import csv
import io
import json
import resource
import sys
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any, BinaryIO, Final, TextIO

from python_calamine import CalamineError, CalamineWorkbook, SheetTypeEnum

LARGEST_FILE_BYTES: Final = 64 << 20
MOST_ENTRIES: Final = 1_000
LARGEST_UNPACKED_BYTES: Final = 400 << 20
HIGHEST_RATIO: Final = 60
"""Sheets of real lists pack by 5 to 15; a bomb by several hundred."""
RATIO_FROM_BYTES: Final = 8 << 20
"""Below this size unpacked, a high ratio harms nobody: a sheet of one repeated word has it."""
MOST_ROWS: Final = 1_048_576
MOST_COLUMNS: Final = 300
MOST_CELLS: Final = 20_000_000
MEMORY_BYTES: Final = 470 << 20
CPU_SECONDS: Final = 150
_EXACT: Final = 10**15

# Exit codes, and the names of FileTrouble that they stand for.
EXIT_CODES: Final = {
    10: "spreadsheet_broken",
    11: "spreadsheet_too_large",
    12: "spreadsheet_macros",
    13: "spreadsheet_empty",
    14: "other_spreadsheet",
    15: "compressed",
}


class SpreadsheetRefused(Exception):
    """The workbook was refused; trouble is one of EXIT_CODES."""

    def __init__(self, trouble: str) -> None:
        self.trouble = trouble
        super().__init__(trouble)


def set_limits() -> None:
    """Let the kernel end this process where it would take more than its share."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))


def read_bounded(source: BinaryIO) -> bytes:
    """All of the input, as long as it is no larger than a workbook may be."""
    content = source.read(LARGEST_FILE_BYTES + 1)
    if len(content) > LARGEST_FILE_BYTES:
        raise SpreadsheetRefused("spreadsheet_too_large")
    return content


def check_archive(content: bytes) -> None:
    """Refuse what the zip's directory already shows: bombs, macros, and what is no workbook.

    The sizes there can lie. A directory that understates them ends at the limits of memory and
    time, which do not ask it.
    Raises: SpreadsheetRefused.
    """
    try:
        entries = zipfile.ZipFile(io.BytesIO(content)).infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError) as error:
        raise SpreadsheetRefused("spreadsheet_broken") from error
    names = {entry.filename for entry in entries}
    if not any(name.startswith("xl/workbook.") for name in names):
        raise SpreadsheetRefused("other_spreadsheet" if "mimetype" in names else "compressed")
    if "xl/workbook.bin" in names:
        raise SpreadsheetRefused("other_spreadsheet")
    unpacked = sum(entry.file_size for entry in entries)
    packed = sum(entry.compress_size for entry in entries)
    is_bomb = unpacked > RATIO_FROM_BYTES and unpacked > packed * HIGHEST_RATIO
    if len(entries) > MOST_ENTRIES or unpacked > LARGEST_UNPACKED_BYTES or is_bomb:
        raise SpreadsheetRefused("spreadsheet_too_large")
    if any(name.lower().endswith(("vbaproject.bin", ".xlm")) or "/macrosheets/" in name.lower()
           for name in names):  # fmt: skip
        raise SpreadsheetRefused("spreadsheet_macros")
    _refuse_bombs_of_one_entry(entries)


def _refuse_bombs_of_one_entry(entries: Iterable[zipfile.ZipInfo]) -> None:
    """One bomb among large pictures keeps the ratio of the whole low."""
    for entry in entries:
        is_large = entry.file_size > RATIO_FROM_BYTES
        if is_large and entry.file_size > entry.compress_size * HIGHEST_RATIO:
            raise SpreadsheetRefused("spreadsheet_too_large")


def convert(content: bytes, target: TextIO) -> None:
    """Write the first sheet that has anything in it as CSV, after a line that names the sheets.

    Raises: SpreadsheetRefused.
    """
    check_archive(content)
    try:
        workbook = CalamineWorkbook.from_filelike(io.BytesIO(content))
        names = [each.name for each in workbook.sheets_metadata
                 if each.typ is SheetTypeEnum.WorkSheet]  # fmt: skip
        for name in names:
            sheet = workbook.get_sheet_by_name(name)
            if sheet.end is not None:
                _refuse_large_sheet(sheet.end[0] + 1, sheet.end[1] + 1)
                others = [other for other in names if other != name]
                target.write(json.dumps({"sheet": name, "others": others}) + "\n")
                csv.writer(target, lineterminator="\n").writerows(_rows(sheet.iter_rows()))
                return
    except (CalamineError, ValueError, KeyError, OSError) as error:
        raise SpreadsheetRefused("spreadsheet_broken") from error
    except MemoryError as error:
        raise SpreadsheetRefused("spreadsheet_too_large") from error
    raise SpreadsheetRefused("spreadsheet_empty")


def _refuse_large_sheet(rows: int, columns: int) -> None:
    if rows > MOST_ROWS or columns > MOST_COLUMNS or rows * columns > MOST_CELLS:
        raise SpreadsheetRefused("spreadsheet_too_large")


def _rows(rows: Iterable[Sequence[Any]]) -> Iterator[list[str]]:
    for row in rows:
        yield [cell if type(cell) is str else written(cell) for cell in row]


def written(cell: Any) -> str:
    """A cell as the documented format writes it: ISO dates, whole numbers without a fraction.

    A whole number of sixteen digits or more was rounded when it was typed: it is written with
    its exponent, so that it is refused as rounded and not taken for a number.
    """
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    if isinstance(cell, float):
        if cell.is_integer():
            return str(int(cell)) if abs(cell) < _EXACT else f"{cell:.5E}"
        return repr(cell)
    if isinstance(cell, datetime):
        is_midnight = cell.time() == time(0)
        return cell.date().isoformat() if is_midnight else cell.isoformat(" ", "seconds")
    if isinstance(cell, date | time | timedelta):
        return str(cell)
    return str(cell)


def main(source: BinaryIO, target: TextIO) -> int:
    """Convert, and return the exit code."""
    try:
        convert(read_bounded(source), target)
        target.flush()
    except SpreadsheetRefused as refused:
        return next(code for code, name in EXIT_CODES.items() if name == refused.trouble)
    except MemoryError:
        return 11
    return 0


if __name__ == "__main__":
    set_limits()
    sys.exit(main(sys.stdin.buffer, io.TextIOWrapper(sys.stdout.buffer, "utf-8", newline="")))
