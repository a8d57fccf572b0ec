"""An uploaded file as the bytes of a text file, whatever it was.

A workbook goes through a child process under limits (members.processes.spreadsheet); this
process reads its output as it reads a file and is not touched by what the child dies of.
Other spreadsheets and compressed files are refused by name.
"""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any, Final

from members.processes import spreadsheet
from members.processes.spreadsheet import EXIT_CODES
from members.rollfile.errors import FileRefused, FileTrouble

WALL_CLOCK_S: Final = 240.0
_READ_BYTES: Final = 1 << 18
_ZIP: Final = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")
_OLD_WORKBOOK: Final = b"\xd0\xcf\x11\xe0"
_COMPRESSED: Final = (b"\x1f\x8b", b"BZh", b"7z\xbc\xaf", b"Rar!", b"\xfd7zXZ", b"\x28\xb5\x2f\xfd")


@dataclass(slots=True)
class TextFile:
    """The bytes of a text file. The sheets are named where it came from a workbook."""

    chunks: Iterator[bytes]
    is_workbook: bool = False
    sheet: str = ""
    other_sheets: list[str] = field(default_factory=list)


@contextmanager
def as_text(
    pieces: Callable[[], Iterator[bytes]], *, wall_clock_s: float = WALL_CLOCK_S
) -> Iterator[TextFile]:
    """Open a file as text; at the end of the block, no process of it is left.

    pieces: gives the file from its beginning.
    Spec:   import-format §11.
    Raises: FileRefused: old_workbook, other_spreadsheet, compressed, spreadsheet_… at once, or
            while the chunks are read.
    """
    start = next(pieces(), b"")
    if start.startswith(_OLD_WORKBOOK):
        raise FileRefused(FileTrouble.OLD_WORKBOOK)
    if start.startswith(_COMPRESSED):
        raise FileRefused(FileTrouble.COMPRESSED)
    if not start.startswith(_ZIP):
        yield TextFile(pieces())
        return
    child = _start_child()
    clock = threading.Timer(wall_clock_s, child.kill)
    clock.start()
    try:
        yield _from_child(child, pieces())
    finally:
        clock.cancel()
        child.kill()
        _close(child)


def _start_child() -> subprocess.Popen[bytes]:
    # By its path and isolated: it takes nothing from our environment and imports nothing of ours.
    return subprocess.Popen(  # noqa: S603
        [sys.executable, "-I", str(Path(spreadsheet.__file__))],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={"PATH": "/usr/bin:/bin", "MALLOC_ARENA_MAX": "1"},
    )


def _close(child: subprocess.Popen[bytes]) -> None:
    with suppress(BrokenPipeError):
        _stream(child.stdin).close()
    _stream(child.stdout).close()
    child.wait()


def _from_child(child: subprocess.Popen[bytes], pieces: Iterator[bytes]) -> TextFile:
    """Hand the whole file over and read the line about the sheets; the child reads before it
    writes, so that neither waits for the other."""
    stdin, stdout = _stream(child.stdin), _stream(child.stdout)
    with suppress(BrokenPipeError):
        for piece in pieces:
            stdin.write(piece)
        stdin.close()
    first = stdout.readline()
    if not first:
        _refuse(child)
    told: dict[str, Any] = json.loads(first)
    return TextFile(_chunks(child), True, told["sheet"], told["others"])


def _chunks(child: subprocess.Popen[bytes]) -> Iterator[bytes]:
    stdout = _stream(child.stdout)
    while chunk := stdout.read(_READ_BYTES):
        yield chunk
    _refuse(child)


def _refuse(child: subprocess.Popen[bytes]) -> None:
    """Raise what the child's end means; return where it ended well.

    An end by a signal is an end at a limit: of memory (the library aborts), of time, or ours.
    """
    code = child.wait()
    if code:
        by_signal = "spreadsheet_too_large" if code < 0 else "spreadsheet_broken"
        raise FileRefused(FileTrouble(EXIT_CODES.get(code, by_signal)))


def _stream(stream: IO[bytes] | None) -> IO[bytes]:
    assert stream is not None, "the child was started with pipes"
    return stream
