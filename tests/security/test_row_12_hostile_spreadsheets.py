"""Row 12: hostile spreadsheets end in a refusal, and the process that asked is untouched."""

from __future__ import annotations

import io
import itertools
import resource
import struct
import time
import zipfile
from collections.abc import Iterator

import pytest
import xlsxwriter

from members.processes.unpacking import as_text
from members.rollfile import FileRefused, FileTrouble

SHEET = "xl/worksheets/sheet1.xml"
_ROW = '<row r="{n}"><c r="A{n}"><v>1</v></c></row>'


def workbook(**parts: bytes) -> bytes:
    """A good workbook, with some of its parts replaced or added (__ stands for / and dots)."""
    target = io.BytesIO()
    made = xlsxwriter.Workbook(target)
    made.add_worksheet("Members").write_row(0, 0, ["number", "family_name", "section"])
    made.close()
    return rebuilt(target.getvalue(), parts)


def rebuilt(content: bytes, parts: dict[str, bytes]) -> bytes:
    target = io.BytesIO()
    with (zipfile.ZipFile(io.BytesIO(content)) as old,
          zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new):  # fmt: skip
        for name in old.namelist():
            if name not in parts:
                new.writestr(name, old.read(name))
        for name, body in parts.items():
            new.writestr(name, body)
    return target.getvalue()


def sheet(body: str, *, prologue: str = "") -> bytes:
    space = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    return (f'<?xml version="1.0"?>{prologue}<worksheet xmlns="{space}">'
            f"<sheetData>{body}</sheetData></worksheet>").encode()  # fmt: skip


def sparse() -> bytes:
    """1.4 KB or so: two cells, in the first and in the last place of a sheet."""
    body = ('<row r="1"><c r="A1"><v>1</v></c></row>'
            '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>')  # fmt: skip
    return workbook(**{SHEET: sheet(body)})


def bomb() -> bytes:
    return workbook(**{SHEET: sheet(" " * 80_000_000)})


def many_entries() -> bytes:
    return workbook(**{f"xl/media/{n}.png": b"" for n in range(1_500)})


def nested() -> bytes:
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w", zipfile.ZIP_DEFLATED) as zipped:
        zipped.writestr("list.csv", "number\n" * 1000)
    outer = io.BytesIO()
    with zipfile.ZipFile(outer, "w") as zipped:
        zipped.writestr("inner.zip", inner.getvalue())
    return outer.getvalue()


def lying() -> bytes:
    """Its directory says that the sheet unpacks to 100 bytes; it unpacks to 100 MB."""
    content = bytearray(workbook(**{SHEET: sheet(" " * 100_000_000)}))
    for place in directory_entries(bytes(content)):
        if SHEET.encode() in content[place : place + 120]:
            content[place + 24 : place + 28] = struct.pack("<I", 100)
    return bytes(content)


def directory_entries(content: bytes) -> Iterator[int]:
    place = content.find(b"PK\x01\x02")
    while place >= 0:
        yield place
        place = content.find(b"PK\x01\x02", place + 4)


def entities() -> bytes:
    names = "abcdefghij"
    definitions = "".join(
        f'<!ENTITY {name} "{f"&{before};" * 10}">'
        for before, name in itertools.pairwise(names)
    )
    prologue = f'<!DOCTYPE x [<!ENTITY a "ha">{definitions}]>'
    body = '<row r="1"><c r="A1" t="inlineStr"><is><t>&j;</t></is></c></row>'
    return workbook(**{SHEET: sheet(body, prologue=prologue)})


def read(content: bytes, **given: float) -> bytes:
    with as_text(lambda: iter([content]), **given) as text:
        return b"".join(text.chunks)


def refused(content: bytes) -> FileTrouble:
    with pytest.raises(FileRefused) as error:
        read(content)
    assert error.value.reason
    assert error.value.remedy
    return error.value.trouble


HOSTILE = {
    "sparse": (sparse, {FileTrouble.SPREADSHEET_TOO_LARGE}),
    "bomb": (bomb, {FileTrouble.SPREADSHEET_TOO_LARGE}),
    "many entries": (many_entries, {FileTrouble.SPREADSHEET_TOO_LARGE}),
    "nested": (nested, {FileTrouble.COMPRESSED}),
    "lying": (lying, {FileTrouble.SPREADSHEET_TOO_LARGE, FileTrouble.SPREADSHEET_BROKEN,
                      FileTrouble.SPREADSHEET_EMPTY}),
    "macros": (lambda: workbook(**{"xl/vbaProject.bin": b"Sub Auto_Open()"}),
               {FileTrouble.SPREADSHEET_MACROS}),
    "open document": (lambda: rebuilt(nested(), {"mimetype": b"application/vnd.oasis"}),
                      {FileTrouble.OTHER_SPREADSHEET}),
    "binary workbook": (lambda: workbook(**{"xl/workbook.bin": b""}),
                        {FileTrouble.OTHER_SPREADSHEET}),
    "half of one": (lambda: workbook()[:900], {FileTrouble.SPREADSHEET_BROKEN}),
    "no XML": (lambda: workbook(**{SHEET: b"<<<"}),
               {FileTrouble.SPREADSHEET_BROKEN, FileTrouble.SPREADSHEET_EMPTY}),
    "old or locked": (lambda: b"\xd0\xcf\x11\xe0" + bytes(512), {FileTrouble.OLD_WORKBOOK}),
    "gzip": (lambda: b"\x1f\x8b" + bytes(64), {FileTrouble.COMPRESSED}),
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_is_refused_in_words_and_this_process_is_untouched(name: str) -> None:
    make, expected = HOSTILE[name]
    content = make()
    before_kb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

    trouble = refused(content)

    assert trouble in expected
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before_kb < 50_000
    assert b"family_name" in read(workbook())


def test_the_sparse_file_is_as_small_as_they_come() -> None:
    assert len(sparse()) < 8_000


def test_entities_are_not_spread_out() -> None:
    content = entities()

    try:
        text = read(content)
    except FileRefused as error:
        assert error.trouble in {FileTrouble.SPREADSHEET_BROKEN, FileTrouble.SPREADSHEET_EMPTY}
    else:
        assert len(text) < 1_000
    assert b"family_name" in read(workbook())


def test_a_child_that_takes_too_long_is_ended() -> None:
    content = workbook()
    begun = time.perf_counter()

    with pytest.raises(FileRefused) as error:
        read(content, wall_clock_s=0.0)

    assert error.value.trouble is FileTrouble.SPREADSHEET_TOO_LARGE
    assert time.perf_counter() - begun < 10
    assert b"family_name" in read(content)
