"""A workbook becomes CSV; what a child process does is tried in this one, where it can be seen."""

from __future__ import annotations

import io
from datetime import date, datetime, time
from pathlib import Path

import pytest
import xlsxwriter

from members.processes import spreadsheet
from members.processes.spreadsheet import SpreadsheetRefused, convert, main, written
from members.processes.unpacking import as_text
from members.rollfile import FileRefused, FileTrouble


def workbook(*rows: list[object], sheets: int = 1) -> bytes:
    target = io.BytesIO()
    made = xlsxwriter.Workbook(target)
    for number in range(sheets):
        sheet = made.add_worksheet(f"Sheet {number}")
        for place, row in enumerate(rows if number == sheets - 1 else []):
            sheet.write_row(place, 0, row)
    made.close()
    return target.getvalue()


def converted(content: bytes) -> list[str]:
    target = io.StringIO()
    convert(content, target)
    return target.getvalue().splitlines()


def test_the_first_sheet_with_anything_in_it_is_read_and_the_others_named() -> None:
    lines = converted(workbook(["number", "surname"], [12, "Aa"], sheets=2))

    assert lines == ['{"sheet": "Sheet 1", "others": ["Sheet 0"]}', "number,surname", "12,Aa"]


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        (True, "yes"), (False, "no"), (12.0, "12"), (1.5, "1.5"),
        (123456789012345678.0, "1.23457E+17"),
        (datetime(2016, 1, 12), "2016-01-12"),
        (datetime(2016, 1, 12, 8, 30), "2016-01-12 08:30:00"),
        (date(2016, 1, 12), "2016-01-12"), (time(8, 30), "08:30:00"), (7, "7"),
    ],
)  # fmt: skip
def test_cells_are_written_as_the_documented_format_has_them(cell: object, expected: str) -> None:
    assert written(cell) == expected


def test_the_exit_code_says_why_a_workbook_was_refused() -> None:
    assert main(io.BytesIO(workbook(["number"])), io.StringIO()) == 0
    assert main(io.BytesIO(b"PK\x03\x04"), io.StringIO()) == 10
    assert main(io.BytesIO(workbook()), io.StringIO()) == 13


def test_limits_of_size_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    content = workbook(["number", "surname"], [12, "Aa"])

    for name, value in (("MOST_CELLS", 3), ("MOST_ENTRIES", 2), ("LARGEST_FILE_BYTES", 100)):
        with monkeypatch.context() as patched:
            patched.setattr(spreadsheet, name, value)
            assert main(io.BytesIO(content), io.StringIO()) == 11
    with monkeypatch.context() as patched:
        patched.setattr(spreadsheet, "RATIO_FROM_BYTES", 10)
        patched.setattr(spreadsheet, "HIGHEST_RATIO", 1)
        assert main(io.BytesIO(content), io.StringIO()) == 11
    assert main(io.BytesIO(content), io.StringIO()) == 0


def test_one_bomb_among_large_parts_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    import os
    import zipfile

    target = io.BytesIO(workbook(["number"]))
    with zipfile.ZipFile(target, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/media/1.png", os.urandom(300_000))
        archive.writestr("xl/media/2.xml", b" " * 200_000)
    monkeypatch.setattr(spreadsheet, "RATIO_FROM_BYTES", 100_000)

    assert main(io.BytesIO(target.getvalue()), io.StringIO()) == 11


def test_what_the_archive_is_decides_the_words() -> None:
    import zipfile

    for name, trouble in (("list.csv", "compressed"), ("mimetype", "other_spreadsheet"),
                          ("xl/workbook.bin", "other_spreadsheet")):
        target = io.BytesIO()
        with zipfile.ZipFile(target, "w") as archive:
            archive.writestr(name, b"")
        with pytest.raises(SpreadsheetRefused) as refused:
            convert(target.getvalue(), io.StringIO())
        assert refused.value.trouble == trouble
    macros = io.BytesIO(workbook(["number"]))
    with zipfile.ZipFile(macros, "a") as archive:
        archive.writestr("xl/vbaProject.bin", b"")
    assert main(io.BytesIO(macros.getvalue()), io.StringIO()) == 12


def test_a_library_that_runs_out_of_memory_is_a_workbook_too_large(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def exhausted(*_: object) -> None:
        raise MemoryError

    monkeypatch.setattr(spreadsheet, "_rows", exhausted)
    assert main(io.BytesIO(workbook(["number"])), io.StringIO()) == 11
    monkeypatch.setattr(spreadsheet, "read_bounded", exhausted)
    assert main(io.BytesIO(workbook(["number"])), io.StringIO()) == 11


def test_the_limits_are_those_of_the_kernel(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []
    monkeypatch.setattr(spreadsheet.resource, "setrlimit", lambda *given: asked.append(given))

    spreadsheet.set_limits()

    assert (spreadsheet.resource.RLIMIT_AS, (spreadsheet.MEMORY_BYTES,) * 2) in asked
    assert len(asked) == 4
    assert spreadsheet.MEMORY_BYTES < 500_000_000


def test_text_passes_through_and_a_workbook_comes_out_as_text() -> None:
    content = workbook(["number"], [12])

    with as_text(lambda: iter([b"number\n12\n"])) as text:
        assert (b"".join(text.chunks), text.is_workbook) == (b"number\n12\n", False)
    with as_text(lambda: iter([content[:100], content[100:]])) as book:
        assert (b"".join(book.chunks), book.sheet) == (b"number\n12\n", "Sheet 0")


def test_other_files_are_refused_by_what_they_are() -> None:
    for start, trouble in ((b"\xd0\xcf\x11\xe0", FileTrouble.OLD_WORKBOOK),
                           (b"\x1f\x8b", FileTrouble.COMPRESSED),
                           (b"PK\x03\x04", FileTrouble.SPREADSHEET_BROKEN)):
        with pytest.raises(FileRefused) as refused, as_text(lambda s=start: iter([s])):
            pass
        assert refused.value.trouble is trouble


def test_the_program_of_the_child_stands_alone() -> None:
    assert "from members" not in Path(spreadsheet.__file__).read_text()
